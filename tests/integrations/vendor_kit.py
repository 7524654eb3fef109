"""What the cases of every adapter are made of: what is told, and what must be asked."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from models.enums import LifecycleStage, Plan, Priority
from models.message import OutgoingMail
from models.outside import Account, AddNote, AddTask, Button, PostChat, ReportPlay, SaveDeal, SavePage, ShowInApp
from tests.integrations.vendor_double import Reply

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
KEY = "sequence:C-1:low_usage:1|0|task"
SECRET = "the-secret-of-the-vendor"
ACCOUNT = Account(
    customer="C-1",
    name="Núñez & Cía",
    email="ana@nunez.example",
    first_name="Ana",
    plan=Plan.GROWTH,
    mrr=Decimal("490.00"),
    currency="EUR",
    stage=LifecycleStage.AT_RISK,
    health_score=38.5,
    health_grade="F",
    renewal_date=date(2026, 9, 1),
    plays=("engagement.low_usage_alert",),
)
MAPPED = ACCOUNT.model_copy(update={"external_id": "X-9"})
TASK = AddTask(
    type="call", title="Call Ana", text="Usage <fell>", due=NOON, priority=Priority.HIGH, owner_email="eva@us.example"
)
NOTE = AddNote(title="Low usage", text="Down 52 %", at=NOON)
DEAL = SaveDeal(
    number="renewal:C-1:2026-09-01",
    purpose="renewal",
    name="Renewal",
    amount=Decimal("5880"),
    currency="EUR",
    close_date=date(2026, 9, 1),
)
PLAY = ReportPlay(run="sequence:C-1:x:1", playbook="engagement.low_usage_alert", status="started", at=NOON)
SHOW = ShowInApp(title="Welcome <back>", text="Resume the import")
CHAT = PostChat(
    title="C-1 <!channel> asks",
    text="Refund?",
    buttons=(Button(label="Approve", action="approve", value="a-1", style="primary"),),
)
PAGE = SavePage(number="qbr:C-1:2026Q2", title="QBR", paragraphs=("One", "x" * 2500))
MAIL = OutgoingMail(
    key=KEY,
    message_id="<m@us.example>",
    to="ana@nunez.example",
    to_name="Ana",
    from_email="eva@us.example",
    from_name='Eva "CS"',
    subject="Hola",
    text="Hola",
    html="<p>Hola</p>",
    list_unsubscribe="https://us.example/unsubscribe/t",
)


@dataclass(frozen=True)
class Want:
    """One request that must come: method, path, and what its headers, query and body must hold."""

    method: str
    path: str
    reply: Reply
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)
    """Dotted path into the JSON body (or field of the form) to its value."""


@dataclass(frozen=True)
class Case:
    """A call, and the conversation it must be. ``decisive``: its request that matters; is it ``repeatable``?"""

    name: str
    make: Callable[[httpx.AsyncClient, str], Any]
    act: Callable[[Any], Awaitable[Any]]
    wants: tuple[Want, ...]
    auth: tuple[str, str]
    repeatable: bool = True
    decisive: int = -1
    read: bool = True
    """Whether anything of the decisive answer is decoded."""


def ok(body: Any = None, status: int = 200) -> Reply:
    return Reply(status, body)


BEARER = ("authorization", f"Bearer {SECRET}")


def basic(user: str, password: str) -> tuple[str, str]:
    return ("authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


def alone(
    name: str,
    make: Callable[[httpx.AsyncClient, str], Any],
    act: Callable[[Any], Awaitable[Any]],
    want: Want,
    auth: tuple[str, str],
    *,
    repeatable: bool = True,
    read: bool = True,
) -> Case:
    """A call that is one request."""
    return Case(name, make, act, (want,), auth, repeatable=repeatable, read=read)
