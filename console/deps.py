"""What the pages are given, as values: made by ``console.app``, or by a test."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from pydantic import SecretStr

from activities.ports import Playbooks, Store, Transaction
from console.counters import Counters
from console.prompt import PromptDelivery
from intake.answers import Answers
from intake.signature import Verifier
from intake.vendors.doors import Doors
from models.clock import Clock
from models.enums import Language

if TYPE_CHECKING:  # the pages are given these; only the application makes them
    from persistence.caught_mail import CaughtMailStore
    from persistence.in_app_feed import InAppFeed
    from persistence.portfolio import Portfolio

Check = Callable[[], Awaitable[str]]
"""One part of readiness: says how it stands, or raises."""


class ReadableStore(Store, Protocol):
    """A store that can also be read without holding up any writer."""

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that only reads."""
        ...


@dataclass(frozen=True)
class Deps:
    """Everything the pages work with. ``wall`` is the wall clock: for signatures, and as what ``clock`` maps."""

    store: ReadableStore
    delivery: PromptDelivery
    clock: Clock
    wall: Callable[[], datetime]
    currency: str
    portfolio: "Portfolio"
    mailbox: "CaughtMailStore"
    feed: "InAppFeed"
    undelivered: Callable[[], Awaitable[int]]
    counters: Counters
    secret: SecretStr | None = None
    verifier: Verifier | None = None
    max_event_bytes: int = 262_144
    doors: Doors | None = None
    playbooks: Playbooks | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    decode: Callable[[bytes], Awaitable[str]] | None = None
    ui_origins: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    product: str = "Steadfast"
    product_origin: str = ""
    answers: Answers | None = None
    language: Language = Language.ES
    """The house's, in which its own people are written to."""

    def now(self) -> datetime:
        """The virtual present."""
        return self.clock.virtual(self.wall())


def given(request: Request) -> Deps:
    """The dependencies of the application that serves this request."""
    deps: Deps = request.app.state.deps
    return deps


Given = Annotated[Deps, Depends(given)]
