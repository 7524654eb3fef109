"""Values of a referral: its code and who refers, and the points it earned (section 13)."""

from activities.house import House
from activities.ports import Transaction
from activities.values_source import Asked, Values
from models.advocacy import ClaimStatus
from models.advocacy_program import ADVOCACY_PROGRAM, REFERRAL
from models.ids import Process, parse_workflow_id
from rules import advocacy

INVITATION = "referral_invitation"


class ReferralValues:
    """Only in the referral's own run."""

    NAMES = frozenset(
        {"referrer_name", "referral_code", "referral_link", "activity_name", "points", "points_total", "tier_name"}
    )

    def __init__(self, house: House) -> None:
        """``house``: addresses in the product."""
        self._house = house

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """Points of a verified activity only (A1); an invitation greets the person referred, if we know the name."""
        run = parse_workflow_id(asked.workflow_id)
        found = await tx.referrals.get(run.parts[0]) if run.process is Process.REFERRAL and run.parts else None
        if found is None:
            return {}
        values: Values = {
            "referrer_name": asked.customer.name,
            "referral_code": found.code,
            "referral_link": self._house.link(f"r/{found.code}"),
        }
        if asked.template == INVITATION:
            values["first_name"] = found.referred_name
        claims = await tx.advocacy.claims(asked.customer.id)
        mine = next(
            (
                claim
                for claim in claims
                if claim.activity == REFERRAL
                and claim.subject == found.referred_customer
                and claim.status is ClaimStatus.VERIFIED
            ),
            None,
        )
        if mine is not None:
            total = advocacy.earned(claims)
            values |= {
                "activity_name": advocacy.activity(ADVOCACY_PROGRAM, REFERRAL).label[asked.language],
                "points": mine.points,
                "points_total": total,
                "tier_name": advocacy.tier(ADVOCACY_PROGRAM, total).name,
            }
        return values
