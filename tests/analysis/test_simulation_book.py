"""A whole book: the same whatever the processes, shared states or not; summed up as people need it."""

import gc
import weakref
from datetime import date, timedelta
from typing import Any

from analysis.simulation import paths as paths_module
from analysis.simulation.book import simulate
from analysis.simulation.life import Life
from analysis.simulation.summary import owners, summarise
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, Manager, World
from models.enums import Segment
from tests.analysis.simulated import BEGINS, account, happens, mail, play, world

LIVELY: dict[str, Any] = {
    "seed": 5,
    "habits": [
        {"event": "limit_near", "per_month": 1.5, "share": 0.6},
        {"event": "user_logged_in", "per_month": 4},
        {"event": "ticket_opened", "per_month": 1},
    ],
    "reactions": [
        {"template": "offer", "event": "message_replied", "probability": 0.5, "after": {"max": "3 days"}},
        {"step": "hear", "outcome": "yes", "probability": 0.3, "after": {"max": "40 minutes"}},
    ],
}  # fmt: skip


def book(customers: int = 240) -> tuple[World, list[Account]]:
    one = play(
        mail("a"),
        mail("b", delay="2 days", when="no_response"),
        {"id": "hear", "kind": "await", "after": "b", "outcomes": ["yes", "no"], "timeout": "3 days"},
        mail("c", after="hear", on=["yes"]),
        {"id": "csm", "kind": "act", "do": "assign_csm"},
        {"id": "t", "kind": "act", "do": "create_task", "delay": "1 day",
         "with": {"task": "call", "title": {"es": "x", "en": "x"}}},
    )  # fmt: skip
    zones = ("Europe/Madrid", "America/New_York", "Asia/Tokyo")
    who = [account(f"C-{n:04}", zone=zones[n % 3], facts={"open_tickets": n % 4}) for n in range(customers)]
    team = (Manager("ana", tuple(Segment), 0, 5), Manager("bea", tuple(Segment), 3), Manager("eva", ()))
    return world(one, days=60, responses=LIVELY, team=team), who


def test_the_number_of_processes_and_the_order_of_customers_change_nothing() -> None:
    where, who = book()
    alone = simulate(where, who, processes=1)
    assert alone.sends
    assert simulate(where, who, processes=2) == alone
    backwards = simulate(where, list(reversed(who)), processes=1)
    assert backwards == alone


def test_runs_that_share_their_states_end_as_runs_that_do_not(monkeypatch: Any) -> None:
    where, who = book(60)
    shared = simulate(where, who, processes=1)
    monkeypatch.setattr(paths_module, "KEPT", 0)
    assert simulate(where, who, processes=1) == shared


def test_a_life_leaves_nothing_for_the_garbage_collector() -> None:
    where, who = book(1)
    one = Life(where, who[0], {}, Tally())
    known = weakref.ref(one)
    gc.disable()
    try:
        one.live()
        del one
        assert known() is None
    finally:
        gc.enable()


def test_another_seed_is_another_life_and_the_same_seed_the_same() -> None:
    where, who = book(60)
    other = World(**{**where.__dict__, "responses": where.responses.model_copy(update={"seed": 6})})
    assert simulate(where, who).sends == simulate(where, who).sends != simulate(other, who).sends


def test_what_is_summed_up_is_what_was_written_down() -> None:
    where, who = book()
    told: list[int] = []
    tally = simulate(where, who, processes=1, progress=told.append)
    done = summarise(where, who, tally)
    assert sum(told) == done.customers == len(who)
    assert sum(day.total for day in done.by_day) == done.sends == len(tally.sends)
    assert sum(done.by_template.values()) == done.sends
    assert sum(done.by_customer.values()) == len(who)
    assert sum(times * n for times, n in done.by_customer.items()) == done.sends
    assert sum(sum(one.weeks.values()) for one in done.load) == done.tasks
    assert max(one.most_in_seven_days for one in done.busiest) <= where.rules.weekly_cap
    (one,) = done.plays
    assert one.started == one.completed + one.goal_met + one.exited + one.still_open
    assert sum(one.steps["a"].values()) == one.started
    assert ("hear", "no") in {(way.step, way.result) for way in done.never}
    assert ("hear", "yes") not in {(way.step, way.result) for way in done.never}


def test_customers_fall_to_the_least_loaded_in_the_order_of_time_not_of_the_book() -> None:
    where, who = book(4)
    late, early = BEGINS + timedelta(days=3), BEGINS + timedelta(days=1)
    moments = {"C-0000": late, "C-0001": early, "C-0002": early, "C-0003": early}
    tally = Tally(assigned=sorted((at, one, Segment.SMB.value) for one, at in moments.items()))
    assert {one: held[0][1] for one, held in owners(where, who, tally).items()} == {
        "C-0001": "ana", "C-0002": "ana", "C-0003": "ana", "C-0000": "ana",
    }  # fmt: skip
    lighter = World(
        **{**where.__dict__, "team": (Manager("ana", tuple(Segment), 2), Manager("bea", tuple(Segment), 3))}
    )
    assert [held[0][1] for _, held in sorted(owners(lighter, who, tally).items())] == ["ana", "ana", "ana", "bea"]


def test_weeks_above_capacity_are_named() -> None:
    task = {"id": "t", "kind": "act", "do": "create_task", "with": {"task": "x", "title": {"es": "x", "en": "x"}}}
    who = [account(f"C-{n}", csm="ana") for n in range(8)]
    script = [happens("limit_near", f"C-{n}") for n in range(8)]
    where = world(play(task), responses={"script": script}, team=(Manager("ana", (), 8, 5),))
    (load,) = summarise(where, who, simulate(where, who)).load
    assert load.over == {date(2026, 3, 2): 3}
