"""How we stand with n8n: its health is asked for, its webhooks are left alone."""

import httpx
import pytest

from integrations.n8n import N8n, instance_of, instances
from models.outside import Standing
from tests.integrations.vendor_double import Reply, double

WELL = Reply(200, {"status": "ok"})


async def checked(base: str, timeout: float = 5.0) -> Standing:
    async with httpx.AsyncClient(trust_env=False) as http:
        n8n = N8n(http, base=base, targets=("cs_events", "alerts"), setting="N8N_CS_WEBHOOK_URL", timeout=timeout)
        return await n8n.check()


async def test_its_health_is_asked_for_and_nothing_is_started() -> None:
    async with double(WELL) as vendor:
        found = await checked(f"{vendor.base}/automation")
    assert found.connected
    assert found.account == f"{vendor.base}/automation for cs_events, alerts"
    assert not found.missing
    assert "only a post tells" in found.unchecked[0]
    [asked] = vendor.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("GET", "/automation/healthz", {}, b"")
    assert "authorization" not in asked.headers


async def test_a_login_in_the_address_is_used_and_never_shown() -> None:
    async with double(Reply(401, {"message": "no: hunter2-hunter2"})) as vendor:
        base = vendor.base.replace("http://", "http://bot:hunter2-hunter2@")
        refused = await checked(base)
        vendor.replies = [WELL]
        found = await checked(base)
    assert not refused.connected
    assert "N8N_CS_WEBHOOK_URL" in refused.error
    assert "HTTP 401" in refused.error
    assert "hunter2" not in f"{refused} {found}"
    assert vendor.asked[0].headers["authorization"].startswith("Basic ")
    assert found.connected


async def test_a_host_that_is_not_there() -> None:
    async with double(WELL) as vendor:
        base = vendor.base
    found = await checked(base)
    assert not found.connected
    assert "cannot be reached" in found.error


@pytest.mark.parametrize(
    ("reply", "connected", "says"),
    [
        (Reply(404, {"message": "no such page"}), True, "/healthz of an n8n (n8n: HTTP 404 no such page)"),
        (Reply(200, {"status": "starting"}), True, "does not say that it is well"),
        (Reply(302, None, {"location": "/login"}), False, "redirect"),
        (Reply(503, {"message": "Database is not ready!"}), False, "Database is not ready!"),
        (Reply(200, misbehave="not json"), False, "not JSON"),
        (Reply(200, []), False, "unknown form"),
        (Reply(200, misbehave="hang"), False, "no answer"),
    ],
)
async def test_what_it_answers_is_told(reply: Reply, connected: bool, says: str) -> None:
    async with double(reply) as vendor:
        found = await checked(vendor.base, timeout=0.5 if reply.misbehave == "hang" else 5)
    assert found.connected is connected
    assert says in "; ".join((*found.missing, found.error))


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://n8n.example/webhook/steadfast-lifecycle", "https://n8n.example"),
        ("https://n8n.example:5678/webhook-test/a?key=1", "https://n8n.example:5678"),
        ("https://us.example/flows/n8n/webhook/a/b", "https://us.example/flows/n8n"),
        ("https://hooks.example/in/42?secret=s#x", "https://hooks.example"),
        ("https://bot:pw@n8n.example/webhook/a", "https://bot:pw@n8n.example"),
    ],
)
def test_the_instance_is_what_stands_before_the_webhook(url: str, base: str) -> None:
    assert instance_of(url) == base


def test_addresses_of_one_instance_are_asked_once() -> None:
    urls = {"cs_events": "https://a.example/webhook/1", "alerts": "https://b.example/webhook/2"}
    more = {**urls, "expansion": "https://a.example/webhook/3"}
    assert instances(more) == {"https://a.example": ("cs_events", "expansion"), "https://b.example": ("alerts",)}
    assert instances(urls, "https://n8n.example") == {"https://n8n.example": ("cs_events", "alerts")}
    assert instances({}) == {}
