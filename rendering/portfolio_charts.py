"""Plots of a portfolio report as SVG: axes of amounts begin at zero, every rate shows its interval, text stays text."""

import io
import re
from collections.abc import Sequence
from datetime import date

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from models.figure import Figure as Told
from models.portfolio_book import MonthTold, Planted, Step

INK, GRID = "#243244", "#dde3ea"
TOTAL, ADDED, TAKEN, OTHER = "#2563a8", "#2f855a", "#b3261e", "#e08a00"
_ROOT = re.compile(r"<svg [^>]*?>", re.DOTALL)
_ABOUT = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def steps(found: Sequence[Step], made: str = "") -> Markup:
    """From the starting to the ending MRR; the axis begins at zero, so that a small change looks small."""
    figure, axes = _figure(made)
    level = 0.0
    tops = []
    for place, one in enumerate(found):
        value = float(one.now.value or 0)
        bottom = 0.0 if one.sign == 0 else level if one.sign > 0 else level - value
        axes.bar(place, value, bottom=bottom, width=0.7, color=(TOTAL, ADDED, TAKEN)[one.sign])
        level = value if one.sign == 0 else level + one.sign * value
        tops.append(bottom + value)
        sign = {0: "", 1: "+", -1: "-"}[one.sign] if value else ""
        axes.annotate(
            f"{sign}{_short(value)}", (place, bottom + value), xytext=(0, 3), textcoords="offset points", ha="center",
            fontsize=8.5, color=INK,
        )  # fmt: skip
    axes.set_xticks(range(len(found)), [one.now.label for one in found])
    axes.set_ylim(0, max(tops, default=1) * 1.12 or 1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _n: _short(value)))
    return _svg(figure, "MRR from the beginning to the end of the period")


def rates(months: Sequence[MonthTold], made: str = "") -> Markup:
    """GRR and NRR by month, each with its interval; the axis begins at zero."""
    figure, axes = _figure(made)
    at = [one.flow.month for one in months]
    _line(axes, at, [one.grr for one in months], TOTAL, "GRR, monthly", "o", -0.06)
    _line(axes, at, [one.nrr for one in months], OTHER, "NRR, monthly", "s", 0.06)
    return _rates(figure, axes, at, "Monthly retention of revenue")


def churn(months: Sequence[MonthTold], made: str = "") -> Markup:
    """Logo and revenue churn by month, each with its interval."""
    figure, axes = _figure(made)
    at = [one.flow.month for one in months]
    _line(axes, at, [one.logo_churn for one in months], TAKEN, "logo churn, monthly", "o", -0.06)
    _line(axes, at, [one.revenue_churn for one in months], OTHER, "revenue churn, monthly", "s", 0.06)
    return _rates(figure, axes, at, "Monthly churn: accounts and revenue")


def planted(found: Sequence[Planted], made: str) -> Markup:
    """What was put in by hand is in the table; here is what was found of it, with intervals."""
    figure, axes = _figure(made)
    at = [one.month for one in found]
    _line(axes, at, [one.found for one in found], TOTAL, found[0].found.label, "o", 0)
    return _rates(figure, axes, at, "What the metrics found in the made book")


def _rates(figure: Figure, axes: Axes, at: Sequence[date], title: str) -> Markup:
    every = max(1, -(-len(at) // 12))
    axes.set_xticks(range(0, len(at), every), [f"{month:%b %y}" for month in at[::every]])
    axes.set_xlim(-0.5, len(at) - 0.5)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.06)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _n: f"{value * 100:g} %"))
    axes.legend(frameon=False, fontsize=9, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    return _svg(figure, title)


def _line(
    axes: Axes, at: Sequence[date], told: Sequence[Told], colour: str, label: str, marker: str, aside: float
) -> None:
    """Months that cannot be told are gaps, not zeros."""
    known = [(place + aside, one) for place, one in enumerate(told) if one.value is not None]
    places, values = [place for place, _ in known], [float(one.value or 0) for _, one in known]
    below, above = [], []
    for (_, one), value in zip(known, values, strict=True):
        low, high = (None, None) if one.interval is None else (one.interval.low, one.interval.high)
        below.append(0.0 if low is None else max(0.0, value - float(low)))
        above.append(0.0 if high is None else max(0.0, float(high) - value))
    axes.errorbar(
        places,
        values,
        yerr=[below, above],
        color=colour,
        label=label,
        marker=marker,
        ms=4,
        lw=1,
        elinewidth=1,
        capsize=2,
    )


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            scaled = value / (1e3 if letter == "k" else size)
            return f"{scaled:,.1f}{letter}"
    return f"{value:,.0f}"


def _figure(made: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.8, 3.1), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    axes.tick_params(colors=INK, labelsize=8.5)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    if made:
        axes.set_title(made, loc="left", fontsize=9, color=TAKEN)
    return figure, axes


def _svg(figure: Figure, title: str) -> Markup:
    """The drawing without the file's head; its size follows the page, and it says what it is."""
    drawn = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.family": "sans-serif"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = drawn.getvalue()
    text = _ABOUT.sub("", text[text.index("<svg ") :])
    box = re.search(r'viewBox="([^"]+)"', text)
    assert box is not None
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                  'viewBox="{}" role="img" aria-label="{}">').format(box.group(1), title)  # fmt: skip
    return Markup(_ROOT.sub(lambda _found: str(head), text, count=1))  # noqa: S704 (drawn by us; names are escaped by it)
