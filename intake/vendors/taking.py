"""From a vendor's verified events to inbox rows: one transaction, so that an answer of 2xx means it is all there.

For each event: known already? what does it say? is a later state of the same object known? whose is it? Then it is an
event of a customer in the inbox (source: the vendor), or it waits in the queue of unknown accounts. A vendor's word
becomes facts; it never names a playbook, a template or a recipient (section 19 of the domain).
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue, SecretStr, ValidationError

from activities.ports import Store, Transaction
from intake import identity, links
from intake.parse import AHEAD
from intake.vendors import press
from intake.vendors.registry import INTERPRETERS
from intake.vendors.staff import Staff
from intake.vendors.vendor import Terms
from models.clock import Clock
from models.errors import BadInput
from models.event_kinds import EXTERNAL
from models.events import Event
from models.identity import CaseStatus
from models.records import InboxRow
from models.themes import Lexicon
from models.vendor import STATES, Notice, Ref, Said, VendorEvent, VendorStatus
from rules.themes import suspected_injection

KEPT = timedelta(days=30)
LONGEST_BODY = 64_000
_NOBODY = "unknown-account"


class House(NamedTuple):
    """What taking in needs to know of the house. ``secret``: of the tokens that we signed; ``staff``: who pressed."""

    clock: Clock
    currency: str
    lexicon: Lexicon
    secret: SecretStr | None = None
    terms: Terms = Terms()
    staff: Staff = Staff()


class Taken(NamedTuple):
    """What came of a body: new rows of the inbox to deliver, and how many events of each status."""

    rows: tuple[InboxRow, ...]
    counts: Counter[str]

    @property
    def duplicates(self) -> int:
        """Events that were known already."""
        return self.counts["duplicate"]


async def take(store: Store, vendor: str, notices: Sequence[Notice], house: House, *, now: datetime) -> Taken:
    """Take in a body's events; ``now`` is virtual. Everything is stored when this returns, or nothing."""
    known = await house.staff.introduce(vendor, notices)
    async with store.begin() as tx:
        return await take_in(tx, vendor, known, house, now=now)


async def take_in(tx: Transaction, vendor: str, notices: Sequence[Notice], house: House, *, now: datetime) -> Taken:
    """The same, in a transaction that does more."""
    await tx.vendor_events.forget_bodies(now - KEPT)
    rows: list[InboxRow] = []
    counts: Counter[str] = Counter()
    for notice in notices:
        trace = VendorEvent(
            vendor=vendor, event_id=notice.id, kind=notice.kind, at=notice.at, received_at=now,
            status=VendorStatus.SILENT,
        )  # fmt: skip
        if not await tx.vendor_events.add(trace):
            counts["duplicate"] += 1
            continue
        done, added = await interpret(tx, trace, notice, house, now=now)
        await tx.vendor_events.finish(done)
        counts[done.status.value] += 1
        rows += added
    return Taken(tuple(rows), counts)


async def replay(store: Store, vendor: str | None, house: House, *, now: datetime, limit: int = 500) -> Taken:
    """Interpret refused events again whose bodies are kept: after a plan was named, say. Each in a transaction."""
    async with store.begin() as tx:
        refused = await tx.vendor_events.refused(vendor, limit=limit)
    rows: list[InboxRow] = []
    counts: Counter[str] = Counter()
    for trace in refused:
        body = json.loads(trace.body or "{}")
        notice = Notice(id=trace.event_id, kind=trace.kind, at=trace.at, body=body)
        (notice,) = await house.staff.introduce(trace.vendor, [notice])
        async with store.begin() as tx:
            again = trace.model_copy(update={"status": VendorStatus.SILENT, "reason": "", "body": None})
            done, added = await interpret(tx, again, notice, house, now=now)
            await tx.vendor_events.finish(done)
        counts[done.status.value] += 1
        rows += added
    return Taken(tuple(rows), counts)


async def interpret(
    tx: Transaction, trace: VendorEvent, notice: Notice, house: House, *, now: datetime
) -> tuple[VendorEvent, list[InboxRow]]:
    """What becomes of an event, and what it added to the inbox. A refused one changes nothing else."""
    try:
        says = INTERPRETERS[trace.vendor](notice, house.terms)
        if says is None:
            return trace.model_copy(update={"status": VendorStatus.UNKNOWN}), []
        meant = [press.meant(said, house.secret) for said in says]
        for said in meant:
            if said.type not in ("", press.ANSWERED):
                event_of(said, _NOBODY, house, now=now)
    except (BadInput, ValidationError) as error:
        return _refused(trace, notice, error), []
    trace = trace.model_copy(
        update={
            "says": tuple(said.type for said in meant if said.type),
            "suspected_injection": any(_suspicious(said, house) for said in meant),
        }
    )
    return await _apply(tx, trace, meant, house, now=now)


async def _apply(
    tx: Transaction, trace: VendorEvent, says: Sequence[Said], house: House, *, now: datetime
) -> tuple[VendorEvent, list[InboxRow]]:
    rows: list[InboxRow] = []
    statuses: list[VendorStatus] = []
    whom, reasons = trace.customer, []
    for said in says:
        if said.type == press.ANSWERED:
            status, remark = await press.answered(tx, said, now)
            statuses.append(status)
            reasons += [remark] if remark else []
            continue
        latest = not said.subject or await tx.vendor_events.advance(trace.vendor, said.subject, said.at)
        if not latest and said.type in STATES:
            statuses.append(VendorStatus.STALE)
            continue
        found = await identity.whose(tx, said, subject=lambda token: _subject(house, token), now=now)
        if found.customer is None:
            assert found.case is not None
            statuses.append(
                await _wait(tx, trace.vendor, said, dropped=found.case.status is CaseStatus.REFUSED, now=now)
            )
            continue
        whom = found.customer
        if not said.type:
            statuses.append(VendorStatus.INTRODUCED)
            rows += await apply_waiting(tx, said.refs, whom, house, now=now)
            continue
        event, remark = event_of(said, whom, house, now=now)
        if remark:
            reasons.append(remark)
        row, new = await tx.inbox.add(trace.vendor, event, now)
        rows += [row] if new else []
        rows += await apply_waiting(tx, said.refs, whom, house, now=now)
        statuses.append(VendorStatus.APPLIED)
    status = next((one for one in _TOLD_FIRST if one in statuses), VendorStatus.SILENT)
    return trace.model_copy(update={"status": status, "customer": whom, "reason": "; ".join(reasons)}), rows


_TOLD_FIRST = (
    VendorStatus.PARKED, VendorStatus.APPLIED, VendorStatus.REFUSED, VendorStatus.DROPPED, VendorStatus.STALE,
    VendorStatus.INTRODUCED,
)  # fmt: skip


async def apply_waiting(
    tx: Transaction, refs: Sequence[Ref], customer: str, house: House, *, now: datetime
) -> list[InboxRow]:
    """What waited for somebody to know whose these accounts are is the customer's now."""
    rows = []
    for ref in refs:
        waiting = await tx.vendor_events.parked(ref.system, ref.id)
        for one in waiting:
            if one.said.type:
                event, _ = event_of(one.said, customer, house, now=now)
                row, new = await tx.inbox.add(one.vendor, event, now)
                rows += [row] if new else []
        if waiting:
            await tx.vendor_events.settle(ref.system, ref.id, VendorStatus.APPLIED, customer)
    return rows


def event_of(said: Said, customer: str, house: House, *, now: datetime) -> tuple[Event, str]:
    """The statement as an event of that customer, and what was left out of it and why.

    An amount in another currency than the house's cannot be compared with any other here: it is left out.

    Raises:
        BadInput, ValidationError: it is not one.
    """
    if said.type not in EXTERNAL:
        raise BadInput("is not told from outside", field="type", value=said.type)
    fields, data, left = dict(said.fields), dict(said.data), ""
    for told, money in ((fields, "mrr"), (data, "amount")):
        if told.get(money) is not None and told.get("currency") not in (None, house.currency):
            left = f"{money} is in {told['currency']}, amounts here are in {house.currency}: left out"
            del told[money]
    for told in (fields, data):
        if told.get("currency") not in (None, house.currency):
            del told["currency"]
    try:
        if said.at > house.clock.real(now) + AHEAD:
            raise BadInput("is more than 5 minutes in the future", field="at", value=said.at.isoformat())
        at = min(house.clock.virtual(said.at), now)
    except OverflowError:  # a clock that runs fast makes the past long
        raise BadInput("is before anything that is kept", field="at", value=said.at.isoformat()) from None
    who: dict[str, JsonValue] = {"id": customer, **fields}
    event: dict[str, object] = {"event_id": said.event_id, "type": said.type, "occurred_at": at, "customer": who}
    return Event.model_validate({**event, "data": data}), left


async def _wait(tx: Transaction, vendor: str, said: Said, *, dropped: bool, now: datetime) -> VendorStatus:
    status = VendorStatus.DROPPED if dropped else VendorStatus.PARKED
    await tx.vendor_events.park(vendor, said, said.refs[0], now, status.value)
    return status


def _refused(trace: VendorEvent, notice: Notice, error: BadInput | ValidationError) -> VendorEvent:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        reason = f"{error.field}: {error.message}" if error.field else error.message
    body = json.dumps(notice.body, ensure_ascii=True, separators=(",", ":"))
    kept = body if len(body) <= LONGEST_BODY else None
    more = "" if kept else " (too large to be kept)"
    return trace.model_copy(update={"status": VendorStatus.REFUSED, "reason": f"{reason}{more}"[:500], "body": kept})


def _subject(house: House, token: str) -> str | None:
    """Our customer in a token of ours; what is none (a campaign's name, say) says nothing."""
    if house.secret is None:
        return None
    try:
        return links.verify(house.secret, links.CUSTOMER, token)
    except BadInput:
        return None


def _suspicious(said: Said, house: House) -> bool:
    texts = (value for value in (*said.data.values(), said.name) if isinstance(value, str))
    return any(suspected_injection(text, house.lexicon.suspicion) for text in texts)
