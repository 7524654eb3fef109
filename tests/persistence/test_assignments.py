"""An arm is logged once, in the transaction that would expose the account, and never changes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from activities.experiment import held_out
from models.experiment import Arm, Assignment
from models.playbook import Playbook
from persistence.store import SqlStore

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def drawn(customer: str, arm: Arm, at: datetime = AT, experiment: str = "e") -> Assignment:
    return Assignment(
        customer=customer, experiment=experiment, playbook="p", arm=arm, fraction=0.2, reason="eligible", at=at
    )


def playbook(**holdout: object) -> Playbook:
    step = {"id": "a", "kind": "act", "do": "assign_csm"}
    return Playbook.model_validate(
        {"id": "p", "version": 1, "title": "t", "process": "sequence", "trigger": "limit_near", "steps": [step]}
        | ({"holdout": holdout} if holdout else {})
    )


async def test_the_first_arm_stands_whatever_is_drawn_later(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert (await tx.assignments.assign(drawn("C-1", Arm.HOLDOUT))).arm is Arm.HOLDOUT
    later = drawn("C-1", Arm.TREATED, AT + timedelta(days=30))
    async with store.begin() as tx:
        assert await tx.assignments.assign(later) == drawn("C-1", Arm.HOLDOUT)
        assert (await tx.assignments.assign(drawn("C-1", Arm.TREATED, experiment="f"))).arm is Arm.TREATED
        assert [one.experiment for one in await tx.assignments.of("C-1")] == ["e", "f"]


async def test_of_two_draws_at_once_both_find_the_same(store: SqlStore) -> None:
    async def draw(arm: Arm) -> Arm:
        async with store.begin() as tx:
            return (await tx.assignments.assign(drawn("C-1", arm))).arm

    assert len(set(await asyncio.gather(draw(Arm.HOLDOUT), draw(Arm.TREATED)))) == 1


async def test_an_assignment_of_a_transaction_that_fails_was_never_made(store: SqlStore) -> None:
    async def fails() -> None:
        async with store.begin() as tx:
            await tx.assignments.assign(drawn("C-1", Arm.HOLDOUT))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with store.read() as tx:
        assert await tx.assignments.all("e") == []


async def test_the_deciding_transaction_logs_both_arms_and_only_where_there_is_a_holdout(store: SqlStore) -> None:
    async with store.begin() as tx:
        out = [await held_out(tx, playbook(fraction=0.5), f"C-{n}", AT) for n in range(40)]
        assert not await held_out(tx, playbook(), "C-x", AT)
        kept = await tx.assignments.all("p")
    assert {one.customer: one.arm is Arm.HOLDOUT for one in kept} == {f"C-{n}": out[n] for n in range(40)}
    assert 0 < sum(out) < 40
    async with store.begin() as tx:  # a larger share later: those who are logged stay where they are
        assert [await held_out(tx, playbook(fraction=0.01), f"C-{n}", AT) for n in range(40)] == out
