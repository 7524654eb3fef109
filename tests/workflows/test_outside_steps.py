"""A step of a playbook reaches the tools: visits that FullStory recorded in a call's task, a page kept in Notion."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.circuits import Circuits
from activities.connected import Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from activities.vendor_deliveries import VendorActivities
from activities.visits import Visits
from integrations.fullstory import FullStory
from integrations.hubspot import HubSpot
from integrations.notion import Notion
from models.clock import utc_now
from models.enums import Language
from models.ids import save_id
from models.outside import Shareable, System
from models.play import OutcomeRequest
from models.playbook import Playbook
from models.vendor_delivery import DeliverOne, DrainInput, VendorDelivery
from tests.harness import Company
from tests.integrations.vendor_double import Double, Reply, double
from tests.workflows.inline import LEFT, call, employing, growing, hears
from tests.workflows.life import MARTA, Life, living
from tests.workflows.plays import playbook
from workflows.play import Play

SIGNAL = "no_login_7_days"
SEEN = "https://app.fullstory.example/ui/o/session/1:2"
VISIT = {"app_url": SEEN, "created_time": "2026-05-10T09:30:00Z"}
HANDOVER = {
    "title": {"es": "Antes de llamar", "en": "Before the call"},
    "paragraphs": [{"es": "Usan <b>dos</b> bots.", "en": "They use two bots."}, {"en": "Only in English."}],
}


def watched(**page: Any) -> Playbook:
    """Somebody calls with the visits at hand; what to know is a page."""
    asked = {"title": {"es": "Llamar", "en": "Call"}, "due": "2 hours", "priority": "high", "visits": True}
    return playbook(
        {**call(), "with": asked},
        {"id": "hear", "kind": "await", "after": "call", "outcomes": ["reached", "no_answer"], "timeout": "5 days"},
        {"id": "page", "kind": "act", "do": "write_page", "with": HANDOVER | page},
        id=f"save.{SIGNAL}",
        process="save",
        trigger=f"signal_opened:{SIGNAL}",
        exits=LEFT,
    )


@dataclass
class Tools:
    """The tools of the company, each a double."""

    fullstory: Double
    notion: Double
    hubspot: Double
    connected: Connected
    here: Company

    async def drain(self, system: System) -> list[str]:
        """Make every delivery that is due."""
        acts = VendorActivities(self.here.given.store, self.connected, utc_now)
        due = await acts.due_vendor_deliveries(DrainInput(system=system, task_queue="q"))
        return [
            await acts.deliver_to_vendor(DeliverOne(delivery=number, system=system))
            for group in due.groups
            for number in group
        ]

    async def rows(self, life: Life, kind: str) -> list[VendorDelivery]:
        async with self.here.store.read() as tx:
            return [one for one in await tx.vendor_outbox.of(life.id) if one.operation.kind == kind]


@asynccontextmanager
async def equipped(here: Company, *share: Shareable, seen: Reply | None = None) -> AsyncIterator[Tools]:
    """The company with FullStory, Notion and a CRM."""
    found = seen or Reply(200, {"results": [VISIT]})
    nothing = Reply(200, {"results": [], "id": "p1", "url": "https://notion.example/p1"})
    async with (
        double(found) as fullstory,
        double(nothing) as notion,
        double(Reply(200, {"results": [], "id": "1"})) as hubspot,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        reader = FullStory(http, key="k-fullstory", base=fullstory.base)
        crm = HubSpot(http, token="t-hubspot", base=hubspot.base)
        connected = Connected(
            told=(System.HUBSPOT,),
            share=frozenset(share),
            notes={System.HUBSPOT: crm},
            knowledge={System.NOTION: Notion(http, token="t-notion", data_source="ds", base=notion.base)},
            sessions=(System.FULLSTORY, reader),
        )
        circuits = Circuits(here.store, utc_now)
        visits = Visits(here.store, circuits, System.FULLSTORY, reader, connected.share, Language.ES)
        told: Any = ToldStore(here.store, Telling(connected, wall=utc_now))
        given = replace(here.given, store=told, outside=connected, visits=visits)
        yield Tools(fullstory, notion, hubspot, connected, replace(here, given=given))


@asynccontextmanager
async def started(env: WorkflowEnvironment, here: Company, found: Playbook) -> AsyncIterator[tuple[Life, str]]:
    """A customer whose save play has begun."""
    async with living(env, employing(here, found), csm_id=MARTA.id) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL, severity="medium")
        yield ana, save_id(ana.id, SIGNAL, 1)


async def test_a_call_has_the_visits_at_hand_and_what_to_know_is_a_page(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with equipped(skipping_company, "stage") as tools, started(skipping, tools.here, watched()) as (ana, play):
        [task] = (await ana.done()).tasks
        assert task.description == f"Últimas visitas grabadas:\n2026-05-10 09:30 UTC {SEEN}"
        [asked] = tools.fullstory.asked
        assert (asked.method, asked.path, asked.query["uid"]) == ("GET", "/v2/sessions", ana.id)
        [mail] = [one for one in tools.here.mail.mails if one["To"].endswith(f"<{MARTA.email}>")]
        assert SEEN in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one

        assert (await ana.done()).statuses(play)["page"] == "done"
        assert await tools.drain(System.NOTION) == ["delivered"]
        looked, made = tools.notion.asked
        number = looked.json["filter"]["rich_text"]["equals"]
        assert number.startswith(f"{ana.id}/wh_")
        said = [block["paragraph"]["rich_text"][0]["text"]["content"] for block in made.json["children"]]
        assert said[:2] == ["Usan <b>dos</b> bots.", "Only in English."]
        assert any(one.startswith("Stage: growing") for one in said)
        assert made.json["properties"]["Name"]["title"][0]["text"]["content"] == f"{ana.id}: Antes de llamar"
        assert "sol.example" not in json.dumps(made.json), "an address is not shared"
        [row] = await tools.rows(ana, "save_page")
        assert (row.reference, row.response) == ("p1", "page created: https://notion.example/p1")


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (Reply(200, {"results": []}), "Sin visitas grabadas."),
        (Reply(200, {"results": [{**VISIT, "app_url": "javascript:alert(1)"}]}), "Sin visitas grabadas."),
        (Reply(503, {}), "No se han podido leer las visitas grabadas."),
        (Reply(401, {"message": "no"}), "No se han podido leer las visitas grabadas."),
        (Reply(200, {"results": 7}), "No se han podido leer las visitas grabadas."),
    ],
)
async def test_a_call_waits_for_no_recording(
    skipping: WorkflowEnvironment, skipping_company: Company, seen: Reply, says: str
) -> None:
    found = watched(account=False)
    async with equipped(skipping_company, seen=seen) as tools, started(skipping, tools.here, found) as (ana, _):
        [task] = (await ana.done()).tasks
        assert task.description == says
        assert all("email" not in asked.query for asked in tools.fullstory.asked), "an address is not shared"


async def test_by_address_only_where_it_is_shared(skipping: WorkflowEnvironment, skipping_company: Company) -> None:
    nobody = Reply(200, {"results": []})
    async with (
        equipped(skipping_company, "email", seen=nobody) as tools,
        started(skipping, tools.here, watched()) as (ana, _),
    ):
        assert [sorted(asked.query) for asked in tools.fullstory.asked] == [["limit", "uid"], ["email", "limit"]]
        assert tools.fullstory.asked[1].query["email"] == ana.said.email


async def test_without_the_tools_the_call_is_made_and_the_page_is_skipped(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with started(skipping, skipping_company, watched()) as (ana, play):
        [task] = (await ana.done()).tasks
        assert task.description == ""
        step = (await ana.done()).steps[play]["page"]
        assert (step.status, step.reason) == ("skipped", "no system keeps pages (STEADFAST_KNOWLEDGE)")


@pytest.mark.parametrize("shared", [True, False])
async def test_what_a_person_found_is_a_note_where_notes_are_shared(
    skipping: WorkflowEnvironment, skipping_company: Company, shared: bool
) -> None:
    share: tuple[Shareable, ...] = ("notes",) if shared else ()
    async with equipped(skipping_company, *share) as tools, started(skipping, tools.here, watched()) as (ana, play):
        answer = OutcomeRequest(outcome="reached", by="marta", note="They are on holiday")
        await ana.handle(play).execute_update(Play.answer, answer)
        await ana.settle()
        noted = await tools.rows(ana, "add_note")
        assert len(noted) == shared
        if shared:
            tools.hubspot.replies = [
                Reply(200, {"results": []}),
                Reply(201, {"id": "n1"}),
                Reply(200, {"results": [{"id": "c1"}]}),
                Reply(200, {}),
            ]
            assert await tools.drain(System.HUBSPOT) == ["delivered"]
            body = tools.hubspot.asked[1].json["properties"]["hs_note_body"]
            assert "They are on holiday (marta)" in body
            assert f"save.{SIGNAL} hear: reached" in body
