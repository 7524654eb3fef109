"""Bad input over HTTP: 422 with the field and the reason, and nothing is kept; no manager is no fault."""

import pytest

from tests.console.kit import VIRTUAL, Console, customer
from tests.intake.bad_input import wrong

CASES = wrong(VIRTUAL)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
async def test_bad_input_is_refused_by_name_and_changes_nothing(
    console: Console, case: tuple[str, dict[str, object], str, str]
) -> None:
    _, body, field, reason = case
    answer = await console.post(body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert reason in answer.json()["reason"]
    assert await console.undelivered() == 0
    async with console.store.read() as tx:
        assert await tx.customers.get("C-wrong") is None


async def test_a_customer_without_a_manager_is_taken(console: Console) -> None:
    assert (await console.post(customer())).status_code == 202
