"""``starter.py advocacy``: whom to invite, what advocates did, what they are given, whom they refer (section 13)."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer

from activities import advocacy as advocates
from activities import referrals
from activities.frame import customer_of
from cli.context import open_context
from cli.deliver import deliver_now
from cli.output import print_json, print_table, say
from cli.said import person
from models.advocacy import CandidateStatus
from models.advocacy_program import ADVOCACY_PROGRAM
from models.errors import BadInput, Refused
from models.referral import ReferralRequest
from persistence.store import SqlTransaction

app = typer.Typer(
    help="The advocacy program: candidates, activities, points, rewards, referrals.", no_args_is_help=True
)
referral = typer.Typer(help="Referrals: one address, one code, 180 days.", no_args_is_help=True)
app.add_typer(referral, name="referral")

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Customer = Annotated[str, typer.Argument(help="The customer's id.")]
Claim = Annotated[str, typer.Argument(help="The claim's key, from `advocacy show`.")]
By = Annotated[str, typer.Option(callback=person, help="Who answers for it.")]


@app.command()
def candidates(as_json: Json = False) -> None:
    """Promoters in good health who were never invited, the highest MRR first."""
    found = _do(lambda tx, now: advocates.candidates(tx, now))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (one.customer, one.name, one.nps, one.health_score, one.mrr, ", ".join(one.potential_activities))
        for one in found
    ]
    print_table("Candidates", ("customer", "name", "NPS", "health", "MRR", "could"), rows)


@app.command()
def show(customer: Customer, as_json: Json = False) -> None:
    """Points, tier, activities, rewards and referrals of a customer."""
    shown = _do(lambda tx, _: _shown(tx, customer))
    if as_json:
        print_json(shown)
        return
    points = shown["points"]
    assert isinstance(points, dict)
    say(
        f"{customer}: {shown['status']}, {points['tier']}, {points['balance']} points left of {points['earned']} earned"
    )
    for title, columns in (
        ("claims", ("key", "status", "points", "claimed_at")),
        ("rewards", ("key", "status", "points", "requested_at")),
        ("referrals", ("id", "code", "status", "created_at")),
    ):
        rows = shown[title]
        assert isinstance(rows, list)
        if rows:
            print_table(title.title(), columns, [[row[name] for name in columns] for row in rows])


@app.command()
def invite(customer: Customer, as_json: Json = False) -> None:
    """The customer was invited; refused, with the reason, where it should not be."""
    moved = _do(lambda tx, now: advocates.invite(tx, customer, now))
    print_json(moved) if as_json else say(f"{customer} is invited")


@app.command()
def answer(customer: Customer, found: Annotated[CandidateStatus, typer.Argument(help="accepted or declined.")]) -> None:
    """What became of the invitation."""
    moved = _do(lambda tx, now: advocates.answer(tx, customer, found, now))
    say(f"{customer}: {moved.status}")


@app.command()
def claim(
    customer: Customer,
    activity: Annotated[str, typer.Argument(help=", ".join(one.id for one in ADVOCACY_PROGRAM.activities))],
    subject: Annotated[str, typer.Option(help="The event, or the referred customer, where it counts per that.")] = "",
    as_json: Json = False,
) -> None:
    """An advocate did something; points come when it is verified."""
    made = _do(lambda tx, now: advocates.claim(tx, customer, activity, subject, now))
    if as_json:
        print_json(made)
        return
    wanted = next(one.requirements for one in ADVOCACY_PROGRAM.activities if one.id == made.activity)
    needs = ", ".join(one.id for one in wanted)
    say(f"{made.key}: {made.status}, worth {made.points} points once verified with evidence of {needs}")


@app.command()
def verify(
    key: Claim,
    by: By,
    evidence: Annotated[list[str], typer.Option(help="REQUIREMENT=WORDS, once for each requirement.")],
    as_json: Json = False,
) -> None:
    """The claim is true: there is evidence of every requirement."""
    given = dict(_pair(one) for one in evidence)
    made = _do(lambda tx, now: advocates.verify(tx, key, given, by, now))
    print_json(made) if as_json else say(f"{made.key}: {made.status}, {made.points} points")


@app.command()
def reject(key: Claim, by: By, reason: Annotated[str, typer.Option(help="Why.")], as_json: Json = False) -> None:
    """The claim is not true; it may be made again."""
    if not reason.strip():
        raise BadInput("say why", field="--reason", value=reason)
    made = _do(lambda tx, now: advocates.reject(tx, key, reason, by, now))
    print_json(made) if as_json else say(f"{made.key}: {made.status}")


@app.command()
def publish(key: Claim, by: By, as_json: Json = False) -> None:
    """Ask for approval to publish a case study or a testimonial."""
    asked = _do(lambda tx, now: advocates.publish(tx, key, by, now))
    print_json(asked) if as_json else say(f"request {asked.number}: {asked.title}")


@app.command()
def redeem(
    customer: Customer,
    reward: Annotated[str, typer.Argument(help=", ".join(one.id for one in ADVOCACY_PROGRAM.rewards))],
    by: By,
    as_json: Json = False,
) -> None:
    """Points for a reward; a credit waits for approval."""
    made = _do(lambda tx, now: advocates.redeem(tx, customer, reward, by, now))
    print_json(made) if as_json else say(f"{reward} for {made.points} points: {made.status}")


@referral.command("create")
def create(
    referrer: Customer,
    email: Annotated[str, typer.Argument(help="Whom it recommends us to.")],
    name: Annotated[str | None, typer.Option(help="Their name.")] = None,
    consent: Annotated[bool, typer.Option("--consent", help="They agreed to be mailed, and it is on record.")] = False,
    as_json: Json = False,
) -> None:
    """A code for the person: mailed to them with their consent, else for the referrer to pass on."""
    request = ReferralRequest(referrer=referrer, referred_email=email, referred_name=name, consent=consent or None)
    verdict = _do(lambda tx, now: referrals.create(tx, request, secrets.token_bytes, now))
    if verdict.outcome == "rejected":  # kept, so that it is known, and nobody is given a code
        raise Refused(verdict.referral.reason.replace("_", " "), field="EMAIL", value=email)
    if as_json:
        print_json(verdict)
        return
    found = verdict.referral
    say(f"{verdict.outcome}: {found.id}, code {found.code}")


@referral.command("expire")
def expire(as_json: Json = False) -> None:
    """Close what is 180 days old without a conversion."""
    closed = _do(lambda tx, now: referrals.expire(tx, now))
    print_json([one.model_dump(mode="json") for one in closed]) if as_json else say(f"{len(closed)} expired")


def _do(act: Callable[[SqlTransaction, datetime], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_context() as context:
            async with context.store.begin() as tx:
                result = await act(tx, context.now())
                waiting = bool(await tx.inbox.undelivered(before=context.now(), limit=1))
            if waiting:
                await deliver_now(context)
            return result

    return asyncio.run(run())


async def _shown(tx: SqlTransaction, customer: str) -> dict[str, object]:
    await customer_of(tx, customer)
    return {
        "customer": customer,
        "status": (await tx.advocacy.status(customer)).value,
        "points": (await advocates.standing(tx, customer)).model_dump(mode="json"),
        "claims": [one.model_dump(mode="json") for one in await tx.advocacy.claims(customer)],
        "rewards": [one.model_dump(mode="json") for one in await tx.advocacy.redemptions(customer)],
        "referrals": [one.model_dump(mode="json") for one in await tx.referrals.of(customer)],
    }


def _pair(said: str) -> tuple[str, str]:
    name, sign, words = said.partition("=")
    if not sign:
        raise BadInput("expected REQUIREMENT=WORDS", field="--evidence", value=said)
    return name, words
