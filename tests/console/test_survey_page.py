"""The survey page and the product's feed: signed, once, readable by anybody, safe from scanners and from strangers."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy import text

from intake.links import feed_token, sign, survey_url
from models.records import Customer, InAppNotice
from persistence.store import SqlStore
from tests.console.kit import SECRET, VIRTUAL, Console

ORIGIN = "https://app.example.com"


@pytest.fixture
async def asked(console: Console, store: SqlStore) -> str:
    """The path of a survey page of a customer who is there."""
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Sol", email="ana@sol.example"))
    return survey_url("", SECRET, customer="C-1", survey="nps:C-1:2031Q1")


async def _events(store: SqlStore) -> list[dict[str, object]]:
    async with store.database.read() as connection:
        rows = (await connection.execute(text("SELECT body FROM inbox WHERE source = 'survey'"))).scalars()
        return [json.loads(row) for row in rows]


class _Page(HTMLParser):
    """Inputs, their labels, and the language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str | None]] = []
        self.labelled: list[bool] = []
        self.language = ""
        self._labels = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        self._labels += tag == "label"
        if tag == "input":
            self.inputs.append(given)
            self.labelled.append(self._labels > 0)

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"


async def test_looking_records_nothing_even_with_a_score_in_the_link(
    console: Console, store: SqlStore, asked: str
) -> None:
    response = await console.http.get(f"{asked}?score=9&lang=en")
    page = _Page(response.text)
    assert response.status_code == 200
    assert page.language == "en"
    assert [one["value"] for one in page.inputs] == [str(number) for number in range(11)]
    assert [one["value"] for one in page.inputs if "checked" in one] == ["9"]
    assert all(page.labelled)
    assert await _events(store) == []
    assert (await console.http.head(asked)).status_code in (200, 405)


async def test_an_answer_is_recorded_once_with_its_comment(console: Console, store: SqlStore, asked: str) -> None:
    first = await console.http.post(asked, data={"score": "6", "comment": "Caro <b>y</b> lento\nde verdad"})
    assert first.status_code == 200
    assert "Gracias" in first.text
    again = await console.http.post(asked, data={"score": "10"})
    assert "se queda como estaba" in again.text
    [event] = await _events(store)
    assert event["type"] == "survey_answered"
    assert event["customer"]["id"] == "C-1"  # type: ignore[index]  # JSON
    assert event["data"] == {
        "survey_id": "nps:C-1:2031Q1",
        "kind": "nps",
        "score": 6,
        "feedback": "Caro <b>y</b> lento\nde verdad",
    }


@pytest.mark.parametrize("score", ["", "11", "-1", "9.5", "nine", "٣", "007"])
async def test_a_score_that_is_none_is_asked_for_again_and_the_comment_kept(
    console: Console, store: SqlStore, asked: str, score: str
) -> None:
    response = await console.http.post(f"{asked}?lang=en", data={"score": score, "comment": "<script>x</script>"})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "&lt;script&gt;x&lt;/script&gt;" in response.text
    assert await _events(store) == []


async def test_a_form_that_is_too_large_or_no_text_is_refused(console: Console, store: SqlStore, asked: str) -> None:
    for body in (b"score=9&comment=" + b"x" * 40_000, b"\xff\xfe"):
        response = await console.http.post(asked, content=body)
        assert response.status_code == 422
    assert await _events(store) == []


async def test_a_long_comment_is_cut_to_what_the_page_promises(console: Console, store: SqlStore, asked: str) -> None:
    await console.http.post(asked, data={"score": "8", "comment": "ñ" * 2500})
    [event] = await _events(store)
    assert event["data"]["feedback"] == "ñ" * 2000  # type: ignore[index]  # JSON


async def test_a_link_that_is_not_ours_asks_nothing(console: Console, asked: str) -> None:
    foreign = sign(SECRET, "unsubscribe", json.dumps(["C-1", "nps:1"]))
    for path in (f"{asked}x", f"/survey/{foreign}", "/survey/nonsense"):
        assert (await console.http.get(path)).status_code == 404
        assert (await console.http.post(path, data={"score": "9"})).status_code == 404


async def test_an_erased_customer_is_asked_nothing(console: Console) -> None:
    gone = survey_url("", SECRET, customer="C-gone", survey="s")
    assert (await console.http.get(gone)).status_code == 404


async def test_the_page_needs_no_script_and_loads_nothing_from_elsewhere(console: Console, asked: str) -> None:
    html = (await console.http.get(asked)).text
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!/static/)', html)


# The feed of a product's own page


async def _notice(store: SqlStore, key: str) -> None:
    async with store.begin() as tx:
        await tx.work.add_in_app(
            InAppNotice(key=key, customer="C-1", type="t", title="Hola", message="Sigue aquí", at=VIRTUAL)
        )


async def test_the_feed_is_for_one_customer_and_marks_what_it_showed(
    console: Console, store: SqlStore, asked: str
) -> None:
    await _notice(store, "n1")
    token = feed_token(SECRET, "C-1")
    first = await console.http.get("/api/feed/C-1", params={"token": token, "unseen": "true"})
    assert [one["title"] for one in first.json()["notices"]] == ["Hola"]
    console.hands.wall += timedelta(seconds=5)
    assert (await console.http.get("/api/feed/C-1", params={"token": token, "unseen": "true"})).json() == {
        "notices": []
    }
    bearer = {"authorization": f"Bearer {token}"}
    [seen] = (await console.http.get("/api/feed/C-1", headers=bearer)).json()["notices"]
    assert seen["shown_at"] == first.json()["notices"][0]["shown_at"]


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", feed_token(SECRET, "C-2"), sign(SECRET, "customer", "C-1"), SECRET.get_secret_value()],
)
async def test_the_feed_is_closed_to_any_other_token(console: Console, store: SqlStore, asked: str, token: str) -> None:
    await _notice(store, "n1")
    response = await console.http.get("/api/feed/C-1", params={"token": token})
    assert response.status_code == 401
    async with store.begin() as tx:
        assert [one.shown_at for one in await tx.work.in_app("C-1")] == [None]


async def test_only_pages_of_the_product_read_it_in_a_browser(console: Console, asked: str) -> None:
    token = feed_token(SECRET, "C-1")
    object.__setattr__(console.deps, "product_origin", ORIGIN)
    ours = await console.http.get("/api/feed/C-1", params={"token": token}, headers={"origin": ORIGIN})
    assert ours.headers["access-control-allow-origin"] == ORIGIN
    assert ours.headers["cross-origin-resource-policy"] == "cross-origin"
    foreign = await console.http.get("/api/feed/C-1", params={"token": token}, headers={"origin": "https://x.example"})
    assert "access-control-allow-origin" not in foreign.headers
    preflight = await console.http.options("/api/feed/C-1", headers={"origin": ORIGIN})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "authorization"
