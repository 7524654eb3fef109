"""An imported account becoming a customer: new, or brought up to date without undoing what happened since."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.book import BookAccount
from models.records import Customer
from persistence.customers import subscription_events
from persistence.rows import Row, row_of
from persistence.stamps import Stamp, Stamps
from persistence.subscriptions import Subscription
from persistence.tables.customers import transition

_FIELDS = (
    "name", "first_name", "email", "plan", "segment", "mrr", "currency", "seats", "locale", "timezone", "country",
    "csm_id", "renewal_date", "contract_length_months", "consent_marketing", "consent_relationship",
)  # fmt: skip

_ACCOUNT = ("industry", "signup_date", "referral_source", "is_trial", "churned")


def account_row(account: BookAccount) -> Row:
    """What is kept of an account beside its customer."""
    given = row_of(account)
    return {"customer": account.id, **{name: given[name] for name in _ACCOUNT}}


def new_customer(account: BookAccount, as_of: datetime) -> Row:
    """The customer of an account that was not known: held until outreach is activated."""
    row = {**row_of(Customer(id=account.id, outreach_held=True, imported_at=as_of)), **_state(_base(account, as_of))}
    stamps = Stamps()
    for name, value in _said(account).items():
        stamps.claim(name, Stamp(as_of))
        row[name] = value
    since = account.stage_since or (as_of if account.stage is not None else None)
    return {
        **row,
        "stage": account.stage.value if account.stage is not None else None,
        "stage_since": since,
        "stamps": stamps.to_json(),
        "base": _base(account, as_of).to_json(),
    }


async def known_customer(connection: AsyncConnection, stored: Row, account: BookAccount, as_of: datetime) -> Row:
    """The stored customer as a later (or the same) import leaves it.

    What an event set after the import's as-of stays. Its hold is not put back, and a stage that a rule or a person
    has set since is theirs. A customer that signed up by itself is not made an imported one.
    """
    stamps = Stamps(stored["stamps"])
    row = dict(stored)
    for name, value in _said(account).items():
        if stamps.claim(name, Stamp(as_of)) or (stamps.of(name) == Stamp(as_of) and stored[name] != value):
            row[name] = value
    if stored["imported_at"] is None:
        return {**row, "stamps": stamps.to_json()}
    base = Subscription.from_json(stored["base"])
    if base.at is None or as_of >= base.at:
        base = _base(account, as_of)
        row |= _state(base.fold(await subscription_events(connection, account.id)))
    changed = await connection.execute(select(transition.c.number).where(transition.c.customer == account.id).limit(1))
    if changed.scalar_one_or_none() is None and account.stage is not None and as_of >= stored["imported_at"]:
        since = account.stage_since or (stored["stage_since"] if stored["stage"] == account.stage.value else as_of)
        row |= {"stage": account.stage.value, "stage_since": since}
    row["imported_at"] = max(stored["imported_at"], as_of)
    return {**row, "stamps": stamps.to_json(), "base": base.to_json()}


def _said(account: BookAccount) -> Row:
    given = row_of(account)
    return {name: given[name] for name in _FIELDS if given[name] is not None}


def _base(account: BookAccount, as_of: datetime) -> Subscription:
    return Subscription(account.status, account.trial_ends_at, account.subscribed_at, account.cycle, as_of)


def _state(subscription: Subscription) -> dict[str, Any]:
    return {
        "subscription_status": subscription.status.value if subscription.status is not None else None,
        "trial_ends_at": subscription.trial_ends_at,
        "subscribed_at": subscription.subscribed_at,
        "cycle": subscription.cycle,
    }
