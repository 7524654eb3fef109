"""What we tell other systems and what they tell us, in our own words; each integration translates (section 2).

Nothing here names a vendor's field. A field that may not leave the house is None before an integration sees it.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, JsonValue, StringConstraints

from models.base import Carried, Instant, Value
from models.enums import LifecycleStage, Plan, Priority, Segment, SubscriptionStatus

Item = TypeVar("Item")
Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=8000)]


class System(StrEnum):
    """Every outside system there is an adapter for."""

    HUBSPOT = "hubspot"
    STRIPE = "stripe"
    SLACK = "slack"
    INTERCOM = "intercom"
    CUSTOMERIO = "customerio"
    ZENDESK = "zendesk"
    FRESHDESK = "freshdesk"
    CALENDLY = "calendly"
    MIXPANEL = "mixpanel"
    FULLSTORY = "fullstory"
    TYPEFORM = "typeform"
    NOTION = "notion"
    VITALLY = "vitally"
    GAINSIGHT = "gainsight"
    CHURNZERO = "churnzero"
    TOTANGO = "totango"
    PLANHAT = "planhat"


class Account(Carried):
    """A customer as other systems may see it; None: unknown, or not shared."""

    customer: str
    external_id: str | None = Field(default=None, description="Its id in the system asked, where a mapping knows it.")
    name: str | None = None
    email: str | None = None
    first_name: str | None = None
    plan: Plan | None = None
    segment: Segment | None = None
    mrr: Decimal | None = None
    currency: str | None = None
    status: SubscriptionStatus | None = None
    stage: LifecycleStage | None = None
    stage_since: Instant | None = None
    health_score: float | None = None
    health_grade: str | None = None
    renewal_date: date | None = None
    csm_email: str | None = None
    plays: tuple[str, ...] | None = Field(default=None, description="Playbooks that run now.")

    @property
    def title(self) -> str:
        """Its name, or its id where the name is unknown or not shared."""
        return self.name or self.customer

    @property
    def lines(self) -> tuple[str, ...]:
        """How it stands, a line for each group that is known and shared; for pages that people read."""
        money = f"{self.mrr} {self.currency or ''}".strip() if self.mrr is not None else None
        since = f", since {self.stage_since:%Y-%m-%d}" if self.stage_since is not None else ""
        grade = f" ({self.health_grade})" if self.health_grade else ""
        said = {
            "Account": self.customer,
            "Plan": self.plan,
            "Segment": self.segment,
            "MRR": money,
            "Subscription": self.status,
            "Stage": f"{self.stage.value}{since}" if self.stage is not None else None,
            "Health": f"{self.health_score:g}{grade}" if self.health_score is not None else None,
            "Renewal": self.renewal_date,
            "Manager": self.csm_email,
            "Plays": ", ".join(self.plays) if self.plays else None,
        }
        return tuple(f"{name}: {value}" for name, value in said.items() if value is not None)


Shareable = Literal[
    "name",
    "email",
    "first_name",
    "plan",
    "segment",
    "mrr",
    "status",
    "stage",
    "health",
    "renewal_date",
    "csm",
    "plays",
    "notes",
]
"""Groups of fields that the settings let out."""


class SaveAccount(Carried):
    """Write the account as it is when this is delivered: of several that wait, one is enough."""

    kind: Literal["save_account"] = "save_account"


class AddTask(Carried):
    """Something a person is asked to do."""

    kind: Literal["add_task"] = "add_task"
    type: Short
    title: Short
    text: Long = ""
    due: Instant
    priority: Priority = Priority.NORMAL
    owner_email: str | None = None


class AddNote(Carried):
    """Something to remember on the account."""

    kind: Literal["add_note"] = "add_note"
    title: Short
    text: Long
    at: Instant


class SaveDeal(Carried):
    """A renewal or an expansion opportunity; saved again under the same number it is the same deal."""

    kind: Literal["save_deal"] = "save_deal"
    number: Short = Field(description="Our key of the deal.")
    purpose: Literal["renewal", "expansion"]
    name: Short
    amount: Decimal | None = None
    currency: str | None = None
    stage: Literal["open", "won", "lost"] = "open"
    close_date: date | None = None


class ReportPlay(Carried):
    """A play began or ended."""

    kind: Literal["report_play"] = "report_play"
    run: Short
    playbook: Short
    status: Short
    reason: Short = ""
    at: Instant

    @property
    def line(self) -> str:
        """How it stands, and why."""
        return f"{self.status}: {self.reason}" if self.reason else self.status


class ShowInApp(Carried):
    """A message for the customer to see in the product."""

    kind: Literal["show_in_app"] = "show_in_app"
    title: Short
    text: Long


class Button(Value):
    """One button of a chat message; ``value`` comes back when it is pressed."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=75)]
    action: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.:-]{1,100}$")]
    value: Annotated[str, StringConstraints(max_length=2000)] = ""
    url: str = ""
    style: Literal["", "primary", "danger"] = ""


class PostChat(Carried):
    """A message to our own people; to one person by e-mail address, else to the channel."""

    kind: Literal["post_chat"] = "post_chat"
    title: Short
    text: Long = ""
    to_email: str | None = None
    buttons: tuple[Button, ...] = ()


class UpdateChat(Carried):
    """What became of a message of ours: it says so in its place, and its buttons are gone."""

    kind: Literal["update_chat"] = "update_chat"
    post: str = Field(description="Key of the delivery that posted the message.")
    text: Long


class SavePage(Carried):
    """A page of knowledge about the account, such as a handover or a review."""

    kind: Literal["save_page"] = "save_page"
    number: Short = Field(description="Our key of the page: the customer, a slash, and what it is of that customer.")
    title: Short
    paragraphs: tuple[Long, ...]
    account: bool = Field(default=False, description="Say at the end how the account stands, as far as it is shared.")


Operation = Annotated[
    SaveAccount | AddTask | AddNote | SaveDeal | ReportPlay | ShowInApp | PostChat | UpdateChat | SavePage,
    Field(discriminator="kind"),
]


class Receipt(Value):
    """What the other system answered: its id of what was made, where it gave one."""

    reference: str = ""
    said: str = ""


Door = Literal["smtp", "n8n"]
"""What we reach besides: the mail server, and n8n. They have no account of a customer to write to."""


class Standing(Value):
    """How we stand with a system (``integrations check``)."""

    system: System | Door
    connected: bool
    account: str = Field(default="", description="As whom, or to which account.")
    missing: tuple[str, ...] = Field(default=(), description="Rights or objects that are not there.")
    unchecked: tuple[str, ...] = Field(default=(), description="What no harmless call can tell.")
    error: str = ""


class Page(Value, Generic[Item]):
    """A page of a listing; ``next`` is the cursor of the following one, None at the end."""

    items: tuple[Item, ...]
    next: str | None = None


class OutsideTicket(Carried):
    """A support ticket as the desk tells it. Text is foreign data."""

    ticket_id: str
    requester_email: str | None = None
    company: str | None = Field(default=None, description="The desk's id of the organisation.")
    contact: str | None = Field(default=None, description="The desk's id of who asks, where that is all it tells.")
    external_id: str | None = Field(default=None, description="Our customer id, where the desk knows it.")
    subject: str = ""
    text: str = ""
    status: Literal["open", "closed"]
    priority: str | None = None
    tags: tuple[str, ...] = ()
    csat: int | None = None
    created_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None


class UsageDay(Carried):
    """How often one account used one feature on one day."""

    customer: str
    day: date
    feature: str
    count: int


class OutsideAccount(Carried):
    """An account as a CS platform knows it."""

    external_id: str
    customer: str | None = Field(default=None, description="Our id, where the platform keeps it.")
    name: str | None = None
    fields: dict[str, JsonValue] = Field(default_factory=dict)
