"""Wrong input is one line with field, value and reason, and leaves what was there as it was."""

import asyncio
import json
from pathlib import Path

import pytest

from models.clock import utc_now
from models.enums import Plan, SubscriptionStatus
from models.records import Csm, Customer
from persistence.store import SqlStore
from tests.cli.kit import Run

PLAN = "samples/success-plan.yaml"


@pytest.fixture
def book(run: Run, sqlite_url: str) -> Run:
    async def put() -> None:
        store = SqlStore.open(sqlite_url)
        async with store.begin() as tx:
            await tx.customers.put_csm(Csm(id="marta", name="Marta", email="marta@house.example"))
            for name in ("C-1", "C-2"):
                one = Customer(
                    id=name, name=name, email=f"ana@{name.lower()}.example", plan=Plan.PRO, csm_id="marta",
                    subscription_status=SubscriptionStatus.ACTIVE, trial_ends_at=utc_now().replace(year=2099),
                )  # fmt: skip
                await tx.customers.put(one)
        await store.close()

    asyncio.run(put())
    return run


def test_a_figure_that_is_none_is_refused_and_the_plan_can_still_be_read(book: Run) -> None:
    assert book("plan", "load", "C-1", PLAN).code == 0
    for wrong in ("nan", "inf"):
        said = book("plan", "update", "C-1", "sc1", "--value", wrong)
        assert (said.code, said.err) == (2, f"--value = '{wrong}': expected a number\n")
    shown = json.loads(book("plan", "show", "C-1", "--json").out)
    assert shown["success_criteria"][0]["current_value"] == 120


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("plan", "update", "C-1", "sc1"), 2, "--value: a criterion and its --value go together"),
        (("plan", "override", "C-1", "sc1", "missed", "--by", "x"), 2, "--reason = '': an override says why"),
        (("advocacy", "reject", "k", "--by", "x", "--reason", " "), 2, "--reason = ' ': say why"),
        (("checklist", "C-1", "--done", "kickoff_done", "--by", ""), 2, "--by = '': say who, by name"),
        (("plan", "review", "C-1", "--by", " "), 2, "--by = ' ': say who, by name"),
        (("erase", "C-1", "--by", "", "--yes"), 2, "--by = '': say who, by name"),
        (("features", "samples/team.yaml"), 2, "team.yaml: plans: Field required"),
        (("plan", "load", "C-1", "samples/team.yaml"), 2, "samples/team.yaml: managers = ["),
        (("advocacy", "claim", "C-1", "song"), 2, "activity = 'song': no such advocacy activity; known: referral, "),
        (("advocacy", "redeem", "C-1", "car", "--by", "x"), 2, "reward = 'car': no such reward; known: credit_100, "),
        (("signup", "C-3", "--plan", "pro", "--email", "ana"), 2, "email = 'ana': expected an address"),
        (
            ("opportunity", "won", "C-1", "upsell", "--by", "Ana", "--reason", "x", "--value", "1e400"),
            2,
            "--value = '1e400': expected an amount such as 120 or 99.50",
        ),
        (("signup", "C-3", "--plan", "gold"), 2, "Invalid value for '--plan': 'gold' is not one of"),
    ],
)
def test_one_line(book: Run, arguments: tuple[str, ...], code: int, line: str) -> None:
    said = book(*arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(line), said.err
    assert said.err.count("\n") == 1


def test_a_referral_that_is_refused_gives_nobody_a_code(book: Run) -> None:
    said = book("advocacy", "referral", "create", "C-1", "ana@c-2.example")
    assert (said.code, said.out) == (1, "")
    assert said.err == "EMAIL = 'ana@c-2.example': existing customer\n"
    assert "existing_customer" in book("advocacy", "show", "C-1", "--json").out


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"kind": "nps", "score": 11}, "line 1: data.score = 11: expected less than or equal to 10"),
        ({"kind": "nps", "score": 9, "feedback": "x" * 9000}, "line 1: data.feedback: "),
    ],
)
def test_an_events_value_is_shown_unless_it_is_somebodys_words(
    book: Run, tmp_path: Path, data: dict[str, object], line: str
) -> None:
    event = {
        "event_id": "e",
        "type": "survey_answered",
        "occurred_at": utc_now().isoformat(),
        "customer": {"id": "C-1"},
    }
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps({**event, "data": data}), encoding="utf-8")
    said = book("event", str(file))
    assert (said.code, said.err.startswith(line)) == (2, True), said.err


def test_show_tells_who_looks_after_a_customer_and_no_trial_of_one_that_pays(book: Run) -> None:
    out = book("show", "C-1").out
    assert "plan pro, MRR unknown; manager marta" in out
    assert "the trial ends" not in out
    assert out.count("Next") <= 1


def test_a_claim_says_what_evidence_it_needs(book: Run) -> None:
    made = book("advocacy", "claim", "C-1", "g2_review").out
    assert made.endswith("once verified with evidence of verified_review, hundred_words\n")
    key = made.partition(": ")[0]
    said = book("advocacy", "verify", key, "--by", "marta", "--evidence", "a=b")
    assert (said.code, said.err.count("known: verified_review, hundred_words")) == (2, 1)
