"""A simulation as one page that needs nothing else: tables and plots, readable on a desk and on a telephone."""

from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from models.simulation import Simulation
from rendering import simulation_charts as charts

_HERE = Path(__file__).parent / "layout"
LISTED = 60
"""Most rows of a list on the page; the JSON document has all of them."""


@lru_cache(maxsize=1)
def _template() -> tuple[Template, Markup]:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = (_HERE / "simulation.html").read_text(encoding="utf-8")
    style = (_HERE / "simulation.css").read_text(encoding="utf-8")
    return environment.from_string(source), Markup(style)  # noqa: S704 (our own stylesheet)


def page(done: Simulation) -> str:
    """The page. Every name in it is escaped; it loads nothing and runs nothing."""
    template, style = _template()
    return template.render(
        done=done,
        style=style,
        listed=LISTED,
        escalations=sum(one.times for one in done.escalations),
        sends_by_day=charts.sends_by_day(done.by_day),
        sends_by_customer=charts.sends_by_customer(done.by_customer),
        tasks_by_week=charts.tasks_by_week(done.load) if any(one.weeks for one in done.load) else None,
    )
