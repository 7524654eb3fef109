"""Everything a quarterly review is made of, gathered from the rows before anything is decided (section 12)."""

from datetime import date

from models.agreed_input import AgreedInput
from models.base import Carried, Instant
from models.customer_period import CustomerPeriod
from models.enums import Language
from models.exception_list import Quarter
from models.health import HealthScore
from models.qbr import Testimonial
from models.records import Customer
from models.signals import ChurnSignal
from models.success_plan import SuccessPlan


class Gathered(Carried):
    """``before``: the quarter before; ``baseline``: the customer's first whole quarter, None if that is this one."""

    customer: Customer
    quarter: Quarter
    now: CustomerPeriod
    before: CustomerPeriod
    baseline: CustomerPeriod | None
    agreed: tuple[AgreedInput, ...]
    health: HealthScore | None
    plan: SuccessPlan | None
    signals: tuple[ChurnSignal, ...]
    testimonial: Testimonial | None
    meeting: date
    generated_at: Instant
    language: Language
    currency: str
