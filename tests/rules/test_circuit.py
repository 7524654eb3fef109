"""When a failing system is left in peace, and whether what waited may still be told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from models.deals import Deal, DealKind, DealStatus
from models.enums import LifecycleStage, Plan
from models.outside import Account, AddTask, SaveAccount, ShowInApp, System
from models.records import Csm, Customer
from models.vendor_delivery import Circuit, VendorDelivery
from rules import circuit, late
from rules.deals import deal_of
from rules.sharing import FIELDS, account_of

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
FRESH = Circuit(system=System.HUBSPOT)


def _failing(times: int, state: Circuit = FRESH, at: datetime = NOON) -> Circuit:
    for _ in range(times):
        state = circuit.failed(state, at, "HTTP 500")
    return state


@pytest.mark.parametrize(
    ("failures", "state", "wait"),
    [
        (1, "closed", None),
        (4, "closed", None),
        (5, "open", 60),
        (6, "open", 120),
        (7, "open", 240),
        (9, "open", 960),
        (10, "open", 1800),
        (60, "open", 1800),
    ],
)
def test_five_failures_open_it_and_each_probe_doubles_the_wait(failures: int, state: str, wait: int | None) -> None:
    after = _failing(failures)
    assert after.state == state
    assert after.retry_at == (None if wait is None else NOON + timedelta(seconds=wait))
    assert circuit.may_ask(after, NOON) is (wait is None)


def test_an_open_one_lets_one_probe_through_and_an_answer_closes_it() -> None:
    opened = _failing(5)
    later = NOON + timedelta(seconds=60)
    assert circuit.may_ask(opened, later)
    probing = circuit.admitted(opened, later)
    assert not circuit.may_ask(probing, later)
    assert circuit.may_ask(probing, later + circuit.PROBE)
    assert circuit.answered(probing) == FRESH
    assert circuit.admitted(FRESH, NOON) is FRESH


def test_a_busy_system_has_not_failed_and_the_longest_wait_stands() -> None:
    busy = circuit.told_to_wait(_failing(3), NOON, timedelta(seconds=40))
    assert (busy.state, busy.failures, busy.retry_at) == ("closed", 0, NOON + timedelta(seconds=40))
    assert circuit.told_to_wait(busy, NOON, timedelta(seconds=5)) == busy


def test_what_only_an_operator_can_mend_opens_it_at_once() -> None:
    refused = circuit.misconfigured(FRESH, NOON, "HTTP 401")
    assert (refused.state, refused.since, refused.retry_at) == ("open", NOON, NOON + timedelta(minutes=15))
    assert circuit.misconfigured(refused, NOON + timedelta(hours=1), "HTTP 401").since == NOON


def test_two_days_of_outage_are_fewer_than_a_hundred_and_ten_probes() -> None:
    state, at, probes = FRESH, NOON, 0
    while at < NOON + timedelta(days=2):
        state = circuit.failed(state, at, "refused")
        probes += 1
        at = max(state.retry_at or at, at + timedelta(seconds=1))
    assert probes < 110


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 5), (2, 10), (5, 80), (9, 1280), (10, 1800), (99, 1800)])
def test_a_delivery_that_failed_waits_longer_each_time(attempts: int, seconds: int) -> None:
    assert circuit.backoff(attempts) == timedelta(seconds=seconds)


def _row(operation: SaveAccount | ShowInApp | AddTask, not_after: datetime | None = None) -> VendorDelivery:
    return VendorDelivery(
        key="k",
        customer="C-1",
        system=System.INTERCOM,
        operation=operation,
        created_at=NOON,
        not_after=not_after,
        next_try=NOON,
    )


SHOW = ShowInApp(title="t", text="x")
TASK = AddTask(type="call", title="t", due=NOON)
LATER = NOON + timedelta(days=2)


@pytest.mark.parametrize(
    ("operation", "not_after", "held", "run", "churned", "word"),
    [
        (SHOW, None, False, "running", False, ""),
        (SHOW, None, False, None, False, ""),
        (SHOW, None, False, "completed", False, ""),
        (SHOW, LATER, False, "running", False, "nobody wants it"),
        (SHOW, LATER + timedelta(seconds=1), False, "running", False, ""),
        (SHOW, None, True, "running", False, "held"),
        (SHOW, None, False, "running", True, "left"),
        (SHOW, None, False, "goal_met", False, "goal_met"),
        (SHOW, None, False, "exited", False, "exited"),
        (SHOW, None, False, "cancelled", False, "cancelled"),
        (TASK, None, True, "goal_met", True, ""),
        (SaveAccount(), None, True, "cancelled", True, ""),
    ],
)
def test_what_waited_passes_its_window_again(
    operation: SaveAccount | ShowInApp | AddTask,
    not_after: datetime | None,
    held: bool,
    run: str | None,
    churned: bool,
    word: str,
) -> None:
    reason = late.unwanted(_row(operation, not_after), LATER, erased=False, held=held, run_status=run, churned=churned)
    assert bool(reason) is bool(word)
    assert word in reason


def test_nothing_is_told_of_an_erased_customer() -> None:
    assert late.unwanted(_row(TASK), NOON, erased=True, held=False, run_status=None, churned=False)


CUSTOMER = Customer(
    id="C-1",
    name="Núñez",
    email="ana@nunez.example",
    first_name="Ana",
    plan=Plan.GROWTH,
    mrr=Decimal(490),
    currency="EUR",
    stage=LifecycleStage.AT_RISK,
)


def _account(*share: str) -> Account:
    return account_of(
        CUSTOMER,
        Csm(id="csm", name="Eva", email="eva@us.example"),
        score=38,
        grade="F",
        plays=("a",),
        external_id="9",
        share=frozenset(share),  # type: ignore[arg-type]  # the settings check the names
    )


def test_only_what_the_settings_share_leaves() -> None:
    assert _account() == Account(customer="C-1", external_id="9")
    shared = _account("stage", "health")
    assert (shared.stage, shared.health_score, shared.health_grade) == (LifecycleStage.AT_RISK, 38, "F")
    assert (shared.name, shared.email, shared.mrr, shared.csm_email, shared.plays) == (None, None, None, None, None)
    everything = _account(*FIELDS)
    assert (everything.email, everything.mrr, everything.csm_email) == (
        "ana@nunez.example",
        Decimal(490),
        "eva@us.example",
    )


def test_every_field_that_can_leave_is_in_one_group() -> None:
    grouped = [name for names in FIELDS.values() for name in names]
    assert sorted(grouped) == sorted(set(Account.model_fields) - {"customer", "external_id"})


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (DealStatus.PENDING, "open"),
        (DealStatus.COMPLETED, "won"),
        (DealStatus.WON, "won"),
        (DealStatus.DECLINED, "lost"),
        (DealStatus.LOST, "lost"),
    ],
)
def test_a_deal_has_one_number_however_it_stands(status: DealStatus, stage: str) -> None:
    one = Deal(
        key="deal:C-1:renewal:2026-09-01",
        customer="C-1",
        kind=DealKind.RENEWAL,
        subject="2026-09-01",
        status=status,
        workflow_id="w",
        opened_at=NOON,
        updated_at=LATER,
    )
    deal, changed = deal_of(one)
    assert (deal.stage, deal.amount, deal.number, changed) == (stage, None, one.key, LATER)
    assert deal.close_date == date(2026, 9, 1)
    assert deal_of(one.model_copy(update={"kind": DealKind.EXPANSION}))[0].close_date is None
    assert deal_of(one.model_copy(update={"subject": "term 2"}))[0].close_date is None
