"""A row to a value of the book, or the refusal of the row. What the mapping names no column for stays unknown."""

from intake.csv.fields import Fields, RowRefusedError
from intake.csv.mapping import Mapping
from intake.csv.reader import Row
from models.book import BookAccount, BookChurn, BookSubscription, BookTicket, BookUsage

__all__ = ["RowRefusedError", "account", "churn", "subscription", "ticket", "usage"]


def account(row: Row, mapping: Mapping) -> BookAccount:
    """An account, without what is derived of it.

    Raises:
        RowRefusedError: as the other converters here, with line, column and reason.
    """
    file = mapping.files.accounts
    columns, fields = file.columns, Fields(row, file.file, mapping)
    fields.text("id", columns.id, required=True)
    fields.text("name", columns.name)
    fields.text("first_name", columns.first_name)
    fields.text("email", columns.email)
    fields.text("industry", columns.industry)
    fields.text("country", columns.country)
    fields.day("signup_date", columns.signup_date)
    fields.text("referral_source", columns.referral_source)
    fields.plan("plan", columns.plan)
    fields.code("segment", columns.segment)
    fields.integer("seats", columns.seats)
    fields.text("locale", columns.locale)
    fields.text("timezone", columns.timezone)
    fields.set("currency", mapping.currency)
    return fields.build(BookAccount)


def subscription(row: Row, mapping: Mapping) -> BookSubscription:
    """A span of a subscription; one in another currency than the mapping's is refused."""
    file = mapping.files.subscriptions
    columns, fields = file.columns, Fields(row, file.file, mapping)
    fields.text("id", columns.id, required=True)
    fields.text("customer", columns.account, required=True)
    fields.day("started", columns.started, required=True)
    fields.day("ended", columns.ended)
    fields.plan("plan", columns.plan)
    fields.integer("seats", columns.seats)
    fields.money("mrr", columns.mrr)
    fields.text("currency", columns.currency, required=True)
    fields.boolean("is_trial", columns.is_trial, required=True)
    fields.boolean("upgraded", columns.upgraded)
    fields.boolean("downgraded", columns.downgraded)
    fields.boolean("churned", columns.churned)
    fields.code("billing", columns.billing)
    fields.boolean("auto_renew", columns.auto_renew)
    if columns.currency is None:
        fields.set("currency", mapping.currency)
    built = fields.build(BookSubscription)
    if built.currency != mapping.currency:
        raise fields.refuse("currency", f"is not the mapping's currency {mapping.currency}; nothing is converted")
    return built


def usage(row: Row, mapping: Mapping) -> BookUsage:
    """Use of a feature on a day."""
    file = mapping.files.usage
    assert file is not None
    columns, fields = file.columns, Fields(row, file.file, mapping)
    fields.text("id", columns.id, required=True)
    fields.text("subscription", columns.subscription, required=True)
    fields.day("day", columns.day, required=True)
    fields.text("feature", columns.feature, required=True)
    fields.integer("count", columns.count, required=True)
    fields.integer("duration_seconds", columns.duration_seconds)
    fields.integer("errors", columns.errors)
    fields.boolean("is_beta", columns.is_beta)
    return fields.build(BookUsage)


def ticket(row: Row, mapping: Mapping) -> BookTicket:
    """A support ticket; one closed before it was opened is refused."""
    file = mapping.files.tickets
    assert file is not None
    columns, fields = file.columns, Fields(row, file.file, mapping)
    fields.text("id", columns.id, required=True)
    fields.text("customer", columns.account, required=True)
    fields.moment("opened", columns.opened, required=True)
    fields.moment("closed", columns.closed)
    fields.code("severity", columns.severity)
    fields.integer("first_response_minutes", columns.first_response_minutes)
    fields.integer("csat", columns.csat)
    fields.boolean("escalated", columns.escalated)
    built = fields.build(BookTicket)
    if built.closed is not None and built.closed < built.opened:
        raise fields.refuse("closed", "is before the ticket was opened")
    return built


def churn(row: Row, mapping: Mapping) -> BookChurn:
    """A cancellation or a reactivation; refunds are not loaded, since no column says their currency."""
    file = mapping.files.churn
    assert file is not None
    columns, fields = file.columns, Fields(row, file.file, mapping)
    fields.text("id", columns.id, required=True)
    fields.text("customer", columns.account, required=True)
    fields.day("day", columns.day, required=True)
    fields.text("reason", columns.reason)
    fields.boolean("after_upgrade", columns.after_upgrade)
    fields.boolean("after_downgrade", columns.after_downgrade)
    fields.boolean("reactivation", columns.reactivation, required=True)
    fields.text("feedback", columns.feedback)
    return fields.build(BookChurn)
