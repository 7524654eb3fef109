"""The page of a simulation: whole in itself, nothing in it runs, names are text."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.simulation import Busy, DaySends, KeptBack, ManagerLoad, NeverTaken, PlaySummary, Simulation
from rendering.simulation_page import page

NASTY = '<script>alert("x")</script>'
BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)


def simulation(**changes: Any) -> Simulation:
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(31)]
    given: dict[str, Any] = {
        "begins": BEGINS, "ends": BEGINS + timedelta(days=30), "days": 30, "seed": 1, "customers": 3, "events": 9,
        "sends": 62, "by_day": tuple(DaySends(day=day, by_channel={"email": 1, "in_app": 1}) for day in days),
        "by_template": {"offer": 62}, "by_customer": {0: 1, 31: 2},
        "busiest": (Busy(customer=NASTY, sends=31, most_in_seven_days=7),),
        "capped": 2, "capped_customers": 1, "quiet": 3, "held": 0, "tasks": 4,
        "load": (ManagerLoad(manager=NASTY, weekly_capacity=1, weeks={days[0]: 4}),), "escalations": (),
        "plays": (PlaySummary(playbook="p", version=2, started=5, went_on=0, held_out=1, completed=5, goal_met=0,
                              exited=0, still_open=0, reasons={}, steps={}),),
        "never": (NeverTaken(playbook="p", step="s", kind="branch", result="other"),),
        "kept_back": (KeptBack(playbook="p", step="s", reason=NASTY, times=2),), "stages": {}, "assumptions": ("x",),
    }  # fmt: skip
    return Simulation.model_validate(given | changes)


def test_names_are_text_wherever_they_stand() -> None:
    text = page(simulation())
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 4


def test_the_page_loads_nothing() -> None:
    text = page(simulation())
    addresses = set(re.findall(r"""(?:https?:)?//[^\s"'<>]+""", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in text
    assert text.count("<svg") == 3


def test_a_simulation_in_which_nothing_happens_is_still_a_page() -> None:
    days = (DaySends(day=date(2026, 3, 2), by_channel={}),)
    empty = simulation(by_day=days, by_customer={}, busiest=(), load=(), plays=(), never=(), kept_back=(), sends=0)
    assert page(empty).count("<svg") == 2


def test_the_same_simulation_is_the_same_page() -> None:
    assert page(simulation()) == page(simulation())
