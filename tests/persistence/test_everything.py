"""Everything of a customer is in the copy; after an erasure its id stands nowhere, and the others are as they were."""

from decimal import Decimal

from sqlalchemy import select

from activities import advocacy, plans, referrals
from activities.manual_stage import ask
from models.enums import LifecycleStage as Stage
from models.referral import ReferralRequest
from models.success_plan import SuccessPlan
from persistence.everything import KEPT, Everything
from persistence.store import SqlStore
from persistence.tables import METADATA
from tests.activities.stage_scenes import NOW, Scene
from tests.activities.test_checks import task
from tests.intake.test_facts_of_events import Story, tell


async def fill(store: SqlStore) -> None:
    scene = await (await Scene(store, Stage.GROWING).set(email="ana@sol.example", mrr=Decimal("49"))).health(80)
    await tell(store, Story(1).events)
    await scene.tell("survey_answered", kind="nps", score=9)
    async with store.begin() as tx:
        other = scene.customer.model_copy(update={"id": "C-2", "email": "bea@mar.example"})
        await tx.customers.put(other)
        await tx.work.add_task(task("theirs", customer="C-2"))
        await tx.work.add_task(task("mine"))
        await tx.communications.suppress("ana@sol.example", "unsubscribed", NOW)
        await tx.communications.suppress("bea@mar.example", "unsubscribed", NOW)
        await plans.load(tx, SuccessPlan(customer="C-1", created_at=NOW, updated_at=NOW))
        await advocacy.claim(tx, "C-1", "g2_review", "", NOW)
        await ask(tx, "C-1", {"to": "churned", "actor": "marc", "reason": "x"}, NOW)
        request = ReferralRequest(referrer="C-2", referred_email="ana.other@sol.example", referred_name="Ana")
        made = (await referrals.create(tx, request, lambda size: bytes(size), NOW)).referral
        await tx.referrals.put(made.model_copy(update={"referred_customer": "C-1"}))


async def dump(store: SqlStore) -> dict[str, str]:
    async with store.read() as tx:
        return {
            name: str([tuple(row) for row in await tx.connection.execute(select(table))])
            for name, table in METADATA.tables.items()
        }


async def test_the_copy_has_every_row_and_the_erasure_leaves_none(store: SqlStore) -> None:
    await fill(store)
    async with store.read() as tx:
        copy = await Everything(tx.connection).read("C-1")
        theirs = await Everything(tx.connection).read("C-2")
    assert {"customer", "ticket", "invoice", "survey_response", "success_plan", "approval", "inbox"} <= set(copy)
    assert copy["customer"][0]["mrr"] == "49"
    assert [row["key"] for row in copy["csm_task"]] == ["mine"]
    async with store.begin() as tx:
        gone = await Everything(tx.connection).erase("C-1")
    assert sum(gone.values()) == sum(len(rows) for rows in copy.values())
    left = await dump(store)
    assert [name for name, rows in left.items() if name not in KEPT and ("'C-1'" in rows or "ana" in rows)] == []
    async with store.read() as tx:
        after = await Everything(tx.connection).read("C-2")
    (before_referral,), (after_referral,) = theirs.pop("referral"), after.pop("referral")
    assert after == theirs
    assert before_referral["referred_name"] == "Ana"
    assert (after_referral["referred_email"], after_referral["referred_customer"]) == ("", None)


async def test_nobody_is_nothing(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert await Everything(tx.connection).read("nobody") == {}
        assert await Everything(tx.connection).erase("nobody") == {}
