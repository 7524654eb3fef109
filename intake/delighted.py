"""Old answers from a Delighted export (the service ended on 2026-06-30; section 2): history, which sets off nothing.

The whole file is checked before anything is written. An answer is found again by its number there, so a file may be
imported twice. Whose it is says the e-mail address, where exactly one customer has it; the others are listed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from activities.ports import Store
from intake import lexicon
from intake.csv.reader import CsvReader
from intake.csv.report import Refusal
from models.base import Value
from models.errors import BadInput
from models.nps import NpsResponse, SurveySend
from models.themes import Lexicon
from rules import themes

TRIGGER = "delighted"
_NUMBER = ("response id", "survey response id", "id")
_EMAIL = ("email", "person email", "e-mail")
_SCORE = ("score",)
_COMMENT = ("comment", "response comment")
_MOMENT = ("updated at", "responded at", "created at", "response date", "date")
_KIND = ("survey type", "type")
_PAGE = 500


class OldAnswer(Value):
    """One row of the file."""

    number: str
    email: str
    score: int
    comment: str | None
    at: datetime


class Imported(Value):
    """What became of a file."""

    answers: int
    stored: int
    there_before: int
    skipped: int
    unmatched: tuple[str, ...] = ()


def read(path: Path, now: datetime) -> tuple[list[OldAnswer], int]:
    """Every NPS answer of the file, and how many rows were none (other surveys, people who never answered).

    Raises:
        BadInput: a column is missing, or a row is wrong; every wrong row is told.
    """
    reader = CsvReader(path, encoding="utf-8", delimiter=",", empty_values=("", "-"))
    answers: list[OldAnswer] = []
    wrong: list[str] = []
    skipped = 0
    for row in reader.rows():
        if isinstance(row, Refusal):
            wrong.append(str(row))
            continue
        cells = {name.casefold().removesuffix(" (utc)").strip(): value for name, value in row.cells.items()}
        if not (answers or skipped or wrong):
            _require(cells, path)
        if _first(cells, _SCORE) is None or (_first(cells, _KIND) or "nps").casefold() != "nps":
            skipped += 1
            continue
        try:
            answers.append(_answer(cells, now))
        except ValueError as error:
            wrong.append(f"line {row.line}: {error}")
    if wrong:
        more = f" (and {len(wrong) - 5} more)" if len(wrong) > 5 else ""
        raise BadInput("; ".join(wrong[:5]) + more, field=path.name)
    return answers, skipped


async def store(into: Store, answers: list[OldAnswer], skipped: int) -> Imported:
    """Write them, a page in a transaction."""
    supplied = lexicon.supplied()
    new, known = 0, 0
    unmatched: list[str] = []
    for start in range(0, len(answers), _PAGE):
        async with into.begin() as tx:
            for one in answers[start : start + _PAGE]:
                found = await tx.identities.customers_with_email(one.email, limit=2)
                if len(found) != 1:
                    unmatched.append(one.email)
                    continue
                ident = f"delighted:{one.number}"
                if await tx.surveys.response(ident) is not None:
                    known += 1
                    continue
                await tx.surveys.sent(
                    SurveySend(survey=ident, customer=found[0], trigger=TRIGGER, sent_at=one.at, closed_at=one.at)
                )
                await tx.surveys.add(_response(one, ident, found[0], supplied))
                new += 1
    return Imported(
        answers=len(answers),
        stored=new,
        there_before=known,
        skipped=skipped,
        unmatched=tuple(sorted(set(unmatched))),
    )


def _require(cells: Mapping[str, object], path: Path) -> None:
    for names in (_EMAIL, _SCORE, _MOMENT):
        if not any(name in cells for name in names):
            raise BadInput(f"has no column {' or '.join(repr(name) for name in names)}", field=path.name)


def _first(cells: Mapping[str, str | None], names: tuple[str, ...]) -> str | None:
    return next((cells[name] for name in names if cells.get(name)), None)


def _answer(cells: Mapping[str, str | None], now: datetime) -> OldAnswer:
    email, score, moment = _first(cells, _EMAIL), _first(cells, _SCORE), _first(cells, _MOMENT)
    if email is None or "@" not in email:
        raise ValueError("email: expected an address")
    if score is None or not (score.isascii() and score.isdigit() and int(score) <= 10):
        raise ValueError(f"score = {score!r:.20}: expected a whole number from 0 to 10")
    at = _moment(moment)
    if at > now:
        raise ValueError(f"{moment}: lies in the future")
    comment = _first(cells, _COMMENT)
    # A file without numbers: the same person's answer of the same moment is the same answer.
    number = _first(cells, _NUMBER) or sha256(f"{email}\0{at.isoformat()}".encode()).hexdigest()[:32]
    return OldAnswer(number=number[:100], email=email, score=int(score), comment=comment, at=at)


def _moment(text: str | None) -> datetime:
    try:
        found = datetime.fromisoformat((text or "").replace(" UTC", "").strip())
    except ValueError:
        raise ValueError(f"date = {text!r:.40}: expected 2026-05-12 10:30:00, in UTC") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _response(one: OldAnswer, ident: str, customer: str, supplied: Lexicon) -> NpsResponse:
    feedback = themes.bounded(one.comment)
    return NpsResponse(
        id=ident,
        survey=ident,
        customer=customer,
        respondent=one.email,
        score=one.score,
        feedback=feedback,
        submitted_at=one.at,
        themes=themes.themes_of(feedback, supplied),
        lexicon_version=supplied.version if feedback else None,
        suspected_injection=themes.suspected_injection(feedback, supplied.suspicion),
        follow_up_notes="imported from Delighted",
    )
