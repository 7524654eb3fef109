"""A review as a deck: the same slides as PPTX, HTML and PDF, nothing bare, nothing executed, drafts marked."""

import io
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.presentation import Presentation as Opened

from analysis.review import agenda
from models.agreed_input import AgreedInput, AgreedInputName
from models.customer_period import CustomerPeriod
from models.enums import Language
from models.exception_list import Quarter
from models.nps_figures import Period
from models.qbr import QbrStatus, StoredQbr
from models.qbr import Testimonial as Quote
from models.records import Customer
from models.review_inputs import Gathered
from models.success_plan import PlanStatus
from rendering.decks import html, pptx
from rendering.decks.review import deck
from rendering.decks.words import METRICS, PHRASES, POINTS, SEVERITIES, STATUSES, TITLES
from rules.qbr import questions
from tests.rules.techstore import EXAMPLE_SUCCESS_PLAN

NOW = datetime(2025, 4, 3, 9, tzinfo=UTC)
EVIL = "Tech{subject} <script>alert(1)</script> $x^2$"


def period(quarter: Quarter) -> Period:
    return Period(
        start=datetime.combine(quarter.start, datetime.min.time(), UTC),
        end=datetime.combine(quarter.following.start, datetime.min.time(), UTC),
    )


def measured(quarter: Quarter, share: float, csat: tuple[int, ...]) -> CustomerPeriod:
    return CustomerPeriod(
        customer="C-1", period=period(quarter), conversations=9000, automated=int(9000 * share), automated_of=9000,
        response_seconds=9000 * 240, response_of=9000, active_users=8, actions=5000,
        actions_by_month={"2025-01": 1500, "2025-02": 1600, "2025-03": 1900}, features_used=("bots", EVIL),
        features_used_lately=("bots",), plan_features=("bots", "whatsapp"), tickets_opened=12, tickets_closed=12,
        resolution_hours=(4.0, 30.0, 50.0), csat=csat, severities={"high": 2, "low": 10},
    )  # fmt: skip


def review(language: Language = Language.ES, status: QbrStatus = QbrStatus.DRAFT) -> StoredQbr:
    number = AgreedInput(
        customer="C-1", name=AgreedInputName.MINUTES_PER_CONVERSATION, value=Decimal(6), source="kickoff", by="Eva",
        at=NOW,
    )  # fmt: skip
    given = Gathered(
        customer=Customer(id="C-1", name=EVIL), quarter=Quarter(2025, 1),
        now=measured(Quarter(2025, 1), 0.6, (2, 3, 3)),
        before=measured(Quarter(2024, 4), 0.4, (5, 5, 4)), baseline=None, agreed=(number,), health=None,
        plan=EXAMPLE_SUCCESS_PLAN.model_copy(update={"status": PlanStatus.ACTIVE}), signals=(),
        testimonial=Quote(quote="Nos ahorra horas", said_by="Ana, TechStore", permission="mail of 2025-03-01"),
        meeting=date(2025, 4, 10), generated_at=NOW, language=language, currency="EUR",
    )  # fmt: skip
    approved = status is not QbrStatus.DRAFT
    return StoredQbr(
        id="qbr_1", customer="C-1", quarter="2025-Q1", status=status, agenda=agenda(given), generated_at=NOW,
        approved_by="Eva" if approved else None, approved_at=NOW if approved else None,
    )  # fmt: skip


def opened(made: StoredQbr) -> Opened:
    return Presentation(io.BytesIO(pptx.draw(deck(made, questions(made.agenda.language)))))


def texts(made: Opened) -> list[str]:
    found = []
    for slide in made.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


@pytest.mark.parametrize("language", list(Language))
def test_the_deck_opens_with_native_tables_charts_and_the_evidence_in_its_notes(language: Language) -> None:
    made = opened(review(language))
    shapes = [shape for slide in made.slides for shape in slide.shapes]
    assert len(made.slides) == 9
    assert sum(shape.has_chart for shape in shapes) == 3
    assert sum(shape.has_table for shape in shapes) == 3
    notes = [slide.notes_slide.notes_text_frame.text for slide in made.slides if slide.has_notes_slide]
    assert any("customer.period v1" in one and "n = 9,000" in one for one in notes)
    assert any("minutes_per_conversation = 6: kickoff (Eva)" in one for one in notes)


def test_a_chart_of_counts_begins_at_nought() -> None:
    charts = [shape.chart for slide in opened(review()).slides for shape in slide.shapes if shape.has_chart]
    assert [chart.value_axis.minimum_scale for chart in charts[1:]] == [0, 0]


def test_a_draft_says_so_on_every_slide_and_an_approved_one_by_whom() -> None:
    for slide in opened(review()).slides:
        assert any("BORRADOR" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    approved = texts(opened(review(status=QbrStatus.APPROVED)))
    assert not any("BORRADOR" in one for one in approved)
    assert any("Aprobado por Eva el 2025-04-03" in one for one in approved)


def test_what_got_worse_is_told_like_what_got_better() -> None:
    said = "\n".join(texts(opened(review(Language.EN))))
    assert "CSAT got worse" in said
    assert "Automation rate" in said
    assert re.search(r"\+50%", said), "automation went from 0.4 to 0.6"


def test_no_figure_stands_without_its_n() -> None:
    compared = [
        shape.table
        for slide in opened(review(Language.EN)).slides
        for shape in slide.shapes
        if shape.has_table and shape.table.cell(0, 3).text == "Change"
    ]
    cells = [cell.text for table in compared for row in list(table.rows)[1:] for cell in list(row.cells)[1:3]]
    assert len(compared) == 2
    assert all("n=" in text or text == "cannot tell" for text in cells)


def test_text_of_customers_is_shown_and_never_run() -> None:
    page = html.page(deck(review(), questions(Language.ES)))
    assert "<script>alert" not in page
    assert "Tech{subject} &lt;script&gt;alert(1)&lt;/script&gt; $x^2$" in page
    assert not re.search(r'(?:src|href)="(?!#)', page), "it needs nothing from outside"


def test_every_code_has_its_words_in_both_languages() -> None:
    for words in (METRICS, TITLES, PHRASES, POINTS, STATUSES, SEVERITIES):
        for name, said in words.items():
            assert set(said) == set(Language), name


def test_the_pdf_has_a_page_for_each_slide(tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler is not on this machine")
    file = tmp_path / "deck.pdf"
    file.write_bytes(html.pdf(deck(review(), questions(Language.ES))))
    subprocess.run(["pdftoppm", "-r", "20", "-png", str(file), str(tmp_path / "page")], check=True, timeout=60)
    assert len(list(tmp_path.glob("page*.png"))) == 9


def test_another_office_opens_the_deck(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not on this machine")
    file = tmp_path / "deck.pptx"
    file.write_bytes(pptx.draw(deck(review(), questions(Language.ES))))
    subprocess.run(
        ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert (tmp_path / "deck.pdf").read_bytes().startswith(b"%PDF")
