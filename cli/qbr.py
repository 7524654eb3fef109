"""``starter.py qbr``: the quarterly review of a customer: drafted, agreed numbers, approved, exported, held."""

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from activities.house import House
from activities.review_maker import ReviewMaker
from analysis.review import agenda
from cli.context import Context, open_context
from cli.default_group import DefaultGroup
from cli.output import print_json, print_table, say
from intake.answers import Answers
from models.agreed_input import LARGEST, UNITS, AgreedInput, AgreedInputName
from models.errors import BadInput, Refused, Retryable
from models.exception_list import Quarter
from models.ids import qbr_id
from models.play import OutcomeRequest
from models.qbr import QbrStatus, StoredQbr
from rendering.decks import html, pptx
from rendering.decks.review import deck
from rules.exceptions import quarter_of
from rules.qbr import parse_quarter, previous, questions
from settings import Settings

_FORMATS = (".pptx", ".html", ".pdf")
_QUARTER = Annotated[
    str | None, typer.Option("--quarter", metavar="QUARTER", help="Such as 2026-Q1; the last whole one if absent.")
]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def approve(
    review: Annotated[str, typer.Argument(help="Its id.")],
    by: Annotated[str, typer.Option("--by", help="Who has read it.")],
) -> None:
    """A named person has read the draft and allows it to be shared, exactly as it is."""
    done = asyncio.run(_act(review, by))
    say(f"{done.id}: approved by {done.approved_by}")


def held(
    review: Annotated[str, typer.Argument(help="Its id.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the meeting.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    notes: Annotated[str, typer.Option("--notes", help="What was agreed.")] = "",
) -> None:
    """The meeting took place."""
    done = asyncio.run(_act(review, by, held_on=_day(on, "--on"), notes=notes))
    say(f"{done.id}: held on {done.held_on}")


def listed(customer: Annotated[str, typer.Argument(help="The customer.")], as_json: _JSON = False) -> None:
    """The customer's reviews."""
    found = asyncio.run(_listed(customer))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.id, one.quarter, one.status.value, one.approved_by, one.held_on) for one in found]
    print_table("Reviews", ("id", "quarter", "status", "approved by", "held"), rows)


def agree(
    customer: Annotated[str, typer.Argument(help="The customer.")],
    name: Annotated[AgreedInputName, typer.Argument(help="Which number.")],
    value: Annotated[str, typer.Argument(help="The number; a fraction 0..1 for a conversion.")],
    source: Annotated[str, typer.Option("--source", help="Where it was agreed.")],
    by: Annotated[str, typer.Option("--by", help="Who agreed it for us.")],
) -> None:
    """Keep a number the customer agreed to: returns are worked out from these and never estimated."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise BadInput(f"not a number of {UNITS[name]}", field=name.value, value=value) from None
    if not number.is_finite() or not 0 <= number <= LARGEST[name]:
        raise BadInput(f"expected 0 to {LARGEST[name]} ({UNITS[name]})", field=name.value, value=value)
    asyncio.run(_agree(customer, name, number, source, by))
    say(f"{customer}: {name.value} = {number} {UNITS[name]}, agreed in {source}")


def make(house: Callable[[Settings], House]) -> typer.Typer:
    """The group; ``house``: whom we act for, from the settings, as the worker has it."""
    app = typer.Typer(cls=DefaultGroup, no_args_is_help=True)

    @app.command("make")
    def draft(
        customer: Annotated[str, typer.Argument(help="The customer.")],
        quarter: _QUARTER = None,
        out: Annotated[
            Path | None, typer.Option("--out", metavar="FILE", help="Write the deck: .pptx, .html or .pdf.")
        ] = None,
        meeting: Annotated[
            str | None, typer.Option("--meeting", metavar="DATE", help="When it is held; today if absent.")
        ] = None,
        as_json: _JSON = False,
    ) -> None:
        """Draft the review of a quarter from the facts; an approved one is exported as it was approved."""
        _check_out(out)
        review = asyncio.run(_make(house, customer, quarter, meeting))
        if out is not None:
            out.write_bytes(_written(review, out.suffix))
        if as_json:
            print_json(review)
            return
        say(f"{review.id}: review of {review.customer} for {review.quarter}, {review.status.value}")
        _tell(review)
        if out is not None:
            say(f"Written to {out}." + (" It is a draft: approve it before you share it." if _is_draft(review) else ""))

    for name, command in (("approve", approve), ("held", held), ("list", listed), ("agree", agree)):
        app.command(name)(command)
    return app


async def _make(
    house: Callable[[Settings], House], customer: str, quarter: str | None, meeting: str | None
) -> StoredQbr:
    async with open_context() as context:
        now = context.now()
        wanted = _quarter(quarter) or previous(quarter_of(now.date()))
        async with context.store.read() as tx:
            known = await tx.reviews.of_quarter(customer, str(wanted))
        if known is not None and known.status is not QbrStatus.DRAFT:
            return known
        maker = ReviewMaker(context.store, house(context.settings), agenda)
        return await maker.draft(customer, wanted, meeting=_day(meeting, "--meeting") or now.date(), now=now)


async def _act(id_: str, by: str, held_on: date | None = None, notes: str = "") -> StoredQbr:
    if not by.strip():
        raise BadInput("say who", field="--by")
    async with open_context() as context:
        async with context.store.begin() as tx:
            now = context.now()
            if held_on is None:
                done = await tx.reviews.approve(id_, by=by.strip(), at=now)
            elif held_on > now.date():
                raise BadInput("lies in the future", field="--on", value=str(held_on))
            else:
                done = await tx.reviews.held(id_, on=held_on, notes=notes)
            action = "qbr_approved" if held_on is None else "qbr_held"
            await tx.audit.add(now, by.strip(), action, done.customer, {"qbr": done.id, "quarter": done.quarter})
        await _tell_play(context, done, "approved" if held_on is None else "held", by.strip())
        return done


async def _tell_play(context: Context, review: StoredQbr, outcome: str, by: str) -> None:
    """The quarter's play hears of it, where one is open and asks; it runs in the quarter after the one reviewed."""
    run = qbr_id(review.customer, str(parse_quarter(review.quarter).following))
    request = OutcomeRequest(outcome=outcome, by=by, request_id=f"{review.id}:{outcome}")
    try:
        await Answers(context.store, await context.temporal()).tell_run(run, request)
    except Refused:
        return  # no play of the quarter is open, or it asks something else
    except Retryable as error:
        say(f"kept; its play was not told ({error}): answer it with `starter.py outcome`")


async def _listed(customer: str) -> list[StoredQbr]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.reviews.of(customer)


async def _agree(customer: str, name: AgreedInputName, value: Decimal, source: str, by: str) -> None:
    async with open_context() as context, context.store.begin() as tx:
        now = context.now()
        try:
            agreed = AgreedInput(customer=customer, name=name, value=value, source=source, by=by, at=now)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise BadInput(first["msg"], field=str(first["loc"][0])) from None
        await tx.reviews.agree(agreed)
        detail = {"name": name.value, "value": str(value), "source": source}
        await tx.audit.add(now, by, "number_agreed", customer, detail)


def _written(review: StoredQbr, suffix: str) -> bytes:
    slides = deck(review, questions(review.agenda.language))
    match suffix:
        case ".pptx":
            return pptx.draw(slides)
        case ".html":
            return html.page(slides).encode()
        case _:
            return html.pdf(slides)


def _tell(review: StoredQbr) -> None:
    """What moved, for a terminal; every figure with its n and interval."""
    rows = [
        (one.metric, one.before.short(), one.after.short(), one.move.value) for one in review.agenda.versus_last_quarter
    ]
    print_table(f"{review.quarter} against the quarter before", ("metric", "before", "now", "moved"), rows)
    for one in review.agenda.sections.executive_summary.challenges:
        say(f"challenge: {one.code} {one.subject}")


def _is_draft(review: StoredQbr) -> bool:
    return review.status is QbrStatus.DRAFT


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix not in _FORMATS:
        raise BadInput(f"expected a name ending in {', '.join(_FORMATS)}", field="--out", value=str(out))
    if not out.parent.is_dir():
        raise Refused(f"no such directory: {out.parent}", field="--out")


def _quarter(text: str | None) -> Quarter | None:
    if text is None:
        return None
    try:
        return parse_quarter(text)
    except ValueError as error:
        raise BadInput(str(error), field="--quarter", value=text) from None


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("not a day such as 2026-03-31", field=option, value=text) from None
