"""The other doors: unsubscribing, health, figures, the codec's endpoint, and names that are not ours."""

import dataclasses

import httpx
import pytest
from temporalio.client import Client

from console.probes import TemporalProbes
from console.web import create_app
from intake.links import unsubscribe_url
from tests.console.kit import SECRET, Console, signup
from tests.console.seed import seed

UI = "http://localhost:8233"


def link(customer: str = "C-1", address: str = "Ana@Espiga.example") -> str:
    return unsubscribe_url("http://localhost", SECRET, customer=customer, address=address)


async def suppressed(console: Console, address: str) -> str | None:
    async with console.store.read() as transaction:
        return await transaction.communications.suppressed(address)


async def test_following_the_link_asks_and_pressing_the_button_does_it(console: Console) -> None:
    await seed(console.store)
    asked = await console.http.get(link())
    assert asked.status_code == 200
    assert "A…@Espiga.example" in asked.text
    assert await suppressed(console, "ana@espiga.example") is None
    for _ in range(2):
        done = await console.http.post(link(), data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, "Hecho" in done.text) == (200, True)
    assert await suppressed(console, "ana@espiga.example") == "unsubscribed"


async def test_an_altered_link_does_nothing(console: Console) -> None:
    for address in (link()[:-2], "/unsubscribe/a.b", "/unsubscribe/x"):
        assert (await console.http.post(address)).status_code == 404


async def test_alive_is_not_ready(console: Console) -> None:
    async def fine() -> str:
        return "answers"

    probes = TemporalProbes(await Client.connect("127.0.0.1:1", lazy=True), "nobody", console.hands)
    deps = dataclasses.replace(console.deps, checks={"database": fine, "temporal": probes.temporal})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(deps)), base_url="http://any.name") as http:
        alive, ready = await http.get("/health"), await http.get("/ready")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert ready.status_code == 503
    parts = ready.json()["parts"]
    assert parts["database"] == {"ready": True, "detail": "answers"}
    assert parts["temporal"]["ready"] is False
    assert "connect" in parts["temporal"]["detail"]


async def test_ready_means_that_a_worker_polls(console: Console, dev_client: Client) -> None:
    probes = TemporalProbes(dev_client, "nobody-works-here", console.hands)
    deps = dataclasses.replace(console.deps, checks={"temporal": probes.temporal, "worker": probes.worker})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(deps)), base_url="http://any.name") as http:
        ready = await http.get("/ready")
    assert {name: part["ready"] for name, part in ready.json()["parts"].items()} == {"temporal": True, "worker": False}


async def test_figures_tell_what_came_in_and_what_waits(console: Console) -> None:
    await console.post(signup())
    await console.post(signup())
    await console.post(b"{}")
    told = (await console.http.get("/metrics")).text
    assert 'steadfast_events_received_total{answer="202",type="subscription_created"} 1.0' in told
    assert 'steadfast_events_received_total{answer="200",type="subscription_created"} 1.0' in told
    assert 'steadfast_events_received_total{answer="422",type="unknown"} 1.0' in told
    assert "steadfast_inbox_undelivered 1.0" in told


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8700", 200), ("127.0.0.1", 200), ("[::1]:8700", 200), ("console.example.com", 200),
        ("CONSOLE.example.com:443", 200), ("evil.example", 421), ("localhost.evil.example", 421), ("", 421),
    ],
)  # fmt: skip
async def test_pages_answer_to_names_of_ours_only(console: Console, host: str, status: int) -> None:
    for path in ("/customers", "/mail", "/api/customers"):
        assert (await console.http.get(path, headers={"host": host})).status_code == status


async def test_machines_may_use_any_name(console: Console) -> None:
    answer = await console.post(signup(), host="console:8700")
    assert answer.status_code == 202


async def test_every_answer_keeps_to_itself(console: Console) -> None:
    for path in ("/customers", "/health", "/nothing", "/static/style.css"):
        headers = (await console.http.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def _codec(console: Console, origin: str | None) -> httpx.Response:
    async def decode(body: bytes) -> str:
        return '{"payloads": []}'

    deps = dataclasses.replace(console.deps, decode=decode, ui_origins=frozenset({UI}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(deps)), base_url="http://localhost") as http:
        return await http.post("/codec/decode", content=b"{}", headers={"origin": origin} if origin else {})


async def test_payloads_are_decoded_for_temporals_ui_only(console: Console) -> None:
    answer = await _codec(console, UI)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, UI)
    for origin in (None, "null", "http://evil.example", UI + ".evil.example"):
        refused = await _codec(console, origin)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
    assert (await console.http.post("/codec/decode", content=b"{}")).status_code == 404
