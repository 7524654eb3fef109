"""A slide as data: columns of blocks, and speaker notes. Made once, drawn as PPTX and as HTML alike."""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["", "good", "bad", "soft"]


@dataclass(frozen=True)
class Bullets:
    """A heading and lines; each line may have a tone."""

    heading: str
    lines: tuple[tuple[str, Tone], ...]


@dataclass(frozen=True)
class Grid:
    """A table; ``tones`` colours the last cell of each row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bars:
    """A bar chart: native and editable in PPTX. ``percent``: values are fractions."""

    title: str
    categories: tuple[str, ...]
    values: tuple[float, ...]
    percent: bool = False
    horizontal: bool = False


@dataclass(frozen=True)
class Notice:
    """A sentence where there is nothing to show, or a quote."""

    text: str
    quote: bool = False


Block = Bullets | Grid | Bars | Notice


@dataclass(frozen=True)
class Slide:
    """``columns`` side by side, their blocks below one another; ``notes`` are the evidence, for the speaker."""

    title: str
    columns: tuple[tuple[Block, ...], ...]
    notes: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True)
class Deck:
    """``stamp``: what it is allowed to be used for, on every slide."""

    title: str
    subtitle: tuple[str, ...]
    stamp: str
    language: str
    slides: tuple[Slide, ...] = field(default=())
