"""How we stand with every system, whatever it answers: it is told, nothing is raised, and no secret is said."""

import httpx
import pytest

from integrations.churnzero import ChurnZero
from integrations.stripe import Stripe
from models.outside import System
from tests.integrations.vendor_cases import CASES
from tests.integrations.vendor_double import ECHO, Reply, double
from tests.integrations.vendor_kit import SECRET, Case

ONE_EACH = {case.name.partition(" ")[0]: case for case in CASES}
REFUSALS = {
    "401": Reply(401, ECHO),
    "404": Reply(404, ECHO),
    "500": Reply(500, ECHO),
    "redirect": Reply(302, None, {"location": "https://elsewhere.example"}),
    "not json": Reply(200, misbehave="not json"),
    "cut": Reply(200, {"a": 1}, misbehave="cut"),
    "closed": Reply(misbehave="close"),
    "odd": Reply(200, [[]]),
}


def test_every_system_is_here() -> None:
    assert set(ONE_EACH) == {system.value for system in System}


@pytest.mark.parametrize("case", ONE_EACH.values(), ids=ONE_EACH.keys())
async def test_a_check_tells_and_never_raises(case: Case) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for name, reply in REFUSALS.items():
            async with double(reply) as vendor:
                found = await case.make(http, vendor.base).check()
            if not vendor.asked:
                assert found.unchecked, "what is not tried is said"
                continue
            harmless = {one.method for one in vendor.asked}
            assert harmless <= {"GET", "POST"}
            if name != "odd":
                assert not found.connected or found.missing, name
            assert SECRET not in repr(found), name
        unreachable = await case.make(http, "http://127.0.0.1:1").check()
        assert not unreachable.connected or unreachable.unchecked


async def test_a_restricted_key_that_may_not_say_whose_it_is_still_reads() -> None:
    may, may_not = Reply(200, {"data": []}), Reply(403, {"error": {"message": "needs rak_accounts_kyc_basic_read"}})
    async with double(may_not, may, may, may_not, may) as vendor, httpx.AsyncClient(trust_env=False) as http:
        found = await Stripe(http, key=SECRET, base=vendor.base).check()
        vendor.replies = [Reply(401, {"error": {"message": "Invalid API Key"}})]
        wrong = await Stripe(http, key=SECRET, base=vendor.base).check()
    assert (found.connected, found.account) == (True, "the account of a restricted key")
    assert len(found.missing) == 1
    assert found.missing[0].startswith("invoices: read")
    assert not wrong.connected


async def test_what_can_only_be_written_to_is_not_tried() -> None:
    async with double(Reply(200, {"value": []})) as vendor, httpx.AsyncClient(trust_env=False) as http:
        pushed = await ChurnZero(http, app_key=SECRET, push=vendor.base).check()
        assert vendor.asked == []
        both = await ChurnZero(http, app_key=SECRET, push=vendor.base, rest=vendor.base, user="u", key="k").check()
        assert [one.path for one in vendor.asked] == ["/Account"]
    assert "app key" in pushed.unchecked[0]
    assert "app key" in both.unchecked[0]
    assert (pushed.missing != (), both.missing) == (True, ())
