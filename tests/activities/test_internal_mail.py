"""Mail to our own people: stored with what it tells of, handed over once, and honest about a kill in between."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from activities.internal_mail import InternalPost
from composition.company import house
from intake.answer_links import SignedAnswers, read_answer
from integrations.smtp import SmtpMailer
from models.enums import Role
from models.errors import BadInput, Refused, Retryable
from models.message import OutgoingMail, SendReceipt
from models.people import InternalMail
from models.records import Customer
from persistence.store import SqlStore
from rendering.catalogue import Templates
from rendering.mail import build
from settings import Settings
from tests.harness import SECRET, Mailbox, mailbox
from tests.workflows.life import MARTA

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
LINKS = SignedAnswers("https://console.example", SecretStr(SECRET))


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Dying:
    """A mailer whose process dies while the server has the message, so many times."""

    mailer: SmtpMailer
    deaths: int = 0

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        receipt = await self.mailer.send(mail, date=date, before_data=before_data)
        if self.deaths:
            self.deaths -= 1
            raise Killed
        return receipt


@dataclass
class Desk:
    store: SqlStore
    box: Mailbox
    mailer: Dying
    post: InternalPost

    async def writes(self, **more: object) -> None:
        async with self.store.begin() as tx:
            await self.post.write(
                tx,
                key="k",
                workflow_id="save:C-1:x:1",
                customer=Customer(id="C-1", name="Panadería <Sol>"),
                to=MARTA,
                role=Role.CSM,
                title="Llamar hoy",
                now=NOW,
                **more,  # type: ignore[arg-type]  # the optional ones, by name
            )

    async def mail(self) -> InternalMail:
        async with self.store.read() as tx:
            found = await tx.internal_mails.get("k")
        assert found is not None
        return found


@pytest.fixture
async def desk(plain_url: str) -> AsyncIterator[Desk]:
    store = SqlStore.open(plain_url)
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Panadería <Sol>"))
    async with mailbox() as box:
        mailer = Dying(SmtpMailer(box.host, box.port, build, timeout=5, content_timeout=5))
        yield Desk(store, box, mailer, InternalPost(store, house(Settings()), Templates.load(), mailer, LINKS))
    await store.close()


async def test_it_is_handed_over_once_and_says_what_is_asked(desk: Desk) -> None:
    due = datetime(2026, 5, 4, 16, tzinfo=UTC)
    await desk.writes(due=due, items=["Motivos *y* más"], step="hear", outcomes=("reached", "no_answer"))
    await desk.writes(due=due)
    for _ in range(3):
        await desk.post.deliver("k", NOW)
    [mail] = desk.box.mails
    assert (mail["To"], mail["Subject"]) == ("Marta <marta@house.example>", "Panadería <Sol>: Llamar hoy")
    html = mail.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert "Panadería &lt;Sol&gt;" in shown
    assert "18:00" in shown
    assert "Motivos *y* más" in shown
    assert shown.count("https://console.example/answer/") == 2
    assert (await desk.mail()).status == "sent"


async def test_a_kill_while_the_server_has_it_is_tried_once_more_under_the_same_id(desk: Desk) -> None:
    await desk.writes()
    desk.mailer.deaths = 1
    with pytest.raises(Killed):
        await desk.post.deliver("k", NOW)
    assert (await desk.mail()).status == "sending"
    await desk.post.deliver("k", NOW)
    assert len({mail["Message-ID"] for mail in desk.box.mails}) == 1
    assert (len(desk.box.mails), (await desk.mail()).status, (await desk.mail()).resent) == (2, "sent", True)


async def test_after_a_second_kill_nobody_knows_and_nothing_is_sent_again(desk: Desk) -> None:
    await desk.writes()
    desk.mailer.deaths = 2
    for _ in range(2):
        with pytest.raises(Killed):
            await desk.post.deliver("k", NOW)
    for _ in range(2):
        await desk.post.deliver("k", NOW)
    assert (len(desk.box.mails), (await desk.mail()).status) == (2, "unknown")


async def test_a_refused_one_is_failed_and_one_that_waits_is_tried_again(desk: Desk) -> None:
    await desk.writes()
    desk.box.refuse = "451 later"
    with pytest.raises(Retryable):
        await desk.post.deliver("k", NOW)
    assert (await desk.mail()).status == "queued"
    desk.box.refuse = "550 no such person"
    await desk.post.deliver("k", NOW)
    assert ((await desk.mail()).status, desk.box.mails) == ("failed", [])
    await desk.post.deliver("nothing", NOW)


def test_a_link_proves_what_it_says_and_nothing_else() -> None:
    url = LINKS.link(
        workflow_id="save:C-1:x:1", customer="C-1", step="hear", outcome="reached", by="csm-marta", expires=NOW
    )
    token = url.rpartition("/")[2]
    told = read_answer(SecretStr(SECRET), token, now=NOW.replace(hour=9))
    assert (told.workflow_id, told.step, told.outcome, told.by) == ("save:C-1:x:1", "hear", "reached", "csm-marta")
    assert told.request_id == "link:save:C-1:x:1:hear:reached:csm-marta"
    with pytest.raises(Refused, match="this link was good until 2026-05-04 10:00 UTC"):
        read_answer(SecretStr(SECRET), token, now=NOW)
    head, _, tail = token.partition(".")
    other = LINKS.link(workflow_id="w", customer="C-2", step="s", outcome="o", by="b", expires=NOW)
    for wrong in ("", "x", token + "A", f"{other.rpartition('/')[2].partition('.')[0]}.{tail}", f"{head}.{head}"):
        with pytest.raises(BadInput, match="not a link of ours"):
            read_answer(SecretStr(SECRET), wrong, now=NOW.replace(hour=9))
