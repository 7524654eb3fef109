"""Cases of what else our people leave at a system: notes, tasks, plays, changed messages."""

from integrations.churnzero import ChurnZero
from integrations.customerio import CustomerIo
from integrations.fullstory import FullStory
from integrations.gainsight import Gainsight
from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.planhat import Planhat
from integrations.slack import Slack
from integrations.totango import Totango
from integrations.vitally import Vitally
from integrations.zendesk import Zendesk
from tests.integrations.hubspot_answers import ASSOCIATED, HUB, stored
from tests.integrations.vendor_kit import (
    BEARER,
    KEY,
    MAPPED,
    NOTE,
    PLAY,
    SECRET,
    TASK,
    Case,
    Want,
    alone,
    basic,
    ok,
)

_COMPANY = Want("PATCH", f"{HUB}/companies/X-9", ok(stored("71")))
_CONTACT = Want("POST", "/contacts/search", ok({"data": [{"id": "c9"}]}), holds={"query.value": "C-1"})
_PUT = ok({"insertsKeys": [{"_id": "ph1"}], "createdErrors": [], "updatedErrors": []})
_GAINSIGHT, _TOTANGO, _ANY = ("accesskey", SECRET), ("app-token", SECRET), ("accept", "application/json")


def _note_at_hubspot(name: str, act: str, told: object) -> Case:
    return Case(
        name,
        lambda c, base: HubSpot(c, token=SECRET, base=base),
        lambda v: getattr(v, act)(MAPPED.model_copy(update={"email": None}), told, KEY),
        (
            Want("POST", f"{HUB}/notes/search", ok({"total": 0, "results": []}), holds={"limit": 1}),
            Want(
                "POST",
                f"{HUB}/notes",
                ok(stored("92"), 201),
                holds={"properties.hs_timestamp": "2026-05-12T12:00:00Z", "associations": []},
            ),
            _COMPANY,
            Want("PUT", f"{HUB}/notes/92/associations/default/companies/71", ASSOCIATED),
        ),
        BEARER,
        repeatable=False,
        decisive=1,
    )


def _planhat(name: str, act: str, told: object, path: str, **holds: str) -> Case:
    return alone(
        name,
        lambda c, base: Planhat(c, token=SECRET, base=base),
        lambda v: getattr(v, act)(MAPPED, told, KEY),
        Want(
            "PUT", path, _PUT, holds={"0.companyExternalId": "C-1", **{f"0.{name}": one for name, one in holds.items()}}
        ),
        BEARER,
    )


def _touchpoint(name: str, act: str, told: object, subject: str) -> Case:
    return alone(
        name,
        lambda c, base: Totango(c, token=SECRET, service="SP-1", base=base, collector=base),
        lambda v: getattr(v, act)(MAPPED, told, KEY),
        Want("POST", "/api/v3/touchpoints/", ok({"id": 4}), holds={"account_id": "C-1", "subject": subject}),
        _TOTANGO,
        repeatable=False,
    )


def _churnzero(name: str, act: str, told: object, event: str) -> Case:
    return alone(
        name,
        lambda c, base: ChurnZero(c, app_key=SECRET, push=base),
        lambda v: getattr(v, act)(MAPPED, told, KEY),
        Want("GET", "/i", ok(b"GIF"), query={"action": "trackEvent", "eventName": event, "accountExternalId": "C-1"}),
        _ANY,
        repeatable=False,
        read=False,
    )


def _timeline(name: str, act: str, told: object, subject: str) -> Case:
    return alone(
        name,
        lambda c, base: Gainsight(c, key=SECRET, tenant="us", author="eva@us.example", base=base),
        lambda v: getattr(v, act)(MAPPED, told, KEY),
        Want(
            "POST",
            "/v1/ant/es/activity",
            ok({"result": True}),
            holds={"records.0.GsCompanyId": "X-9", "records.0.Subject": subject, "records.0.Author": "eva@us.example"},
        ),
        _GAINSIGHT,
    )


def _vitally(name: str, act: str, told: object, note: str) -> Case:
    return alone(
        name,
        lambda c, base: Vitally(c, key=SECRET, base=base),
        lambda v: getattr(v, act)(MAPPED, told, KEY),
        Want("POST", "/notes", ok({"id": "n1"}), holds={"accountId": "X-9", "note": note}),
        basic(SECRET, ""),
    )


PLAYBOOK = PLAY.playbook

CASES: tuple[Case, ...] = (
    _note_at_hubspot("hubspot note", "add_note", NOTE),
    _note_at_hubspot("hubspot play", "report_play", PLAY),
    _planhat("planhat task", "add_task", TASK, "/tasks", action="Call Ana"),
    _planhat("planhat note", "add_note", NOTE, "/conversations", subject="Low usage"),
    _planhat("planhat play", "report_play", PLAY, "/conversations", subject=PLAYBOOK, description="started"),
    _touchpoint("totango note", "add_note", NOTE, "Low usage"),
    _touchpoint("totango play", "report_play", PLAY, PLAYBOOK),
    alone(
        "totango attributes",
        lambda c, base: Totango(c, token=SECRET, service="SP-1", base=base, collector=base),
        lambda v: v.save_account(MAPPED, KEY),
        Want(
            "POST",
            "/pixel.gif/",
            ok(b"GIF"),
            holds={"sdr_s": "SP-1", "sdr_o": "C-1", "sdr_o.Steadfast Stage": "at_risk"},
        ),
        _ANY,
        read=False,
    ),
    _churnzero("churnzero task", "add_task", TASK, "Steadfast task"),
    _churnzero("churnzero note", "add_note", NOTE, "Steadfast note"),
    _timeline("gainsight note", "add_note", NOTE, "Low usage"),
    _timeline("gainsight play", "report_play", PLAY, PLAYBOOK),
    _vitally("vitally note", "add_note", NOTE, "<b>Low usage</b><br>Down 52 %"),
    _vitally("vitally play", "report_play", PLAY, f"<b>{PLAYBOOK}</b><br>started"),
    Case(
        "intercom note",
        lambda c, base: Intercom(c, token=SECRET, admin="814", base=base),
        lambda v: v.add_note(MAPPED, NOTE, KEY),
        (_CONTACT, Want("POST", "/contacts/c9/notes", ok({"id": "n1"}), holds={"admin_id": "814"})),
        BEARER,
        repeatable=False,
    ),
    Case(
        "intercom play",
        lambda c, base: Intercom(c, token=SECRET, admin="814", base=base),
        lambda v: v.report_play(MAPPED, PLAY, KEY),
        (
            _CONTACT,
            Want(
                "POST",
                "/events",
                ok(None, 202),
                holds={"event_name": "steadfast-play-started", "user_id": "C-1", "metadata.playbook": PLAYBOOK},
            ),
        ),
        BEARER,
        read=False,
    ),
    alone(
        "zendesk note",
        lambda c, base: Zendesk(c, subdomain="us", email="eva@us.example", token=SECRET, base=base),
        lambda v: v.add_note(MAPPED, NOTE, KEY),
        Want(
            "POST",
            "/tickets",
            ok({"ticket": {"id": 7}}, 201),
            headers={"idempotency-key": "*"},
            holds={"ticket.subject": "Low usage", "ticket.comment.public": False},
        ),
        basic("eva@us.example/token", SECRET),
    ),
    alone(
        "customerio play",
        lambda c, base: CustomerIo(c, app_key=SECRET, site_id="site", track_key=SECRET, app=base, track=base),
        lambda v: v.report_play(MAPPED, PLAY, KEY),
        Want(
            "POST",
            "/api/v1/customers/C-1/events",
            ok({}),
            holds={"name": "steadfast_play_started", "data.playbook": PLAYBOOK},
        ),
        basic("site", SECRET),
        read=False,
    ),
    alone(
        "fullstory play",
        lambda c, base: FullStory(c, key=SECRET, base=base),
        lambda v: v.report_play(MAPPED, PLAY, KEY),
        Want(
            "POST",
            "/v2/events",
            ok({"id": "e1"}),
            headers={"idempotency-key": "*"},
            holds={"name": "Steadfast play started", "user.uid": "C-1"},
        ),
        ("authorization", f"Basic {SECRET}"),
    ),
    alone(
        "slack changed message",
        lambda c, base: Slack(c, token=SECRET, channel="C0CS", base=base),
        lambda v: v.update("C0CS:1.2", "approved by <lena>"),
        Want(
            "POST",
            "/chat.update",
            ok({"ok": True}),
            holds={"channel": "C0CS", "ts": "1.2", "text": "approved by &lt;lena&gt;"},
        ),
        BEARER,
    ),
)
