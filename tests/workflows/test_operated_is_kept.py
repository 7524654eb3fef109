"""The audit log holds an operator's act before it is asked for, and what came of it."""

from functools import partial

import pytest

from intake.operating import operate
from models.errors import NotFound, Refused
from models.operating import Act, OperateRequest
from tests.harness import Company
from tests.workflows.inline import act
from tests.workflows.plays import playbook, start
from tests.workflows.test_releases import stands, until

PLAY = playbook(act("hello"), act("later", delay="20 days"), id="test.kept")


def asked(step: str, act_: Act = Act.SKIP) -> OperateRequest:
    return OperateRequest(act=act_, step=step, by="Eva", reason="not needed", request_id=f"op-{act_}-{step}")


async def kept(here: Company, run: str) -> list[tuple[str, dict[str, object]]]:
    async with here.store.read() as tx:
        return [(one.action, dict(one.detail)) for one in await tx.audit.of(run)]


async def test_what_was_done_and_what_was_refused(dev_company: Company) -> None:
    now = await dev_company.now()
    async with dev_company.worker():
        handle = await start(dev_company, PLAY)
        await until(partial(stands, handle, "hello", "done"))
        with pytest.raises(Refused, match="only a failed act can be retried"):
            await operate(dev_company.store, dev_company.client, handle.id, asked("later", Act.RETRY), lambda: now)
        await operate(dev_company.store, dev_company.client, handle.id, asked("later"), lambda: now)
        await handle.result()
    log = await kept(dev_company, handle.id)
    assert [action for action, _ in log] == ["step_retry", "step_retry_refused", "step_skip", "step_skip_done"]
    assert log[2][1] == {"step": "later", "request": "op-skip-later", "reason": "not needed"}
    assert "only a failed act" in str(log[1][1]["why"])


async def test_one_that_dies_while_it_asks_has_left_who_and_why(
    dev_company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(_run: str) -> None:
        raise Killed

    now = await dev_company.now()
    monkeypatch.setattr(dev_company.client, "get_workflow_handle", die)
    with pytest.raises(Killed):
        await operate(dev_company.store, dev_company.client, "sequence:C-1:x:1", asked("later"), lambda: now)
    [(action, detail)] = await kept(dev_company, "sequence:C-1:x:1")
    assert (action, detail["reason"]) == ("step_skip", "not needed")


async def test_a_run_that_is_not_open(dev_company: Company) -> None:
    now = await dev_company.now()
    with pytest.raises(NotFound):
        await operate(dev_company.store, dev_company.client, "sequence:C-1:y:1", asked("later"), lambda: now)
    assert [action for action, _ in await kept(dev_company, "sequence:C-1:y:1")] == ["step_skip", "step_skip_refused"]
