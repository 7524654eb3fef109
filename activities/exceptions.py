"""The daily exception lists: read at once, judged by the rules (section 16 of the domain)."""

from datetime import date, datetime

from activities.ports import Playbooks, Transaction
from models.enums import Role
from models.exception_list import ExceptionRow
from models.nps import NpsConfig
from rules import exceptions as rules

PATH = (Role.CSM, Role.CS_MANAGER, Role.EXECUTIVE)
"""Of a customer at risk whose plays name no path."""


async def lists(tx: Transaction, playbooks: Playbooks, *, today: date, now: datetime) -> tuple[ExceptionRow, ...]:
    """Every row of every list. ``today`` is the day of the business calendar."""
    paths = {one.id: one.escalation.path for one in playbooks.all() if one.escalation is not None}
    standings = []
    for standing, plays in await tx.exceptions.at_risk():
        known = [paths[play] for play in plays if play in paths]
        standings.append(standing._replace(path=max(known, key=len, default=PATH)))
    return (
        *rules.ignored_signals(await tx.exceptions.signals()),
        *rules.detractors_waiting(await tx.exceptions.detractors(NpsConfig().passive_from - 1), now),
        *rules.growing_without_plan(await tx.exceptions.growing()),
        *rules.overdue_qbrs(await tx.exceptions.reviewed(), today),
        *rules.late_escalations(standings, now),
    )
