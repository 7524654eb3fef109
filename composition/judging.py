"""Composition of what makes and validates figures: registered queries, programs of the playbooks, definitions."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis import health_config
from analysis.book_figures import Making
from analysis.validator import Validator
from models.nps import NpsConfig
from persistence.queries import queries
from persistence.spans import MRR_ROWS
from playbooks.catalog import Catalog


@cache
def making(zone: str) -> Making:
    """What figures are made with; ``zone`` is that of the business calendar.

    Raises:
        BadInput: a playbook is wrong; every problem is listed.
    """
    programs = {
        playbook.id: timedelta(days=playbook.program.duration_days)
        for playbook in Catalog.load().all()
        if playbook.program is not None
    }
    return Making(queries(), programs, ZoneInfo(zone), NpsConfig())


def judge(zone: str = "Europe/Madrid", health: Path | None = None) -> Validator:
    """The validator of this installation; ``health`` None: the configurations of this release.

    Raises:
        Misconfigured: the health file is wrong; names each wrong line and field.
    """
    return Validator(making(zone), health_config.load(health or health_config.DEFAULT_FILE), MRR_ROWS)
