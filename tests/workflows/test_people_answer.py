"""People answer: by the link in their mail, over HTTP, by closing a task; each once, and refused with what is open."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from temporalio.testing import WorkflowEnvironment

from console.web import create_app
from intake.answers import Answers
from models.clock import REAL
from models.enums import Language
from models.errors import BadInput, NotFound, Refused
from models.ids import save_id
from tests.console.kit import make
from tests.harness import SECRET, Company
from tests.workflows.inline import call, employing, growing, hears, save
from tests.workflows.life import MARTA, Life, living

SIGNAL = "no_login_7_days"
_SAID = {Language.EN: "Record “reached”", Language.ES: "Apuntar «hemos hablado»"}
BEARER = {"authorization": f"Bearer {SECRET}"}


@asynccontextmanager
async def _console(here: Company, now: datetime, language: Language = Language.EN) -> AsyncIterator[httpx.AsyncClient]:
    """The console of this company, at a moment."""
    deps = make(here.store, here.client, secret=SecretStr(SECRET)).deps
    deps = replace(deps, clock=REAL, wall=lambda: now, language=language, answers=Answers(here.store, here.client))
    transport = httpx.ASGITransport(app=create_app(deps))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield http


@asynccontextmanager
async def _asked(skipping: WorkflowEnvironment, company: Company) -> AsyncIterator[Life]:
    """Marta was asked to call."""
    here = employing(company, save())
    async with living(skipping, here, csm_id=MARTA.id) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL)
        yield ana


def _links(here: Company) -> dict[str, str]:
    """Outcome to path, from the newest mail."""
    part = here.mail.mails[-1].get_body(("plain",))
    assert part is not None
    found = re.findall(r"/answer/([\w.-]+)", part.get_content())
    return dict(zip(("reached", "no answer"), (f"/answer/{token}" for token in found), strict=True))


async def test_a_link_asks_first_then_records_once_and_no_second_answer_fits(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with _asked(skipping, skipping_company) as ana:
        here, now = ana.here, await ana.now()
        links = _links(here)
        async with _console(here, now) as http:
            for _ in range(3):
                shown = await http.get(links["reached"])
                assert (shown.status_code, "reached?" in shown.text) == (200, True)
            async with here.store.read() as tx:
                assert await tx.outcomes.of(ana.id) == []
                [task] = await tx.work.tasks(ana.id)
            for language, said in _SAID.items():
                async with _console(here, now, language) as theirs:
                    shown = await theirs.get(links["reached"])
                assert f'<html lang="{language}">' in shown.text
                assert all(one in shown.text for one in (said, task.title, MARTA.name))
            for _ in range(2):
                assert "Recorded" in (await http.post(links["reached"])).text
            other = await http.post(links["no answer"])
            assert (other.status_code, "answered otherwise" in other.text) == (409, True)
            broken = links["reached"][:-4] + "AAAA"
            assert (await http.post(broken)).status_code == 404
        async with _console(here, now + timedelta(days=15)) as http:
            late = await http.post(links["no answer"])
            assert (late.status_code, "This link was good until" in late.text) == (404, True)
        async with _console(here, now + timedelta(days=15), Language.ES) as http:
            assert "Este enlace valía hasta el" in (await http.post(links["no answer"])).text
        await ana.settle()
        async with here.store.read() as tx:
            [kept] = await tx.outcomes.of(ana.id)
        assert (kept.outcome, kept.by, kept.step_id) == ("reached", "csm-marta", "hear")
        assert (await ana.done()).statuses(save_id(ana.id, SIGNAL, 1))["thank"] == "done"


async def test_an_answer_over_http_needs_the_secret_and_fits_or_is_refused_with_what_is_open(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with _asked(skipping, skipping_company) as ana, _console(ana.here, await ana.now()) as http:
        told = {"customer": ana.id, "play": "save.no_login_7_days", "outcome": "happy", "by": "marta"}
        assert (await http.post("/api/outcomes", json=told)).status_code == 401
        assert (await http.get("/api/tasks")).status_code == 401
        refused = await http.post("/api/outcomes", json=told, headers=BEARER)
        assert (refused.status_code, "open outcomes: reached, no_answer" in refused.text) == (409, True)
        absent = await http.post("/api/outcomes", json=told | {"play": "nope"}, headers=BEARER)
        assert (absent.status_code, "running: save.no_login_7_days" in absent.text) == (404, True)
        malformed = await http.post("/api/outcomes", json=told | {"by": ""}, headers=BEARER)
        assert malformed.status_code == 422
        right = told | {"outcome": "no_answer", "request_id": "r-1"}
        answers = [(await http.post("/api/outcomes", json=right, headers=BEARER)).json()["answer"] for _ in range(2)]
        assert answers == ["recorded", "recorded"] or answers == ["recorded", "already recorded"]
        await ana.settle()
        listed = (await http.get("/api/tasks?assignee=csm-marta", headers=BEARER)).json()["tasks"]
        assert listed == []
        async with ana.here.store.read() as tx:
            assert len(await tx.outcomes.of(ana.id)) == 1
            # Nobody was reached: that is no response of the customer.
            facts = await tx.facts.read(ana.id, ["no_response"], as_of=await ana.now(), since=ana.began)
        assert facts == {"no_response": True}


async def test_a_task_is_put_off_with_a_reason_ticked_and_done_even_after_its_play(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    asked = call("call")
    asked["with"]["checklist"] = [{"es": "Motivos", "en": "Reasons"}, {"es": "Oferta", "en": "Offer"}]
    play = save(goals=[], expires="2 days", exits=[]).model_copy(update={"process": "sequence"})
    play = play.model_validate(play.model_dump(by_alias=True) | {"steps": [asked], "expires": None, "id": "test.call"})
    here = employing(skipping_company, play)
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL)
        [task] = (await ana.done()).tasks
        assert (task.assignee, task.outcomes) == ("team", ())
        assert [run.status for run in (await ana.done()).runs.values()] == ["completed"]
        answers, now = Answers(here.store, here.client), await ana.now()
        day = timedelta(days=1)
        for until, reason, by in (
            (now, "x", "y"),
            (now + 91 * day, "x", "y"),
            (now + day, " ", "y"),
            (now + day, "x", ""),
        ):
            with pytest.raises(BadInput):
                await answers.snooze(task.key, until=until, reason=reason, by=by, now=now)
        put_off = await answers.snooze(task.key, until=now + day, reason="on holiday", by="marta", now=now)
        assert (put_off.snoozed_until, put_off.snooze_reason) == (now + day, "marta: on holiday")
        with pytest.raises(BadInput, match="the list has 2 items"):
            await answers.tick(task.key, item=3, done=True)
        ticked = await answers.tick(task.key, item=2, done=True)
        assert [mark.done for mark in ticked.checklist] == [False, True]
        with pytest.raises(Refused, match="outcomes of this task: done"):
            await answers.finish(task.key, outcome="reached", by="marta", note="", now=now)
        with pytest.raises(BadInput, match="say who did it"):
            await answers.finish(task.key, outcome="done", by=" ", note="", now=now)
        for note in ("all well", "again"):
            closed = await answers.finish(task.key, outcome="done", by="marta", note=note, now=now)
            assert (closed.status, closed.note) == ("done", "all well")
        with pytest.raises(Refused, match="this task is done already"):
            await answers.tick(task.key, item=1, done=True)
        with pytest.raises(NotFound):
            await answers.tick("nothing", item=1, done=True)
        [task] = (await ana.done()).tasks
        assert (task.status, task.outcome, task.note) == ("done", "done", "all well")
