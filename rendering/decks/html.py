"""A deck as one HTML file without anything outside it, and as PDF with a slide a page."""

import importlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from models.errors import Misconfigured
from rendering.decks import chart_svg
from rendering.decks.slide import Bars, Block, Bullets, Deck, Grid, Notice

_HERE = Path(__file__).parent
_KINDS = {Bullets: "bullets", Grid: "grid", Bars: "bars", Notice: "notice"}


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["kind"] = lambda block: _KINDS[type(block)]
    environment.filters["chart"] = _chart
    return environment.from_string((_HERE / "deck.html").read_text(encoding="utf-8"))


def _chart(block: Block) -> Markup:
    assert isinstance(block, Bars)
    return Markup(chart_svg.draw(block))  # noqa: S704 (the drawing library escapes its labels)


def page(deck: Deck) -> str:
    """The HTML. Every text is escaped."""
    style = Markup((_HERE / "deck.css").read_text(encoding="utf-8"))  # noqa: S704 (our own stylesheet)
    return _template().render(deck=deck, style=style)


def pdf(deck: Deck) -> bytes:
    """The PDF; it fetches nothing.

    Raises:
        Misconfigured: the Pango library that WeasyPrint draws with is not on this machine.
    """
    try:
        document: Callable[..., object] = importlib.import_module("weasyprint").HTML
    except OSError as error:  # it loads Pango when it is imported
        raise Misconfigured(
            f"PDF needs the Pango library (Debian: libpango-1.0-0 libpangoft2-1.0-0): {error}"
        ) from None
    made = document(string=page(deck), url_fetcher=_refuse)
    drawn = made.write_pdf()  # type: ignore[attr-defined]  # WeasyPrint ships no types
    assert isinstance(drawn, bytes)
    return drawn


def _refuse(url: str) -> dict[str, object]:
    raise ValueError(f"a deck holds everything it shows; not fetched: {url[:80]}")
