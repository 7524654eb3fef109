"""A bar chart as inline SVG, for the HTML and PDF forms of a deck."""

import io
import re
from functools import lru_cache

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from rendering.decks.slide import Bars

_GOOD, _BAD, _ACCENT, _SOFT = "#1b7a4b", "#b3261e", "#2357c5", "#5d6878"


@lru_cache(maxsize=1)
def _style() -> dict[str, object]:
    # Text stays text, so that it can be read aloud and searched; ids are the same on every run.
    return {"svg.fonttype": "none", "svg.hashsalt": "steadfast", "font.family": "sans-serif", "font.size": 10}


def draw(bars: Bars) -> str:
    """The ``<svg>`` element. Labels are escaped by the library."""
    with mpl.rc_context(_style()):  # type: ignore[arg-type]  # the names of rcParams are a closed list to the stubs
        figure = Figure(figsize=(6.2, 4.8 if bars.horizontal else 3.6), layout="constrained")
        axes = figure.subplots()
        names = [name.replace("$", r"\$") for name in bars.categories]  # a dollar would begin mathematics
        colours = [_ACCENT if not bars.percent else _GOOD if value > 0 else _BAD for value in bars.values]
        drawn = (axes.barh if bars.horizontal else axes.bar)(names, bars.values, color=colours)
        axes.bar_label(
            drawn, [f"{value:+.0%}" if bars.percent else f"{value:,.0f}" for value in bars.values], padding=3
        )
        axes.set_title(bars.title, loc="left", color=_SOFT, fontsize=11)
        axes.spines[["top", "right", "left"]].set_visible(False)
        values = axes.xaxis if bars.horizontal else axes.yaxis
        if bars.percent:
            values.set_major_formatter(PercentFormatter(1))
        values.set_visible(False)
        axes.margins(x=0.15 if bars.horizontal else 0.05, y=0.05 if bars.horizontal else 0.15)
        kept = io.StringIO()
        figure.savefig(kept, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    found = re.search(r"<svg.*</svg>", kept.getvalue(), re.DOTALL)
    assert found is not None, "matplotlib writes one svg element"
    return found.group()
