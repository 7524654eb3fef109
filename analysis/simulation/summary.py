"""From rows to what is shown: by day, by customer, by manager and week, by playbook; and what never happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, World
from models.playbook import ActStep, AwaitStep, BranchStep, EscalateStep, Playbook, possible_results
from models.simulation import (
    Busy,
    DaySends,
    Escalations,
    KeptBack,
    ManagerLoad,
    NeverTaken,
    PlaySummary,
    Simulation,
)

TEAM = "team"
WEEK = timedelta(days=7)
BUSIEST = 10
OPEN = "open"


def summarise(world: World, accounts: Sequence[Account], tally: Tally) -> Simulation:
    """What the rows say. Days and weeks are those of the business calendar."""
    zone = ZoneInfo(world.rules.business_zone)
    per_customer = Counter(send.customer for send in tally.sends)
    silent = tally.customers - len(per_customer)
    spread = Counter(per_customer.values())
    return Simulation(
        begins=world.begins,
        ends=world.ends,
        days=(world.ends - world.begins).days,
        playbook=world.only,
        seed=world.responses.seed,
        customers=tally.customers,
        events=tally.events,
        sends=len(tally.sends),
        by_day=_by_day(world, tally, zone),
        by_template=dict(Counter(send.template for send in tally.sends).most_common()),
        by_customer=dict(sorted({**spread, **({0: silent} if silent else {})}.items())),
        busiest=_busiest(tally, per_customer),
        capped=len(tally.capped),
        capped_customers=len({row[0] for row in tally.capped}),
        quiet=sum(tally.deferred.values()),
        held=sum(tally.held.values()),
        tasks=len(tally.tasks),
        load=_load(world, accounts, tally, zone),
        escalations=tuple(
            Escalations(playbook=playbook, role=role, level=level, times=times)
            for (playbook, role, level), times in sorted(
                Counter((rise.playbook, rise.role, rise.level) for rise in tally.rises).items()
            )
        ),
        plays=tuple(_play(playbook, tally) for playbook in _played(world, tally)),
        never=tuple(_never(world, tally)),
        kept_back=tuple(
            KeptBack(playbook=playbook, step=step, reason=reason, times=times)
            for (playbook, step, reason), times in sorted(tally.refused.items(), key=lambda one: (-one[1], one[0]))
        ),
        declined=tuple(
            KeptBack(playbook=playbook, step="", reason=reason, times=times)
            for (playbook, reason), times in sorted(tally.declined.items(), key=lambda one: (-one[1], one[0]))
        ),
        stages={f"{before or '(none)'} > {after}": n for (before, after), n in sorted(tally.stages.items())},
        assumptions=tuple(_assumptions(world)),
    )


def owners(world: World, accounts: Sequence[Account], tally: Tally) -> dict[str, list[tuple[datetime, str]]]:
    """Who looks after each customer and since when: an assignment falls to the least loaded of the segment, by id."""
    loads = {manager.id: manager.customers for manager in world.team}
    found = {one.id: [(datetime.min.replace(tzinfo=world.begins.tzinfo), one.csm)] for one in accounts if one.csm}
    for at, customer, segment in tally.assigned:
        serving = [manager.id for manager in world.team if segment in manager.segments]
        chosen = min(serving, key=lambda one: (loads[one], one))
        loads[chosen] += 1
        found.setdefault(customer, []).append((at, chosen))
    return found


def _by_day(world: World, tally: Tally, zone: ZoneInfo) -> tuple[DaySends, ...]:
    counts: dict[date, Counter[str]] = {}
    for send in tally.sends:
        counts.setdefault(send.at.astimezone(zone).date(), Counter())[send.channel] += 1
    first, last = world.begins.astimezone(zone).date(), world.ends.astimezone(zone).date()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(DaySends(day=day, by_channel=dict(counts.get(day, {}))) for day in days)


def _busiest(tally: Tally, per_customer: Counter[str]) -> tuple[Busy, ...]:
    chosen = sorted(per_customer, key=lambda one: (-per_customer[one], one))[:BUSIEST]
    moments: dict[str, list[datetime]] = {customer: [] for customer in chosen}
    for send in tally.sends:
        if send.customer in moments:
            moments[send.customer].append(send.at)
    return tuple(
        Busy(customer=one, sends=per_customer[one], most_in_seven_days=_densest(sorted(moments[one]))) for one in chosen
    )


def _densest(moments: list[datetime]) -> int:
    start = best = 0
    for position, at in enumerate(moments):
        while at - moments[start] >= WEEK:
            start += 1
        best = max(best, position - start + 1)
    return best


def _load(world: World, accounts: Sequence[Account], tally: Tally, zone: ZoneInfo) -> tuple[ManagerLoad, ...]:
    owned = owners(world, accounts, tally)
    weeks: dict[str, Counter[date]] = {manager.id: Counter() for manager in world.team}
    for task in tally.tasks:
        holder = next((who for at, who in reversed(owned.get(task.customer, [])) if at <= task.at), None)
        day = task.due.astimezone(zone).date()
        person = holder if task.owner == "csm" else task.owner
        weeks.setdefault(person or TEAM, Counter())[day - timedelta(days=day.weekday())] += 1
    capacity = {manager.id: manager.weekly_tasks for manager in world.team}
    return tuple(
        ManagerLoad(manager=name, weekly_capacity=capacity.get(name), weeks=dict(sorted(counted.items())))
        for name, counted in sorted(weeks.items())
        if counted or capacity.get(name) is not None
    )


def _played(world: World, tally: Tally) -> Iterable[Playbook]:
    seen = {*tally.starts, *tally.held_out, *(playbook for playbook, _, _ in tally.ends)}
    shown: dict[str, Playbook] = {}
    for playbook in world.playbooks:
        if (playbook.id in seen if world.only is None else playbook.id == world.only) and playbook.id not in shown:
            shown[playbook.id] = playbook
    return shown.values()


def _play(playbook: Playbook, tally: Tally) -> PlaySummary:
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (name, status, reason), times in tally.ends.items():
        if name == playbook.id:
            statuses[status] += times
            if status in ("goal_met", "exited"):
                reasons[f"{status}: {reason}"] += times
    steps: dict[str, dict[str, int]] = {}
    for (name, step, result), times in sorted(tally.results.items()):
        if name == playbook.id:
            steps.setdefault(step, {})[result] = times
    started = tally.starts[playbook.id]
    return PlaySummary(
        playbook=playbook.id,
        version=playbook.version,
        started=started,
        went_on=sum(statuses.values()) - started,
        held_out=tally.held_out[playbook.id],
        completed=statuses["completed"],
        goal_met=statuses["goal_met"],
        exited=statuses["exited"],
        still_open=statuses[OPEN],
        reasons=dict(reasons.most_common()),
        steps=steps,
    )


def _never(world: World, tally: Tally) -> Iterable[NeverTaken]:
    """Results that no run had: of branches and awaits each one, of acts and escalations ``done``."""
    ran = {playbook for playbook, _, _ in tally.ends}
    told: set[tuple[str, str, str]] = set()
    for playbook in world.playbooks:
        for step in playbook.steps if playbook.id in ran else ():
            if isinstance(step, BranchStep | AwaitStep):
                wanted = possible_results(step)
            else:
                wanted = ("done",) if isinstance(step, ActStep | EscalateStep) else ()
            for result in wanted:
                key = (playbook.id, step.id, result)
                if not tally.results[key] and key not in told:
                    told.add(key)
                    yield NeverTaken(playbook=playbook.id, step=step.id, kind=step.kind, result=result)


def _assumptions(world: World) -> Iterable[str]:
    """What a reader has to know to believe the rest."""
    said = world.responses
    if not (said.habits or said.reactions or said.script):
        yield "nobody answers and nothing happens by itself: no responses were given"
    if not world.logins_declared:
        yield "logins are not declared: days since the last login stay as stored"
    yield "health and engagement scores and opportunities stay as they are stored, so nothing follows from their change"
    yield "facts that neither the calendar nor the responses move stay as stored; unknown stays unknown"
    yield "values of texts that only the engine gathers (figures, feedback) are taken to be there"
    if any(manager.weekly_tasks is None for manager in world.team):
        yield "the team file states no weekly_tasks for some: their load is shown without a capacity"
