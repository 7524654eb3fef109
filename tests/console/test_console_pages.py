"""The pages: everything from outside stands there escaped, and nothing else can be reached through them."""

import re

import pytest

from console.mailbox import PAGE
from tests.console.kit import SECRET, VIRTUAL, Console
from tests.console.seed import HOSTILE, catch, mail, seed


def no_markup_of_theirs(page: str) -> bool:
    return "<script" not in page and "<img" not in page and "onerror=alert(2)>" not in page


async def test_a_customers_page_shows_everything_and_runs_nothing(console: Console) -> None:
    await seed(console.store, name=HOSTILE)
    answer = await console.http.get("/customers/C-1")
    assert answer.status_code == 200
    assert no_markup_of_theirs(answer.text)
    shown = (
        "onboarding",
        "no channel connected",
        "40 %",
        "Call Ana",
        "kickoff",
        "¡Bot listo!",
        "L2",
        "250 OK",
        "149.00",
    )
    assert [each for each in shown if each not in answer.text] == []


async def test_a_customer_is_json_too(console: Console) -> None:
    await seed(console.store)
    answer = (await console.http.get("/api/customers/C-1")).json()
    assert answer["customer"]["stage"] == "onboarding"
    assert [each["to_stage"] for each in answer["history"]] == ["onboarding", "trial"]
    assert {each["run"]["status"] for each in answer["runs"]} == {"running", "goal_met"}
    missing = await console.http.get("/api/customers/C-2")
    assert (missing.status_code, missing.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "address", ["/customers/C-2", "/customers/%00", f"/customers/{'x' * 500}", "/mail/7", "/mail/7/html"]
)
async def test_what_is_not_there_is_said_to_be_missing(console: Console, address: str) -> None:
    assert (await console.http.get(address)).status_code == 404


async def test_the_list_is_paged_by_key_and_searched(console: Console) -> None:
    for number in range(5):
        said: dict[str, object] = {"id": f"C/{number}", "name": f"{HOSTILE} {number}", "plan": "pro"}
        await _apply(console, number, said)
    first = await console.http.get("/customers", params={"limit": 3})
    assert first.status_code == 200
    assert no_markup_of_theirs(first.text)
    following = re.search(r'href="([^"]+after=[^"]+)"', first.text)
    assert following is not None
    second = await console.http.get(following[1].replace("&amp;", "&"))
    assert "C/3" in second.text
    assert "C/0" not in second.text
    assert (await console.http.get("/customers/C%2F3")).status_code == 200
    found = (await console.http.get("/api/customers", params={"search": "C/4"})).json()
    assert [each["id"] for each in found["customers"]] == ["C/4"]
    assert (await console.http.get("/api/customers", params={"limit": 0})).status_code == 422
    assert (await console.http.get("/customers", params={"stage": "nonsense", "search": "\0%_"})).status_code == 200


async def _apply(console: Console, number: int, said: dict[str, object]) -> None:
    from models.events import Event
    from tests.console.kit import signup

    async with console.store.begin() as transaction:
        event = Event.model_validate(signup(event_id=f"e-{number}", customer=said))
        await transaction.customers.apply(event, currency="EUR")


async def test_a_hostile_mail_is_shown_and_held(console: Console) -> None:
    number = await catch(
        console.store, mail("Hola", f"{HOSTILE}\nhttps://x.example/?a=1&b=2", f"<p>{HOSTILE}</p>"), HOSTILE
    )
    listed, shown, framed = [
        await console.http.get(path) for path in ("/mail", f"/mail/{number}", f"/mail/{number}/html")
    ]
    assert no_markup_of_theirs(listed.text)
    assert no_markup_of_theirs(shown.text)
    assert 'href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer"' in shown.text
    assert f'<iframe sandbox src="/mail/{number}/html"' in shown.text
    assert "script-src 'none'" in shown.headers["content-security-policy"]
    # The frame holds it as it came, under a policy that lets it do nothing.
    assert HOSTILE in framed.text
    policy = framed.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "sandbox;" in policy
    assert "x-frame-options" not in framed.headers
    assert shown.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00\x01" * 50,
        b"Subject: =?utf-8?b?////?=\r\nFrom: <<<@@>\r\nTo: ;;;\r\n\r\n\xff\xff",
        b"Content-Type: text/html; charset=klingon\r\n\r\n<p>x</p>",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx",
        b"From: " + b"a" * 5000 + b"\r\n\r\nx",
    ],
)
async def test_a_broken_mail_still_has_a_page(console: Console, raw: bytes) -> None:
    number = await catch(console.store, raw, "broken")
    assert (await console.http.get(f"/mail/{number}")).status_code == 200
    assert (await console.http.get(f"/mail/{number}/html")).status_code in (200, 404)


async def test_the_mailbox_is_paged(console: Console) -> None:
    for number in range(PAGE + 1):
        await catch(console.store, b"", f"mail {number}.")
    assert "mail 0." not in (await console.http.get("/mail")).text
    assert "mail 0." in (await console.http.get("/mail", params={"before": 2})).text


async def test_the_feed_is_for_the_product_only_and_notes_the_first_showing(console: Console) -> None:
    await seed(console.store)
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": SECRET.get_secret_value()}):
        assert (await console.http.get("/api/in-app/C-1", headers=headers)).status_code == 401
    right = {"authorization": f"Bearer {SECRET.get_secret_value()}"}
    first = (await console.http.get("/api/in-app/C-1", headers=right)).json()["notices"]
    console.hands.wall += VIRTUAL - VIRTUAL.replace(second=0)
    assert [(each["title"], each["shown_at"]) for each in first] == [("¡Bot listo!", "2031-01-06T09:00:00Z")]
    again = (await console.http.get("/api/in-app/C-1", headers=right)).json()["notices"]
    assert again == first
    assert (await console.http.get("/api/in-app/a@b.example", headers=right)).status_code == 422
