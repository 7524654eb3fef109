"""A simulation on a terminal: what matters first, each table only where it has something to say."""

from collections.abc import Iterable, Sequence
from datetime import date

from cli.output import out, print_table, say
from models.simulation import DaySends, PlaySummary, Simulation

LONGEST = 15
"""Rows of a list that could be long; the JSON document has all of them."""


def print_simulation(done: Simulation) -> None:
    """Everything, in tables."""
    what = done.playbook or "every playbook"
    say(f"{what}, {done.customers} customers, {done.days} days from {done.begins:%Y-%m-%d %H:%M} UTC, seed {done.seed}")
    say(f"{done.sends} messages, {done.tasks} tasks, {sum(one.times for one in done.escalations)} escalations")
    said = f"{done.capped} messages to {done.capped_customers} customers kept back by the weekly cap, "
    say(f"{said}{done.quiet} put off by quiet hours, {done.held} steps held for imported customers")
    out.print()
    print_table("Playbooks", PLAYS, (_play(one) for one in done.plays))
    print_table("Messages by week", ("week of", "messages", "busiest day", ""), _weeks(done.by_day))
    spread = [(times, customers) for times, customers in done.by_customer.items()]
    print_table("Messages per customer", ("messages", "customers"), _bounded(spread))
    if done.busiest:
        rows = [(one.customer, one.sends, one.most_in_seven_days) for one in done.busiest]
        print_table("Who hears most", ("customer", "messages", "most in 7 days"), rows)
    if done.load:
        print_table(
            "Tasks by manager", ("manager", "tasks", "busiest week", "capacity a week", "weeks over"), _load(done)
        )
    if done.escalations:
        rows_of = ((one.playbook, one.role, one.level or "step", one.times) for one in done.escalations)
        print_table("Escalations", ("playbook", "role", "level", "times"), rows_of)
    if done.never:
        ways = [(one.playbook, one.step, one.kind, one.result) for one in done.never]
        print_table("Never taken", ("playbook", "step", "kind", "result"), _bounded(ways))
    if done.declined:
        not_started = [(one.playbook, one.reason, one.times) for one in done.declined]
        print_table("Not started, and why", ("playbook", "reason", "times"), _bounded(not_started))
    if done.kept_back:
        kept = [(one.playbook, one.step, one.reason, one.times) for one in done.kept_back]
        print_table("Not done, and why", ("playbook", "step", "reason", "times"), _bounded(kept))
    for assumption in done.assumptions:
        say(f"Assumed: {assumption}.")


PLAYS = ("playbook", "started", "went on", "held out", "completed", "goal met", "exited", "open at the end")


def _play(one: PlaySummary) -> tuple[object, ...]:
    ends = (one.completed, one.goal_met, one.exited, one.still_open)
    return (f"{one.playbook} v{one.version}", one.started, one.went_on, one.held_out, *ends)


def _weeks(days: Iterable[DaySends]) -> Iterable[tuple[object, ...]]:
    weeks: dict[date, list[DaySends]] = {}
    for one in days:
        weeks.setdefault(date.fromordinal(one.day.toordinal() - one.day.weekday()), []).append(one)
    most = max((sum(day.total for day in found) for found in weeks.values()), default=0) or 1
    for monday, found in weeks.items():
        total = sum(day.total for day in found)
        busiest = max(found, key=lambda day: day.total)
        shown = f"{busiest.day} ({busiest.total})" if busiest.total else ""
        yield monday, total, shown, "█" * round(30 * total / most)


def _load(done: Simulation) -> Iterable[tuple[object, ...]]:
    for one in done.load:
        busiest = max(one.weeks, key=lambda week: one.weeks[week], default=None)
        shown = "" if busiest is None else f"{busiest} ({one.weeks[busiest]})"
        capacity = "unknown" if one.weekly_capacity is None else one.weekly_capacity
        over = "" if one.weekly_capacity is None else f"{len(one.over)} of {len(one.weeks)}"
        yield one.manager, sum(one.weeks.values()), shown, capacity, over


def _bounded(rows: Sequence[tuple[object, ...]]) -> Sequence[tuple[object, ...]]:
    if len(rows) <= LONGEST:
        return rows
    return [*rows[: LONGEST - 1], (f"… {len(rows) - LONGEST + 1} more, see --json", *("" for _ in rows[0][1:]))]
