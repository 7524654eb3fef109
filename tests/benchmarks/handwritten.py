"""The welcome sequence as a person would write it for this product alone: the baseline of the interpreter.

The same eight activities with the same input, keys, summaries and policies, the same exit, the same waits (none when
``day`` is 0) and the same last row; no playbook, no folding, no search attributes that change.
"""

import contextlib
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue
from temporalio import workflow

from activities.runs import RunActivities
from models.enums import RunStatus
from models.events import Occurrence
from models.ids import effect_key
from models.play import RunRecord, StepInput, StepRecord
from models.run import StepResult
from tests.benchmarks.values import Asked
from workflows import policies
from workflows.steps import ACTIVITIES


class Touch(NamedTuple):
    """One step."""

    id: str
    title: str
    action: str
    day: int
    params: dict[str, JsonValue]
    when: str | None = None


TOUCHES = (
    Touch("send_welcome_email", "Send the welcome mail", "send_message", 0, {"template": "welcome_email_self_serve"}),
    Touch("assign_csm", "Assign a manager", "assign_csm", 0, {}),
    Touch("create_success_plan", "Draft a success plan", "create_success_plan", 1, {}),
    Touch(
        "schedule_kickoff",
        "Propose the kickoff call",
        "propose_meeting",
        1,
        {"meeting": "kickoff", "task": {"es": "Reservar la reunión de arranque", "en": "Book the kickoff call"}},
        "has_kickoff",
    ),
    Touch(
        "send_onboarding_checklist",
        "Send the list of open steps",
        "send_message",
        2,
        {"template": "onboarding_checklist"},
    ),
    Touch("check_first_value", "Check that first value is reached", "check_first_value", 3, {}),
    Touch("send_tips_email", "Send tips for the present step", "send_message", 5, {"template": "onboarding_tips"}),
    Touch(
        "schedule_30_day_review", "Arrange the 30-day review", "schedule_review", 7, {"review": "day_30", "at_day": 30}
    ),
)
EXIT = ('subscription_status == "cancelled"', "the subscription ended")


@workflow.defn
class HandWritten:
    """The welcome sequence, by hand."""

    @workflow.init
    def __init__(self, asked: Asked) -> None:
        """Nothing has happened yet."""
        self.ended = False

    @workflow.signal
    def happened(self, seen: Occurrence) -> None:
        """The customer left."""
        self.ended = self.ended or seen.kind == "subscription_cancelled"

    @workflow.run
    async def run(self, asked: Asked) -> RunStatus:
        """The touches in order."""
        done: list[StepRecord] = []
        for touch in TOUCHES[: asked.steps]:
            due = asked.started + timedelta(days=asked.day * touch.day)
            await self._until(asked, (due - self._now(asked)).total_seconds())
            if self.ended:
                break
            result: StepResult = await workflow.execute_activity(
                ACTIVITIES[touch.action],
                StepInput(
                    key=effect_key(asked.workflow_id, 0, touch.id),
                    workflow_id=asked.workflow_id,
                    customer=asked.customer,
                    playbook="onboarding.welcome_sequence",
                    version=1,
                    fingerprint=asked.fingerprint,
                    step_id=touch.id,
                    action=touch.action,
                    params=touch.params,
                    when=touch.when,
                    exits=(EXIT,),
                    started=asked.started,
                    due=due,
                    now=self._now(asked),
                    clock=asked.clock,
                ),
                summary=touch.title,
                **policies.STEP,
            )
            done.append(
                StepRecord(
                    step_id=touch.id, status=result.status, result=result.status, due=due, ended=self._now(asked)
                )
            )
        status = RunStatus.EXITED if self.ended else RunStatus.COMPLETED
        record = RunRecord(
            workflow_id=asked.workflow_id,
            customer=asked.customer,
            process="sequence",
            playbook="onboarding.welcome_sequence",
            version=1,
            fingerprint=asked.fingerprint,
            status=status,
            reason=EXIT[1] if self.ended else "every step settled",
            started=asked.started,
            ended=self._now(asked),
            steps=tuple(done),
        )
        await workflow.execute_local_activity_method(RunActivities.close_run, record, **policies.CLOSE)
        return status

    async def _until(self, asked: Asked, seconds: float) -> None:
        if seconds > 0:
            real = timedelta(seconds=-(-seconds / asked.clock.factor // 1))
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.ended, timeout=real, timeout_summary="the next touch")

    def _now(self, asked: Asked) -> datetime:
        return asked.clock.virtual(workflow.now())
