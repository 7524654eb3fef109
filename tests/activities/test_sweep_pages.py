"""The sweep's pages on both databases: repeatable, resumable, blind to the future, and history is only history."""

import shutil
from collections import Counter
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from analysis.evaluation_page import PageDecider
from composition.deciding import Deciding
from models.errors import Refused
from models.sweep import SweepBegin, SweepPages
from persistence.engine import Database
from persistence.store import SqlStore
from tests.activities.sweep_books import DAY_OF_NOW, book, decided_of, dump, fill, sizes, sweep
from tests.persistence.fact_histories import DAY, NOW, distinct, history
from tests.persistence.test_fact_columns_leakage import another_future


async def test_a_sweep_evaluates_everyone_and_counts_what_changed(store: SqlStore) -> None:
    rows = await book(store, 1)
    progress = await sweep(store)
    counts, found = progress.counts, await dump(store)
    assert counts["customers"] == len(rows["customer"]) == len(found["evaluation"])
    assert counts["scored"] + counts["provisional"] + counts["unscored"] == counts["customers"]
    assert counts["unread"] == 0
    assert counts["backfilled"] == 0
    assert counts["scored"] > 0
    assert sum(value for name, value in counts.items() if name.startswith("changed:")) == len(found["sweep_change"])
    moved = Counter(row[2] for row in found["sweep_change"])
    assert moved["stage"] == len(found["transition"]) == counts["changed:stage"] > 0
    assert moved["signal_opened"] == len(found["churn_signal"]) > 0
    async with store.read() as tx:
        for one in found["transition"]:
            [change] = await tx.lifecycles.history(one[0])
            told = [row for row in found["inbox"] if f"sweep:{row[1]}" == change.cause]
            assert len(told) == 1, "the occurrence that tells of the change is its cause"
            assert change.rule
            assert change.facts
            now = await tx.customers.get(one[0])
            assert now is not None
            assert (now.stage, now.stage_since) == (change.to_stage, NOW)


async def test_a_second_sweep_of_the_day_writes_nothing_new(store: SqlStore) -> None:
    await book(store, 2)
    await sweep(store)
    first = await dump(store)
    again = await sweep(store, by="sweep two")
    assert await dump(store) == first
    assert not [name for name in again.counts if name.startswith("changed:")]
    async with store.read() as tx:
        assert await tx.sweeps.changes(DAY_OF_NOW, run="sweep two") == []
        assert len(await tx.sweeps.changes(DAY_OF_NOW)) == len(first["sweep_change"])


class Dying(PageDecider):
    """Decides two pages, then the worker dies."""

    left = 2

    def decide(self, *given: Any) -> Any:
        """Or raises."""
        if self.left == 0:
            raise MemoryError("the worker is gone")
        self.left -= 1
        return super().decide(*given)


async def test_a_killed_sweep_goes_on_after_its_last_page(
    store: SqlStore, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = await book(store, 3)
    whole = SqlStore.open(sqlite_url) if store.database.dialect != "sqlite" else store
    deciding = Deciding.of()
    acts = deciding.sweep(store, page=7)
    monkeypatch.setattr(acts, "_decider", Dying(deciding.configs, deciding.book))
    claim = SweepBegin(by="sweep one", day=DAY_OF_NOW, at=NOW, now=NOW, again=False)
    assert (await ActivityEnvironment().run(acts.begin_sweep, claim)).mine
    with pytest.raises(MemoryError):
        await ActivityEnvironment().run(
            acts.sweep_pages, SweepPages(by="sweep one", day=DAY_OF_NOW, as_of=NOW, now=NOW)
        )
    async with store.read() as tx:
        row = await tx.sweeps.get(DAY_OF_NOW)
    assert row is not None
    assert row.counts["customers"] == 14
    progress = await sweep(store)
    assert progress.counts["customers"] == len(rows["customer"])
    if whole is not store:
        await fill(whole, rows)
        alone = await sweep(whole)
        assert alone.counts == progress.counts
        assert sizes(await dump(whole)) == sizes(await dump(store))
        await whole.close()


async def test_one_run_sweeps_a_day_and_another_hears_so(store: SqlStore) -> None:
    await book(store, 4, customers=3)
    acts, env = Deciding.of().sweep(store), ActivityEnvironment()
    begin = SweepBegin(by="a", day=DAY_OF_NOW, at=NOW, now=NOW, again=False)
    assert (await env.run(acts.begin_sweep, begin)).mine
    other = await env.run(acts.begin_sweep, begin.model_copy(update={"by": "b", "again": True}))
    assert (other.mine, other.by) == (False, "a")
    with pytest.raises(Refused, match="another run"):
        await env.run(acts.sweep_pages, SweepPages(by="b", day=DAY_OF_NOW, as_of=NOW, now=NOW))
    await sweep(store, by="a")
    assert not (await env.run(acts.begin_sweep, begin.model_copy(update={"by": "b"}))).mine
    assert (await env.run(acts.begin_sweep, begin.model_copy(update={"by": "b", "again": True}))).mine


async def test_a_sweep_of_the_past_acts_on_nothing(store: SqlStore) -> None:
    await book(store, 5)
    await sweep(store)
    acting = ("transition", "inbox", "computed_metric", "blocker", "csm_task", "notice", "customer")
    before, decided = await dump(store, *acting), await dump(store)
    earlier = await sweep(store, NOW - 20 * DAY, by="past")
    assert await dump(store, *acting) == before
    assert earlier.counts["backfilled"] == earlier.counts["customers"] > 0
    after = await dump(store)
    for name in ("health_score", "churn_signal", "evaluation", "engagement_score"):
        assert set(map(repr, decided[name])) <= set(map(repr, after[name])), name
    assert len(after["health_score"]) > len(decided["health_score"])
    async with store.read() as tx:
        for change in await tx.sweeps.changes((NOW - 20 * DAY).date()):
            assert change.backfill
            assert change.decision != "stage"


@pytest.mark.parametrize("seed", range(2))
async def test_another_future_changes_nothing_decided_of_the_past(sqlite_url: str, tmp_path: Any, seed: int) -> None:
    rows, as_of = distinct(history(seed + 70)), NOW - 20 * DAY
    found = []
    for number, each in enumerate((rows, another_future(rows, as_of, seed))):
        copy = tmp_path / f"{number}.db"
        shutil.copy(sqlite_url.partition("///")[2], copy)
        one = SqlStore(Database.open(f"sqlite+aiosqlite:///{copy}"))
        await fill(one, each)
        await sweep(one, as_of)
        found.append(await dump(one, "health_score", "engagement_score", "churn_signal", "alert", "sweep_change"))
        await one.close()
    assert found[0] == found[1]
    assert found[0]["health_score"]


async def test_an_event_decides_of_one_what_the_sweep_decides_of_all(store: SqlStore) -> None:
    rows = await book(store, 6)
    deciding, ids = Deciding.of(), [row["id"] for row in rows["customer"]]
    evaluator, decider = deciding.evaluator(), PageDecider(deciding.configs, deciding.book)
    async with store.read() as tx:
        standings, facts = await tx.decisions.read(ids, decider.reads, as_of=NOW)
    swept = decider.decide(standings, facts, NOW, evaluator._calendar(NOW)).evaluated
    for one in swept:
        async with store.begin() as tx:
            alone = await evaluator.evaluate(tx, one.customer, at=NOW)
            assert decided_of(alone) == decided_of(one)
            again = await evaluator.evaluate(tx, one.customer, at=NOW)
            assert again is not None
            assert all(tell.kind == "stage_review" for tell in again.tells)
            assert again.settled is (alone is not None and alone.verdict is None)
            assert await evaluator.evaluate(tx, one.customer, at=NOW - DAY) is None
    async with store.read() as tx:
        assert not any("stage_review" in row for row in (await dump(store, "inbox"))["inbox"])
        assert await evaluator.evaluate(tx, "nobody", at=NOW) is None
