"""A deck as PPTX: native tables and charts that can be edited, and the evidence in the speaker notes."""

import io
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide as PptxSlide
from pptx.table import _Cell
from pptx.util import Emu, Inches, Length, Pt

from rendering.decks.slide import Bars, Block, Bullets, Deck, Grid, Notice, Slide, Tone

_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_EDGE, _GAP = Inches(0.6), Inches(0.35)
_TOP, _BOTTOM = Inches(1.55), Inches(0.75)

_INK, _SOFT, _ACCENT = RGBColor(0x1C, 0x24, 0x30), RGBColor(0x5D, 0x68, 0x78), RGBColor(0x23, 0x57, 0xC5)
_LINE, _TINT = RGBColor(0xE1, 0xE5, 0xEB), RGBColor(0xF0, 0xF3, 0xF8)
_COLOURS: dict[Tone, RGBColor] = {
    "": _INK,
    "soft": _SOFT,
    "good": RGBColor(0x1B, 0x7A, 0x4B),
    "bad": RGBColor(0xB3, 0x26, 0x1E),
}

Box = tuple[int, int, int, int]


def draw(deck: Deck) -> bytes:
    """The file."""
    made = Presentation()
    made.slide_width, made.slide_height = _WIDE, _HIGH
    made.core_properties.title = deck.title
    made.core_properties.author = ""
    blank = made.slide_layouts[6]
    _cover(made.slides.add_slide(blank), deck)
    for number, slide in enumerate(deck.slides, 2):
        _slide(made.slides.add_slide(blank), slide, deck, number)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _cover(page: PptxSlide, deck: Deck) -> None:
    band = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(0), Emu(0), Inches(0.28), _HIGH)
    band.fill.solid()
    band.fill.fore_color.rgb = _ACCENT
    band.line.fill.background()
    _text(page, (Inches(1), Inches(2.2), Inches(11.3), Inches(1.2)), [(deck.title, _INK, 44, True)])
    lines = [(line, _SOFT, 20, False) for line in deck.subtitle]
    _text(page, (Inches(1), Inches(3.5), Inches(11.3), Inches(1.8)), lines)
    _text(page, (Inches(1), Inches(6.4), Inches(11.3), Inches(0.5)), [(deck.stamp, _ACCENT, 14, True)])


def _slide(page: PptxSlide, slide: Slide, deck: Deck, number: int) -> None:
    width = int(_WIDE) - 2 * int(_EDGE)
    _text(page, (int(_EDGE), Inches(0.45), width, Inches(0.8)), [(slide.title, _INK, 30, True)])
    if slide.lead:
        _text(page, (int(_EDGE), Inches(1.1), width, Inches(0.4)), [(slide.lead, _SOFT, 16, False)])
    shares = [_share(column) for column in slide.columns]
    free = width - int(_GAP) * (len(slide.columns) - 1)
    left = int(_EDGE)
    for column, share in zip(slide.columns, shares, strict=True):
        wide = int(free * share / sum(shares))
        _column(page, column, left, wide)
        left += wide + int(_GAP)
    foot = f"{deck.title} · {deck.subtitle[0]} · {deck.stamp} · {number}"
    _text(page, (int(_EDGE), Inches(7.0), width, Inches(0.3)), [(foot, _SOFT, 10, False)])
    if slide.notes:
        frame = page.notes_slide.notes_text_frame
        assert frame is not None, "a notes slide has its text frame"
        frame.text = "\n".join(slide.notes)


def _share(column: Sequence[Block]) -> float:
    """Tables need more room than lists."""
    return 1.7 if any(isinstance(block, Grid) for block in column) else 1.0


def _column(page: PptxSlide, blocks: Sequence[Block], left: int, wide: int) -> None:
    high = int(_HIGH) - int(_TOP) - int(_BOTTOM)
    each = (high - int(_GAP) * (len(blocks) - 1)) // len(blocks)
    top = int(_TOP)
    for block in blocks:
        _block(page, block, (left, top, wide, each))
        top += each + int(_GAP)


def _block(page: PptxSlide, block: Block, box: Box) -> None:
    match block:
        case Bullets():
            lines = [(block.heading, _ACCENT, 15, True)] if block.heading else []
            size = 16 if block.heading else 22
            _text(page, box, [*lines, *((f"•  {line}", _COLOURS[tone], size, False) for line, tone in block.lines)])
        case Notice():
            _text(page, box, [(line, _SOFT, 18 if block.quote else 22, False) for line in block.text.split("\n")])
        case Grid():
            _grid(page, block, box)
        case Bars():
            _bars(page, block, box)


def _text(page: PptxSlide, box: tuple[Length | int, ...], lines: Sequence[tuple[str, RGBColor, int, bool]]) -> None:
    left, top, wide, high = (Emu(int(one)) for one in box)
    frame = page.shapes.add_textbox(left, top, wide, high).text_frame
    frame.word_wrap = True
    for number, (line, colour, size, bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(6)
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = line, Pt(size), bold
        run.font.color.rgb = colour


def _grid(page: PptxSlide, grid: Grid, box: Box) -> None:
    left, top, wide, _ = (Emu(one) for one in box)
    rows = len(grid.rows) + 1
    shape = page.shapes.add_table(rows, len(grid.columns), left, top, wide, Emu(int(Inches(0.5)) * rows))
    table = shape.table
    widths = grid.widths or tuple(1.0 for _ in grid.columns)
    for at, share in enumerate(widths):
        table.columns[at].width = Emu(int(int(wide) * share / sum(widths)))
    for at, name in enumerate(grid.columns):
        _cell(table.cell(0, at), name, _SOFT, _TINT, bold=True)
    white = RGBColor(0xFF, 0xFF, 0xFF)
    for number, row in enumerate(grid.rows, 1):
        tone: Tone = grid.tones[number - 1] if grid.tones else ""
        for at, text in enumerate(row):
            last = at == len(row) - 1
            _cell(table.cell(number, at), text, _COLOURS[tone] if last else _INK, white, bold=last)


def _cell(cell: _Cell, text: str, colour: RGBColor, fill: RGBColor, *, bold: bool) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = fill
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = text, Pt(12), bold
    run.font.color.rgb = colour


def _bars(page: PptxSlide, bars: Bars, box: Box) -> None:
    data: Any = CategoryChartData(number_format="0%" if bars.percent else "#,##0")
    data.categories = list(bars.categories)
    data.add_series(bars.title, list(bars.values))
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars.horizontal else XL_CHART_TYPE.COLUMN_CLUSTERED
    left, top, wide, high = (Emu(one) for one in box)
    frame: Any = page.shapes.add_chart(kind, left, top, wide, high, data)
    chart = frame.chart
    chart.has_legend = False
    chart.has_title = True
    chart.chart_title.text_frame.text = bars.title
    title = chart.chart_title.text_frame.paragraphs[0].runs[0].font
    title.size, title.bold, title.color.rgb = Pt(14), True, _SOFT
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    labels = plot.data_labels
    labels.font.size, labels.number_format, labels.number_format_is_linked = Pt(11), data.number_format, False
    series = plot.series[0]
    series.invert_if_negative = False
    for at, value in enumerate(bars.values):
        fill = series.points[at].format.fill
        fill.solid()
        tone: Tone = ("good" if value > 0 else "bad") if bars.percent else ""
        fill.fore_color.rgb = _COLOURS[tone] if bars.percent else _ACCENT
    if not bars.percent:
        chart.value_axis.minimum_scale = 0  # a cut axis would exaggerate
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.category_axis.tick_labels.font.size = Pt(11)
    chart.category_axis.format.line.color.rgb = _LINE
