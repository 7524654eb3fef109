"""Plots of a simulation as SVG, drawn without a display: text stays text, colours are told apart by everybody."""

import io
import re
from collections.abc import Sequence
from datetime import date

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from models.simulation import DaySends, ManagerLoad

INK, GRID, CAPACITY = "#243244", "#dde3ea", "#b3261e"
CHANNELS = {"email": "#2563a8", "in_app": "#e08a00"}
NAMES = {"email": "e-mail", "in_app": "in the product"}
MANAGERS = ("#2563a8", "#e08a00", "#3c8d5a", "#7a4fa3", "#5b6673", "#a3495f")
_ROOT = re.compile(r"<svg [^>]*?>", re.DOTALL)
_ABOUT = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def sends_by_day(days: Sequence[DaySends]) -> Markup:
    """Messages of each day, one colour for each channel."""
    figure, axes = _figure()
    at = [float(one.day.toordinal()) for one in days]
    below = [0.0] * len(days)
    for channel, colour in CHANNELS.items():
        counts = [float(one.by_channel.get(channel, 0)) for one in days]
        if any(counts):
            axes.bar(at, counts, bottom=below, width=0.85, color=colour, label=NAMES[channel])
            below = [low + count for low, count in zip(below, counts, strict=True)]
    _dates(axes, [one.day for one in days])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("messages")
    if any(below):
        axes.legend(frameon=False, loc="upper right", ncols=2, fontsize=9)
    return _svg(figure, "Messages by day")


def sends_by_customer(spread: dict[int, int]) -> Markup:
    """How many customers hear from us how many times."""
    figure, axes = _figure(height=2.2)
    axes.bar([float(times) for times in spread], [float(n) for n in spread.values()], color=CHANNELS["email"])
    axes.set_xlim(-0.6, max(spread, default=0) + 0.6 if max(spread, default=0) >= 5 else 5.6)
    axes.set_xlabel("messages to one customer")
    axes.set_ylabel("customers")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return _svg(figure, "Messages per customer")


def tasks_by_week(load: Sequence[ManagerLoad]) -> Markup:
    """Tasks of each manager by week, with what they can do as a dashed line in the same colour."""
    figure, axes = _figure()
    weeks: list[date] = sorted({week for one in load for week in one.weeks})
    for position, one in enumerate(load):
        colour = MANAGERS[position % len(MANAGERS)]
        counts = [float(one.weeks.get(week, 0)) for week in weeks]
        axes.plot(
            [float(week.toordinal()) for week in weeks], counts, color=colour, marker="o", ms=3.5, label=one.manager
        )
        if one.weekly_capacity is not None:
            axes.axhline(one.weekly_capacity, color=colour, ls="--", lw=1)
    _dates(axes, weeks)
    axes.set_ylabel("tasks a week")
    axes.set_ylim(bottom=0)
    if load:
        axes.legend(frameon=False, fontsize=9, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    return _svg(figure, "Tasks by week and manager")


def _figure(height: float = 2.7) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, height), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GRID)
    axes.tick_params(colors=INK, labelsize=8.5)
    axes.yaxis.label.set_color(INK)
    axes.xaxis.label.set_color(INK)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    return figure, axes


def _dates(axes: Axes, days: Sequence[date]) -> None:
    """Days count as whole numbers, all of them shown, however little happened; a label is a day, a month and a year."""
    axes.set_xlim(min(days).toordinal() - 1, max(days).toordinal() + 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _n: f"{date.fromordinal(round(at)):%-d %b %y}"))


def _svg(figure: Figure, title: str) -> Markup:
    """The drawing itself, without the file's head; its size follows the page, and it says what it is."""
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
