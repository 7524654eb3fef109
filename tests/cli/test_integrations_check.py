"""``integrations check`` of the mail server and of n8n, on real sockets."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from starter import main
from tests.harness import mailbox
from tests.integrations.vendor_double import Reply, double

Run = Callable[..., Any]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))

    async def command(*words: str, **env: object) -> tuple[int, str, str]:
        for name, value in env.items():
            monkeypatch.setenv(name, str(value))
        code = await asyncio.to_thread(main, ["integrations", "check", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


async def test_the_embedded_catcher_is_no_outside_system(check: Run) -> None:
    code, out, _ = await check()
    assert code == 0
    assert "Mail reaches nobody" in out
    assert json.loads((await check("--json"))[1]) == []


async def test_the_mail_server_and_n8n_are_tried_without_sending_or_starting_anything(check: Run) -> None:
    async with mailbox() as box, double(Reply(200, {"status": "ok"})) as n8n:
        env = {
            "STEADFAST_SMTP_HOST": box.host,
            "STEADFAST_SMTP_PORT": box.port,
            "N8N_CS_WEBHOOK_URL": f"{n8n.base}/webhook/steadfast-lifecycle?key=not-to-be-shown",
            "N8N_ALERTS_WEBHOOK_URL": f"{n8n.base}/webhook/steadfast-alerts",
        }
        code, out, _ = await check("--json", **env)
        told = {one["system"]: one for one in json.loads(out)}
        assert code == 0
        assert told["smtp"]["account"] == f"{box.host}:{box.port} (without a login, not encrypted)"
        assert told["n8n"]["account"] == f"{n8n.base} for cs_events, alerts"
        assert told["smtp"]["unchecked"]
        assert told["n8n"]["unchecked"]
        _, shown, _ = await check()
        n8n.replies = [Reply(401, {"message": "who are you"})]
        code, out, err = await check("--json")
    assert ("not checked" in shown, "not-to-be-shown" in shown + out) == (True, False)
    assert (box.mails, {one.path for one in n8n.asked}, {one.method for one in n8n.asked}) == (
        [],
        {"/healthz"},
        {"GET"},
    )
    assert code == 1
    assert "not connected: n8n" in err


async def test_who_is_not_there_is_named(check: Run) -> None:
    async with mailbox() as box:
        pass
    env = {
        "STEADFAST_SMTP_HOST": box.host,
        "STEADFAST_SMTP_PORT": box.port,
        "STEADFAST_N8N_BASE_URL": "http://x.example",
    }
    code, out, err = await check("--json", **env)
    [told] = json.loads(out)
    assert (code, told["connected"]) == (1, False)
    assert f"{box.host}:{box.port}" in told["error"]
    assert "not connected: smtp" in err


async def test_mail_that_another_system_hands_over_needs_no_server(check: Run) -> None:
    async with mailbox() as box, double(Reply(200, {"email": "ok"})) as vendor:
        env = {
            "STEADFAST_SMTP_HOST": box.host,
            "STEADFAST_SMTP_PORT": box.port,
            "STEADFAST_MAIL_BY": "customerio",
            "STEADFAST_CUSTOMERIO_APP_KEY": "a-key-of-theirs",
            "STEADFAST_CUSTOMERIO_BASE": vendor.base,
        }
        told = json.loads((await check("--json", **env))[1])
    assert [one["system"] for one in told] == ["customerio"]
