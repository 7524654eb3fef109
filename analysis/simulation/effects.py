"""What each verb would do, decided as its activity decides it: conditions, consent, window, cap, in that order.

Each answers with a status and a reason as the activity would, and writes down what would have happened.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from analysis.simulation import business
from analysis.simulation.asked import DONE, Answer, Asked
from analysis.simulation.remembered import names
from analysis.simulation.situation import Situation
from analysis.simulation.tally import Rise, Send, Tally, TaskDue
from analysis.simulation.world import Text
from models.contact import Permission, SendWindow
from models.enums import Channel, MessageClass
from models.playbook import ActStep, EscalateStep
from rules.calendar import next_working_days
from rules.contact import CAP_WINDOW, CAPPED, in_send_window, in_window, may_contact, within_cap

_ONBOARDING = frozenset({"steps", "target_date", "step_name", "next_step_name", "resources", "next_step_url", "tips"})


class Effects:
    """Carries out steps by writing them down."""

    def __init__(self, tally: Tally, paused_by: Callable[[str], str | None]) -> None:
        self.tally = tally
        self.paused_by = paused_by

    def run(self, asked: Asked) -> Answer:
        """The answer of the step's activity."""
        step = asked.step
        if isinstance(step, EscalateStep):
            return self.checked(asked, self._escalate, contacts=False)
        if (whole := _WHOLE.get(step.do)) is not None:
            return whole(self, asked)
        verdict = self._verdict(asked, contacts=step.do == "propose_meeting")
        return _VERBS.get(step.do, Effects._other)(self, asked) if verdict is None else verdict

    def checked(self, asked: Asked, effect: Callable[[Asked], Answer], *, contacts: bool) -> Answer:
        """The effect, unless the facts have decided already."""
        verdict = self._verdict(asked, contacts=contacts)
        return effect(asked) if verdict is None else verdict

    def _verdict(self, asked: Asked, *, contacts: bool) -> Answer | None:
        """What the facts already decide, as ``activities.frame`` asks it: exits, goals, the condition, the hold."""
        who, now, started = asked.who, asked.now, asked.started
        for condition, answer in asked.over:
            if who.holds(condition, now, started):
                return answer
        if asked.step.when is not None:
            holds = who.holds(asked.step.when, now, started)
            if holds is not True:
                facts = who.facts(names(asked.step.when), now, started)
                unknown = ", ".join(name for name, value in facts.items() if value is None)
                false = f"condition false: {asked.step.when}"
                return Answer("skipped", f"unknown: {unknown}" if holds is None else false)
        if contacts and who.outreach_held:
            self.tally.held[asked.playbook.id, asked.step.id] += 1
            return Answer("held", "outreach is held until import --activate")
        if contacts and (other := self.paused_by(asked.playbook.id)) is not None:
            self.tally.held[asked.playbook.id, asked.step.id] += 1
            return Answer("held", f"paused while {other} runs")
        return None

    def mail(self, asked: Asked, template: str) -> Answer:
        """Send a mail, as ``activities.messages`` does: conditions, address, consent, window, cap, text."""
        verdict = self._verdict(asked, contacts=True)
        if verdict is not None:
            return verdict
        who, rules = asked.who, asked.world.rules
        if not who.account.has_email:
            return Answer("skipped", "e-mail address unknown")
        text = asked.world.texts.get((template, Channel.EMAIL))
        if text is None:
            return Answer("failed", f"no such template: {template}")
        kind = text.message_class
        recent = [at for at in who.capped if at >= asked.now - CAP_WINDOW]
        refused = _refusal(
            may_contact(
                kind,
                consent_marketing=who.account.consent_marketing,
                consent_relationship=who.account.consent_relationship,
                suppressed=who.account.suppressed,
            ),
            _window(kind, asked.now, who.account.zone, rules.quiet_from, rules.quiet_until),
            cap := within_cap(kind, len(recent), rules.weekly_cap, asked.playbook.priority),
            *_step_window(asked),
        )
        if refused is not None:
            if refused is cap:
                self.tally.capped.append((who.account.id, asked.now, asked.playbook.id, asked.step.id))
            if refused.until is not None:
                self.tally.deferred[asked.playbook.id, asked.step.id] += 1
                return Answer("deferred", refused.reason, refused.until)
            return Answer("skipped", refused.reason)
        if missing := lacking(asked, text):
            return Answer("skipped", f"cannot be written: {missing} is unknown")
        if kind in CAPPED:
            who.capped = [*recent, asked.now]
        self._sent(asked, template, Channel.EMAIL, kind)
        return DONE

    def _message(self, asked: Asked) -> Answer:
        assert isinstance(asked.step, ActStep)
        if asked.step.params.get("channel") == Channel.IN_APP:
            return self.checked(asked, self._show, contacts=True)
        return self.mail(asked, str(asked.step.params["template"]))

    def _show(self, asked: Asked) -> Answer:
        return self._shown(asked, str(asked.step.params["template"])) if isinstance(asked.step, ActStep) else DONE

    def _shown(self, asked: Asked, template: str) -> Answer:
        text = asked.world.texts.get((template, Channel.IN_APP))
        if text is None:
            return Answer("failed", f"no such template: {template}")
        if missing := lacking(asked, text):
            return Answer("skipped", f"cannot be written: {missing} is unknown")
        self._sent(asked, template, Channel.IN_APP, text.message_class)
        return DONE

    def _celebrate(self, asked: Asked) -> Answer:
        """In the product once, however often the mail is put off; then by mail."""
        if asked.step.id not in asked.shown:
            answer = self.checked(asked, lambda one: self._shown(one, "milestone_reached"), contacts=True)
            if answer.status != "done":
                return answer
            asked.shown.add(asked.step.id)
        return self.mail(asked, "milestone_reached")

    def _sent(self, asked: Asked, template: str, channel: Channel, kind: MessageClass) -> None:
        one = Send(
            asked.who.account.id, asked.now, asked.playbook.id, asked.step.id, template, channel.value, kind.value
        )
        self.tally.sends.append(one)

    def _assign(self, asked: Asked) -> Answer:
        who = asked.who
        if who.has_csm:
            return Answer("skipped", "already assigned")
        if who.account.segment is None:
            return Answer("skipped", "segment unknown: stays with the team queue")
        if not asked.world.served(who.account.segment):
            return Answer("skipped", f"no manager serves {who.account.segment}: stays with the team queue")
        who.has_csm = True
        self.tally.assigned.append((asked.now, who.account.id, who.account.segment.value))
        return DONE

    def _plan(self, asked: Asked) -> Answer:
        if asked.who.has_plan:
            return Answer("skipped", "a success plan exists")
        asked.who.has_plan = True
        return DONE

    def _task(self, asked: Asked) -> Answer:
        step = asked.step
        assert isinstance(step, ActStep)
        kind = step.params.get("task") if step.do == "create_task" else step.params.get("meeting")
        until = step.params.get("due")
        if until is None and step.do == "create_task":
            until = f"{step.params.get('due_days', 1)} working days"
        moment = asked.world.due(str(until) if until else None, asked.now)
        self._add_task(asked, str(kind or step.do), moment, str(step.params.get("owner") or "csm"))
        return DONE

    def _approval(self, asked: Asked) -> Answer:
        step = asked.step
        assert isinstance(step, ActStep)
        until = step.params.get("due")
        moment = asked.world.due(str(until) if until else None, asked.now)
        role = str(step.params.get("role") or "cs_manager")
        self._add_task(asked, f"approve:{step.params.get('kind')}", moment, role)
        return DONE

    def _add_task(self, asked: Asked, kind: str, due: datetime, owner: str = "csm") -> None:
        who = asked.who.account.id
        self.tally.tasks.append(TaskDue(who, asked.now, due, asked.playbook.id, asked.step.id, kind, owner))

    def _review(self, asked: Asked) -> Answer:
        assert isinstance(asked.step, ActStep)
        review, at_day = str(asked.step.params["review"]), asked.step.params["at_day"]
        assert isinstance(at_day, int)
        key = (max(asked.who.cycle, 1), review)
        if key in asked.who.reviews:
            return Answer("skipped", "this cycle's review is already arranged")
        asked.who.reviews.add(key)
        began = asked.who.tracker.started if asked.who.tracker is not None else asked.started
        self._add_task(asked, review, max(began + timedelta(days=at_day), asked.now))
        return DONE

    def _first_value(self, asked: Asked) -> Answer:
        tracker = asked.who.tracker
        if tracker is None:
            return Answer("skipped", "no onboarding record")
        if tracker.state.first_value is None:
            self._add_task(asked, "first_value", next_working_days(asked.now, 1))
        return DONE

    def _escalate(self, asked: Asked) -> Answer:
        assert isinstance(asked.step, EscalateStep)
        one = Rise(asked.who.account.id, asked.now, asked.playbook.id, asked.step.role.value, 0)
        self.tally.rises.append(one)
        return DONE

    def _other(self, asked: Asked) -> Answer:
        verb = asked.step.do if isinstance(asked.step, ActStep) else "escalate"
        self.tally.effects[asked.playbook.id, verb] += 1
        return DONE


_WHOLE: dict[str, Callable[[Effects, Asked], Answer]] = {
    "send_message": Effects._message,
    "celebrate_milestone": Effects._celebrate,
    **business.VERBS,
}
"""Verbs that ask for themselves what the facts decide."""

_VERBS: dict[str, Callable[[Effects, Asked], Answer]] = {
    "assign_csm": Effects._assign,
    "create_success_plan": Effects._plan,
    "create_task": Effects._task,
    "call": Effects._task,
    "meeting": Effects._task,
    "propose_meeting": Effects._task,
    "request_approval": Effects._approval,
    "check_first_value": Effects._first_value,
    "schedule_review": Effects._review,
}
"""What other verbs do; those not listed only leave a record. Only ``propose_meeting`` reaches somebody outside."""


def lacking(asked: Asked, text: Text) -> str | None:
    """The first value without which the text is not written, as far as a simulation can know; None: it goes.

    Values that only the engine can gather (figures of the month, feedback) are taken to be there.
    """
    who = asked.who
    if "first_name" in text.required and not who.account.named:
        return "first_name"
    if not text.required & _ONBOARDING:
        return None
    return min((text.required & _ONBOARDING) - _known(who, asked.world.tips), default=None)


def _known(who: Situation, tips: frozenset[str]) -> set[str]:
    """Values that the onboarding gives a text, as ``activities.message_values`` gathers them; an empty list is none."""
    tracker = who.tracker
    if tracker is None or tracker.playbook.program is None:
        return set()
    program, known = tracker.playbook.program, {"target_date"}
    if any(step.required and step.id not in tracker.state.completed for step in program.steps):
        known.add("steps")
    current = next((step for step in program.steps if step.id not in tracker.state.completed), None)
    if current is not None:
        known |= {"step_name", "next_step_name"}
        known |= {"resources", "next_step_url"} if current.resources else set()
        known |= {"tips"} if current.id in tips else set()
    return known


def _refusal(*checks: Permission) -> Permission | None:
    return next((check for check in checks if not check.allowed), None)


def _step_window(asked: Asked) -> tuple[Permission, ...]:
    """The hours that the step itself names, on the recipient's clock (``send_message.window``)."""
    said = asked.step.params.get("window") if isinstance(asked.step, ActStep) else None
    if said is None:
        return ()
    window = SendWindow.model_validate(said)
    return (in_send_window(asked.who.calendar(asked.now), asked.now, window),)


_window = lru_cache(maxsize=65_536)(in_window)
