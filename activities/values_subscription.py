"""Values about the subscription: its plan, price and term, what is unpaid, a request to end it (section 9)."""

from activities.house import House
from activities.ports import Transaction
from activities.ports_deals import ApprovedList
from activities.values_source import Asked, Values


class SubscriptionValues:
    """From the customer's row and its invoices."""

    NAMES = frozenset(
        {
            *("renewal_date", "current_plan", "current_price", "currency", "term_months", "manage_url"),
            *("payment_url", "invoice_id", "amount", "requested_on", "effective_on", "plan_options"),
        }
    )

    def __init__(self, house: House, approved: ApprovedList) -> None:
        """Collaborators: addresses in the product; names and summaries of the plans."""
        self._house = house
        self._approved = approved

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """The real term and price (M10); a date of the cancellation only if the request states one."""
        customer = asked.customer
        values: Values = {
            "manage_url": self._house.link("subscription"),
            "payment_url": self._house.link("billing"),
            "renewal_date": customer.renewal_date,
            "current_plan": customer.plan.value.capitalize() if customer.plan else None,
            "current_price": customer.mrr,
            "currency": customer.currency,
            "term_months": customer.contract_length_months,
            "plan_options": [
                {"name": one.name, "summary": one.summary.text(asked.language)}
                for one in self._approved.above(customer.plan)
            ],
        }
        unpaid = await tx.evidence.unpaid_invoice(customer.id, asked.now)
        if unpaid is not None:
            values["invoice_id"] = unpaid.id
            if unpaid.amount is not None and unpaid.currency is not None:
                values |= {"amount": unpaid.amount, "currency": unpaid.currency}
        request = await tx.evidence.cancellation(customer.id, asked.now)
        if request is not None:
            values["requested_on"] = request.requested_at.date()
            if request.effective_at is not None:
                values["effective_on"] = request.effective_at.date()
        return values
