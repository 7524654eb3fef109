"""What a benchmark found: paired ratios, their control, a verdict each; a table and a file."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parents[2] / "build" / "benchmarks.json"


@dataclass(frozen=True)
class Figure:
    """One target. ``ratios`` are paired: variant by baseline, one for each round; ``control`` is the baseline by its
    identical copy in the same rounds, so its distance from 1 is what this machine cannot tell apart.
    """

    target: str
    what: str
    ratios: tuple[float, ...]
    control: tuple[float, ...]
    goal: float
    better: Literal["at least", "at most"]
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median of the paired ratios."""
        return statistics.median(self.ratios)

    @property
    def noise(self) -> float:
        """How far the control's median lies from 1."""
        return abs(statistics.median(self.control) - 1) if self.control else 0.0

    @property
    def verdict(self) -> str:
        """Met, met within the noise, or missed by how much."""
        short = self.goal - self.ratio if self.better == "at least" else self.ratio - self.goal
        if short <= 0:
            return "met"
        if short <= self.goal * self.noise:
            return "met within the control's noise"
        return f"MISSED by {short:.2f}x ({100 * short / self.goal:.0f} %)"

    def line(self) -> str:
        """One line of the table."""
        low, high = min(self.ratios), max(self.ratios)
        control = f"{statistics.median(self.control):.2f}" if self.control else "exact"
        goal = f"{'>=' if self.better == 'at least' else '<='} {self.goal:.2f}"
        spread = f"{low:.2f}..{high:.2f}"
        return f"{self.target:<5}{self.what:<58}{self.ratio:>6.2f}  {spread:<12} {goal:<8} {control:<6} {self.verdict}"


@dataclass
class Report:
    """Figures of one run."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Keep a figure and print it."""
        self.figures.append(figure)
        absolute = ", ".join(f"{name} {value:.4g}" for name, value in figure.figures.items())
        print(f"\n{figure.line()}\n     {absolute}", flush=True)

    def finish(self) -> None:
        """Print the table and write the file."""
        if not self.figures:
            return
        head = f"{'':<5}{'':<58}{'ratio':>6}  {'min..max':<12} {'goal':<8} control"
        print("\n".join(("", head, *(figure.line() for figure in self.figures))), flush=True)
        FILE.parent.mkdir(exist_ok=True)
        told = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()},
            "load": os.getloadavg(),
            "figures": [{**asdict(one), "ratio": one.ratio, "verdict": one.verdict} for one in self.figures],
        }
        FILE.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def paired(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Ratios round by round."""
    return tuple(a / b for a, b in zip(above, below, strict=True))
