"""The page and the API tell why a customer stands where it stands; hostile text in a reason runs nothing."""

from activities.manual_stage import ask
from models.enums import Severity
from models.signals import ChurnSignal, ChurnSignalType
from tests.console.kit import VIRTUAL, Console
from tests.console.seed import HOSTILE, seed


async def test_why_what_is_open_and_what_is_next(console: Console) -> None:
    await seed(console.store)
    signal = ChurnSignal(
        type=ChurnSignalType.FAILED_PAYMENT,
        severity=Severity.HIGH,
        description="a payment failed and is unresolved",
        metric="failed_payments",
        value=1,
        threshold=0,
        detected_at=VIRTUAL,
    )
    async with console.store.begin() as tx:
        await tx.signals.put("C-1", [signal])
        await ask(tx, "C-1", {"to": "churned", "actor": "marc", "reason": HOSTILE}, VIRTUAL)
    page = (await console.http.get("/customers/C-1")).text
    assert "<script" not in page
    shown = ("Why here", "failed_payments 1, threshold 0", "Call Ana")
    assert [each for each in shown if each not in page] == []
    explained = (await console.http.get("/api/customers/C-1")).json()["explained"]
    assert explained["health"] is None
    assert [(one["type"], one["value"], one["threshold"]) for one in explained["signals"]] == [("failed_payment", 1, 0)]
    assert {one["rule"] for one in explained["outlook"]} >= {"onboarding_done", "subscription_ended"}
    assert explained["why"]["rule"]
    assert len(explained["approvals"]) == 1
