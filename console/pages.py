"""HTML from templates: everything inserted is escaped, moments are shown in the business zone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from console.deps import Deps

STATIC = Path(__file__).parent / "static"

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(deps: Deps, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> HTMLResponse:
    """The page; ``deps`` gives the zone and the names."""

    def moment(value: datetime | None) -> Markup:
        if value is None:
            return Markup('<span class="unknown">unknown</span>')
        local = value.astimezone(deps.zone)
        return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
            value.isoformat(), value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), f"{local:%d %b %Y, %H:%M}"
        )

    shown: Mapping[str, object] = {"product": deps.product, "moment": moment, "now": deps.now(), **values}
    return HTMLResponse(_PAGES.get_template(template).render(shown), status_code=status)


def not_found(deps: Deps, what: str) -> HTMLResponse:
    """The page for what is not there."""
    return page(deps, "message.html", HTTPStatus.NOT_FOUND, title="Not found", text=f"There is no such {what}.")


def words(value: object) -> str:
    """A name of ours as words: ``at_risk`` is ``at risk``."""
    return str(value).replace("_", " ").replace(".", ": ", 1)


def known(value: object) -> Markup:
    """The value, or that it is unknown: never an empty cell, never a zero."""
    if value is None or value == "":
        return Markup('<span class="unknown">unknown</span>')
    return escape(f"{value:,.2f}" if isinstance(value, Decimal) else value)


_PAGES.filters.update(words=words, known=known)
