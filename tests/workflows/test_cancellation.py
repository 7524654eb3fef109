"""A cancellation is honoured at once: acknowledged whatever the hour, never moved; offered only what was approved."""

from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.approvals import decide
from models.approval import Verdict
from models.enums import Role
from models.errors import Refused
from models.event_kinds import EventType
from models.ids import save_id, sequence_id
from models.play import OutcomeRequest
from models.playbook import Playbook
from models.records import Csm
from tests.harness import Company
from tests.workflows.inline import LEFT, act, call, employing, growing, mail
from tests.workflows.life import MARTA, Life, living
from tests.workflows.plays import playbook
from workflows.play import Play

SIGNAL = "cancellation_request"


def leaving(**more: str) -> Playbook:
    """Acknowledge, ask, and have the offer approved before anybody may make it. ``more``: of the request."""
    asked = {"kind": "save_offer", "title": {"es": "Oferta", "en": "Offer"}, "due": "2 hours", **more}
    outcomes = ["open_to_talk", "not_open"]
    return playbook(
        {
            "id": "acknowledge",
            "kind": "act",
            "do": "send_message",
            "with": {"template": "cancellation_acknowledged"},
        },
        call(),
        {"id": "hear", "kind": "await", "after": "call", "outcomes": outcomes, "timeout": "5 days"},
        {"id": "ask", "kind": "act", "after": "hear", "on": ["open_to_talk"], "do": "request_approval", "with": asked},
        {"id": "verdict", "kind": "await", "after": "ask", "events": ["approval_decided:save_offer"]},
        {
            "id": "choose",
            "kind": "branch",
            "after": "verdict",
            "cases": [{"if": "approved", "then": "allowed"}],
            "otherwise": "refused",
        },
        act("offer", after="choose", on=["allowed"]),
        id=f"save.{SIGNAL}",
        process="save",
        trigger=f"signal_opened:{SIGNAL}",
        goals=[{"event": "cancellation_withdrawn", "reason": "withdrawn"}],
        exits=LEFT,
        excludes={"pauses": ["expansion.*"]},
        priority=95,
    )


def upsell() -> Playbook:
    """Unrelated outreach, due every day."""
    steps = [mail(f"m{day}", delay=f"{day} days") for day in (1, 2, 3)]
    return playbook(*steps, id="expansion.offer", trigger="subscription_changed", exits=LEFT, catch_up="2 days")


async def _facts(life: Life) -> tuple[object, object]:
    async with life.here.store.read() as tx:
        customer = await tx.customers.get(life.id)
        assert customer is not None
        facts = await tx.facts.read(life.id, ["cancellation_requested"], as_of=await life.now(), since=life.began)
        return customer.subscription_status, facts["cancellation_requested"]


async def _cancels(life: Life) -> None:
    effective = (await life.now() + timedelta(days=20)).isoformat()
    await life.tell(EventType.CANCELLATION_REQUESTED, request_id="r-1", effective_at=effective)


@pytest.mark.parametrize(("approved", "offered"), [(True, "done"), (False, "unreached")])
async def test_only_what_was_approved_is_offered_and_only_where_they_want_to_talk(
    skipping: WorkflowEnvironment, skipping_company: Company, approved: bool, offered: str
) -> None:
    here = employing(skipping_company, leaving(), upsell())
    async with living(skipping, here, csm_id=MARTA.id) as ana:
        await growing(ana)
        await ana.tell(EventType.SUBSCRIPTION_CHANGED)
        await ana.pass_time(hours=14)  # the middle of the night
        await _cancels(ana)
        play = save_id(ana.id, SIGNAL, 1)
        # Acknowledged at once, whatever the hour and the cap.
        assert ("cancellation_acknowledged", "sent") in (await ana.done()).mails()
        assert await _facts(ana) == ("active", True)
        answer = OutcomeRequest(outcome="open_to_talk", by="marta")
        await ana.handle(play).execute_update(Play.answer, answer)
        await ana.settle()
        assert "offer" not in (await ana.done()).statuses(play)
        async with here.store.begin() as tx:
            [asked] = await tx.approvals.requests(customer=ana.id)
            await decide(tx, asked.number, Verdict(approved=approved, by="Berta", reason="as agreed"), await ana.now())
        await here.catch_up(await ana.now())
        await ana.pass_time(days=4)
        view = {one.step_id: one.status for one in (await ana.view(play)).steps}
        assert view["offer"] == offered
        # Unrelated outreach keeps quiet meanwhile, and what is too old by then never goes.
        expansion = sequence_id(ana.id, "expansion.offer", 1)
        assert set((await ana.done()).statuses(expansion).values()) == {"held"}
        await ana.tell(EventType.CANCELLATION_WITHDRAWN, request_id="r-1")
        await ana.pass_time(days=3)
        assert (await ana.done()).runs[play].status == "goal_met"
        assert await _facts(ana) == ("active", False)
        late = (await ana.done()).statuses(expansion)
        assert (late["m1"], late["m2"]) == ("skipped", "skipped")


async def test_where_the_playbook_names_a_role_only_that_role_lets_the_offer_out(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, leaving(role="executive"))
    async with living(skipping, here, csm_id=MARTA.id) as ana:
        await growing(ana)
        await _cancels(ana)
        play = save_id(ana.id, SIGNAL, 1)
        await ana.handle(play).execute_update(Play.answer, OutcomeRequest(outcome="open_to_talk", by="marta"))
        await ana.settle()
        async with here.store.begin() as tx:
            [asked] = await tx.approvals.requests(customer=ana.id)
            assert (asked.role, asked.only) == (Role.EXECUTIVE, True)
            with pytest.raises(Refused, match="nobody of the team is one"):
                await decide(tx, asked.number, Verdict(approved=True, by=MARTA.id), await ana.now())
            boss = Csm(id="eva", name="Eva", email="eva@house.example", roles=(Role.EXECUTIVE,))
            await tx.customers.put_csm(boss)
            with pytest.raises(Refused, match=r"only executive decides this \(eva\); they are csm"):
                await decide(tx, asked.number, Verdict(approved=True, by=MARTA.id), await ana.now())
            await decide(tx, asked.number, Verdict(approved=True, by="Eva"), await ana.now())
        await here.catch_up(await ana.now())
        await ana.pass_time(days=1)
        assert {one.step_id: one.status for one in (await ana.view(play)).steps}["offer"] == "done"


async def test_the_end_of_the_subscription_waits_for_nothing(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, leaving())
    async with living(skipping, here) as ana:
        await growing(ana)
        await _cancels(ana)
        await ana.cancels()
        done = await ana.done()
        assert done.stages()[-1] == ("subscription_ended", "churned")
        assert done.runs[save_id(ana.id, SIGNAL, 1)].status == "exited"
        assert done.statuses(save_id(ana.id, SIGNAL, 1))["hear"] == "skipped"
        assert {task.status for task in done.tasks} == {"cancelled"}
