"""Cases of vitally, gainsight, churnzero, totango, planhat."""

import httpx

from integrations.churnzero import ChurnZero
from integrations.gainsight import Gainsight
from integrations.planhat import Planhat
from integrations.totango import Totango
from integrations.vitally import Vitally
from tests.integrations.vendor_kit import ACCOUNT, BEARER, KEY, MAPPED, PLAY, SECRET, TASK, Case, Want, basic, ok


def _gainsight(client: httpx.AsyncClient, base: str) -> Gainsight:
    return Gainsight(client, key=SECRET, tenant="us", author="eva@us.example", base=base)


def _vitally(client: httpx.AsyncClient, base: str) -> Vitally:
    return Vitally(client, key=SECRET, base=base)


CASES: tuple[Case, ...] = (
    Case(
        "vitally account",
        _vitally,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/accounts",
                ok({"id": "v1"}),
                holds={"externalId": "C-1", "name": "Núñez & Cía", "traits.steadfast_health_score": 38.5},
            ),
        ),
        basic(SECRET, ""),
    ),
    Case(
        "vitally task",
        _vitally,
        lambda v: v.add_task(MAPPED, TASK, KEY),
        (Want("POST", "/tasks", ok({"id": "t1"}), holds={"accountId": "X-9", "dueDate": "2026-05-12"}),),
        basic(SECRET, ""),
    ),
    Case(
        "gainsight company",
        _gainsight,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/v1/data/objects/query/Company",
                ok({"result": True, "data": {"records": [{"Gsid": "g1"}]}}),
                holds={"where.conditions.0.value": ["C-1"]},
            ),
            Want(
                "PUT",
                "/v1/data/objects/Company",
                ok({"result": True, "data": {"records": [{"Gsid": "g1"}]}}),
                query={"keys": "Gsid"},
                holds={"records.0.Steadfast_Stage__gc": "at_risk", "records.0.Gsid": "g1"},
            ),
        ),
        ("accesskey", SECRET),
    ),
    Case(
        "gainsight call to action",
        _gainsight,
        lambda v: v.add_task(MAPPED, TASK, KEY),
        (
            Want(
                "POST",
                "/v2/cockpit/cta",
                ok({"result": True}),
                holds={"requests.0.record.CompanyId": "X-9", "requests.0.record.OwnerEmail": "eva@us.example"},
            ),
        ),
        ("accesskey", SECRET),
    ),
    Case(
        "churnzero attributes",
        lambda c, base: ChurnZero(c, app_key=SECRET, push=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "GET",
                "/i",
                ok(b"GIF"),
                query={
                    "appKey": SECRET,
                    "action": "setAttribute",
                    "entity": "account",
                    "accountExternalId": "C-1",
                    "attr_Steadfast Stage": "at_risk",
                },
            ),
        ),
        ("accept", "application/json"),
        read=False,
    ),
    Case(
        "churnzero event",
        lambda c, base: ChurnZero(c, app_key=SECRET, push=base),
        lambda v: v.report_play(ACCOUNT, PLAY, KEY),
        (Want("GET", "/i", ok(b"GIF"), query={"action": "trackEvent", "eventName": "Steadfast play"}),),
        ("accept", "application/json"),
        read=False,
        repeatable=False,
    ),
    Case(
        "totango task",
        lambda c, base: Totango(c, token=SECRET, service="SP-1", base=base, collector=base),
        lambda v: v.add_task(ACCOUNT, TASK, KEY),
        (
            Want(
                "POST",
                "/api/v3/tasks",
                ok({"id": 3}),
                holds={"account_id": "C-1", "title": "Call Ana", "priority": 1, "due_date": "2026-05-12"},
            ),
        ),
        ("app-token", SECRET),
        repeatable=False,
    ),
    Case(
        "planhat company",
        lambda c, base: Planhat(c, token=SECRET, base=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "PUT",
                "/companies",
                ok({"updated": 1, "updatesKeys": [{"_id": "ph1"}], "createdErrors": [], "updatedErrors": []}),
                holds={"0.externalId": "C-1", "0.phase": "at_risk", "0.custom.Steadfast health score": 38.5},
            ),
        ),
        BEARER,
    ),
)
