"""What the responses say will happen to a customer by itself: habits, scripted events, declared facts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from analysis.simulation import chance
from analysis.simulation.heard import Data
from analysis.simulation.world import Account, World
from models.responses import Reaction

Happenings = tuple[Sequence[datetime], str, str, Data]
"""Moments, kind, subject, data."""


def events(world: World, account: Account) -> Iterator[Happenings]:
    """Habits at their random moments, and the customer's script."""
    said = world.responses
    for number, habit in enumerate(said.habits):
        mine = not habit.segments or account.segment in habit.segments
        if mine and chance.lucky(habit.share, said.seed, account.id, "habit", number):
            rate = habit.per_month if habit.per_month is not None else _stored_rate(account)
            moments = chance.moments(rate, world.begins, world.ends, said.seed, account.id, "habit", number)
            yield moments, *parts(habit.event), habit.data
    for one in world.script_of(account.id):
        moment = one.at if one.at is not None else world.begins + timedelta(days=one.day or 0)
        yield (moment,), *parts(one.event), one.data


def changes(world: World, account: Account) -> Iterator[tuple[datetime, str, JsonValue]]:
    """Facts that become something."""
    said = world.responses
    for number, change in enumerate(said.facts):
        mine = change.customer in (None, account.id) and (not change.segments or account.segment in change.segments)
        if mine and chance.lucky(change.share, said.seed, account.id, "fact", number):
            yield world.begins + timedelta(days=change.day), change.fact, change.value


def reactions(
    world: World, account: Account, known: Iterable[tuple[int, Reaction]], run: str, step: str
) -> Iterator[tuple[Reaction, timedelta]]:
    """Who answers a step and after how long: drawn for each reaction, customer, run and step on its own.

    ``known``: reactions to such a step, with their numbers.
    """
    seed = world.responses.seed
    for number, reaction in known:
        mine = not reaction.segments or account.segment in reaction.segments
        names = (account.id, "reaction", number, run, step)
        if mine and chance.lucky(reaction.probability, seed, *names):
            yield reaction, chance.delay(reaction.after, seed, *names)


def parts(pattern: str) -> tuple[str, str]:
    """Kind and subject of an event's name."""
    kind, _, subject = pattern.partition(":")
    return kind, subject


def _stored_rate(account: Account) -> float:
    """Logins in thirty days, from the stored ones a week; unknown: none."""
    weekly = account.facts.get("logins_per_week")
    return float(weekly) * 30 / 7 if isinstance(weekly, int | float) else 0.0
