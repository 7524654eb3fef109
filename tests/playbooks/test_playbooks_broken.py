# ruff: noqa: E501 (tables read best with one case to a line)
"""A broken file is answered with the line, the column and what was expected; nothing makes the checker crash."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.enums import Channel
from models.errors import BadInput, SteadfastError
from playbooks.catalog import DIRECTORY, Catalog
from playbooks.check import check_bytes

SEQUENCE = """\
id: test.sequence
version: 1
title: A sequence
process: sequence
trigger: user_logged_in
goals:
  - {event: onboarding_step_completed, when: has_csm}
exits:
  - {event: subscription_cancelled}
escalation: {path: [csm, cs_manager], timeline: 2 days}
steps:
  - id: mail
    kind: act
    delay: 1 day
    do: send_message
    with: {template: onboarding_help}
    when: days_as_customer > 3
  - {id: hear, kind: await, after: mail, on: [done], outcomes: [yes, no], timeout: 3 days}
  - id: choose
    kind: branch
    after: hear
    cases:
      - {if: result_hear == "yes", then: good}
  - {id: rise, kind: escalate, after: choose, on: [otherwise], role: cs_manager}
  - {id: later, kind: wait, until: {value: renewal_date, offset: -30 days}}
  - {id: end, kind: act, after: later, do: assign_csm}
"""
PROGRAM = (DIRECTORY / "onboarding" / "self-serve-v1.yaml").read_text(encoding="utf-8").partition("\n")[2]


class Texts:
    """Two templates, one of which wants what nobody has."""

    def variables(self, template: str, channel: Channel, /) -> frozenset[str] | None:
        known = {"onboarding_help": {"first_name"}, "greedy": {"first_name", "shoe_size"}}
        return frozenset(known[template]) if template in known and channel is Channel.EMAIL else None

    def transactional(self, template: str, channel: Channel, /) -> bool:
        return template == "receipt"


def found(text: str) -> list[str]:
    return [str(problem) for problem in check_bytes(text.encode(), "f", Texts()).problems]


def test_the_files_that_are_broken_below_are_in_order_before() -> None:
    assert found(SEQUENCE) == []
    assert check_bytes(PROGRAM.encode(), "f").problems == []


Row = tuple[str, str, str | None, str | None]

FORM: list[Row] = [
    ("version: 1", "version: one", "2: one", "wrong value 'one' for version, expected a whole number, at least 1"),
    ("title: A", "titel: A", "3: titel: A", "unknown field 'titel', expected 'title'"),
    ("title: A sequence\n", "", "1: id: test", "field 'title' is missing, expected text"),
    ("process: sequence", "process: sequel", "4: sequel", "wrong value 'sequel' for process, expected one of onboarding, sequence"),
    ("title: A", "version: 2\ntitle: A", "3: version: 2", "field 'version' is given twice, expected each field once"),
    ("title: A", "title: &a A", "3: &a", "anchors are not allowed, expected a value without a name"),
    ("title: A sequence", "title: *a", "3: *a", "aliases are not allowed, expected the value written out"),
    ("title: A", "title: !!str A", "3: !!str", "tags are not allowed, expected a plain value"),
    ("id: test", "---\nid: test", None, None),
    ("version: 1\n", "version: 1\n---\n", "3: ---", "a second document begins here, expected one playbook per file"),
    ("delay: 1 day", "delay: 1 fortnight", "14: 1", "wrong value '1 fortnight' for delay, expected 0 or a number and a unit"),
    ("delay: 1 day", "delay: 1", "14: 1", "a delay needs a unit, such as '3 days'"),
    ("delay: 1 day", "delay: 99999999999999 days", "14: 99999999999999", "99999999999999 days is longer than any calendar"),
    ("kind: act\n    delay", "kind: akt\n    delay", "13: akt", "unknown kind 'akt', expected one of act, wait, await"),
    ("    kind: branch\n", "", "19: id: choose", "field 'kind' is missing, expected one of act, wait, await"),
    ("do: send_message", "do: send_mesage", "15: send_mesage", "wrong value 'send_mesage' for do, expected one of send_message"),
    ("role: cs_manager", "role: boss", "24: boss", "wrong value 'boss' for role, expected one of csm, cs_manager"),
    ("- id: mail", "- id: Mail", "12: Mail", "wrong value 'Mail' for id, expected a lower-case name"),
    ("title: A sequence", "title: [A", "4: : sequence", "not YAML"),
    ("title: A", 'title: "\\0"\nx: A', "3: ", "is not a value of a playbook"),
]  # fmt: skip
MEANING: list[Row] = [
    ("user_logged_in", "user_loged_in", "5: user_loged_in", "never starts: nothing produces the event 'user_loged_in' in this process, expected 'user_logged_in'"),
    ("{event: onboarding_step_completed", "{event: login", "7: login", "never ends it: nothing produces the event 'login'"),
    ("subscription_cancelled", "user_logged_in", "9: user_logged_in", "'user_logged_in' both starts and ends the playbook"),
    ("subscription_cancelled", "onboarding_step_completed", "9: onboarding_step_completed", "is already one of the goals, expected each event once"),
    ("when: has_csm", "when: hass_csm", "7: hass_csm", "unknown fact 'hass_csm', expected 'has_csm'"),
    ("days_as_customer > 3", 'days_as_customer > "3"', "17: days_as_customer", "No such overload, expected types as in docs/playbooks.md"),
    ("days_as_customer > 3", 'days_as_customer == "3"', "17: days_as_customer", "'days_as_customer' never equals \"3\", expected a whole number"),
    ("days_as_customer > 3", 'stage == "trail"', "17: trail", "'stage' is never \"trail\", expected one of trial, onboarding"),
    ("days_as_customer > 3", 'has_csm && stage in ["trial", "x"]', "17: x", "'stage' is never \"x\""),
    ("days_as_customer > 3", "has_csm || stage > 3", "17: has_csm", "No such overload"),
    ("days_as_customer > 3", "days_as_customer", "17: days_as_customer", "does not give true or false"),
    ("days_as_customer > 3", "12 / days_as_customer > 3", "17: 12", "division by zero"),
    ("days_as_customer > 3", "has_csm &&", "17: has_csm", "is not a condition"),
    ("days_as_customer > 3", "never(1)", "17: never", "Undefined variable or function: 'never'"),
    ('result_hear == "yes"', 'result_her == "yes"', "23: result_her", "unknown value of the run 'result_her', expected 'result_hear'"),
    ('result_hear == "yes"', 'result_hear == "si"', "23: si", "'result_hear' is never \"si\", expected one of yes, no, timeout"),
    ('result_hear == "yes"', "has_csm", "23: has_csm", "unknown value of the run 'has_csm' (a branch reads values of the run, never facts)"),
    ("after: mail", "after: male", "18: male", "no step 'male' to come after, expected 'mail'"),
    ("on: [done]", "on: [don]", "18: don", "'mail' never ends with 'don', expected one of done, skipped, failed"),
    ("do: send_message", "on: [done]\n    do: send_message", "15: [done]", "'trigger' has no results"),
    ("delay: 1 day", "after: rise", "14: rise", "the steps go round: mail after rise after choose after hear after mail"),
    ("delay: 1 day", "after: event:milestone_reached:day1", "14: milestone_reached", "'mail' is never reached: nothing produces the event 'milestone_reached'"),
    ("delay: 1 day", "after: event:user_logged_in:ana", "14: user_logged_in", "the event 'user_logged_in' has no subject"),
    ("delay: 1 day", "delay: -1 day", "14: -1", "a delay cannot be negative"),
    ("id: end", "id: mail", "26: mail", "step id 'mail' is used twice"),
    ("id: end", "id: trigger", "26: trigger", "'trigger' cannot be a step's id"),
    ("value: renewal_date", "value: renewal", "25: renewal", "a run has no date 'renewal', expected 'renewal_date'"),
    ("kind: wait, until", "kind: wait, delay: 1 day, until", "25: delay: 1", "delay and until are both given"),
    ("after: later, do", "do", "25: {id: later, ", "warning: nothing follows the wait step 'later'"),
    ("outcomes: [yes, no], timeout: 3 days", "timeout: 3 days", "18: {id: hear, k", "'hear' waits for nothing"),
    ("timeout: 3 days", "timeout: 0", "18: 0", "a timeout must be positive"),
    ("[csm, cs_manager]", "[csm, csm]", "10: csm", "'csm' is told twice"),
    ("[csm, cs_manager]", "[executive, csm]", "10: executive", "nobody is above the executive"),
    ("[csm, cs_manager]", "[csm]", "10: [csm], timel", "nobody is told"),
    ("timeline: 2 days", "timeline: 0", "10: 0", "the timeline must be positive"),
    ("outcomes: [yes, no]", "events: [user_logged_in]", "10: escalation", "nobody could answer"),
    ("template: onboarding_help", "template: onboarding_halp", "16: onboarding_halp", "there is no email template 'onboarding_halp'"),
    ("template: onboarding_help", "template: onboarding_help, channel: in_app", "16: onboarding_help", "there is no in_app template"),
    ("template: onboarding_help", "template: greedy", "16: greedy", "template 'greedy' needs 'shoe_size', which nothing provides"),
    ("template: onboarding_help", "tempalte: onboarding_help", "16: tempalte: onboarding_help", "unknown field 'tempalte', expected 'template'"),
    ("template: onboarding_help", "template: x, channel: fax", "16: fax", "wrong value 'fax' for channel, expected one of email, in_app"),
    ("    with: {template: onboarding_help}\n", "", "15: send_message", "send_message needs a field 'with', expected with template"),
    ("do: assign_csm", "do: create_task, with: {task: t, title: {en: T}}", "26: {en: T}}}", "title lacks the language es"),
    ("do: assign_csm", "do: celebrate_milestone, with: {milestone: m}", "26: m", "only an onboarding playbook has milestones"),
    ("process: sequence", "process: onboarding", "1: id: test", "an onboarding playbook needs a program"),
]  # fmt: skip
PROGRAMS = [
    ("after: event:milestone_reached:day1", "after: event:milestone_reached:day2", "the program has no milestone 'day2'"),
    ("with: {milestone: day1}", "with: {milestone: day2}", "the program has no milestone 'day2', expected"),
    ("chatbot_created, widget_installed]", "chatbot_created, bot]", "milestone day1: no step has criterion 'bot'"),
    ("criterion: team_invited", "criterion: chatbot_created", "criterion used twice: chatbot_created"),
    ("id: invite_team", "id: welcome", "step id used twice: welcome"),
    ("first_value: first", "first_value: fist", "first_value: no step has criterion 'fist_conversation_completed'"),
    ("process: onboarding", "process: sequence", "a sequence has no program"),
    ("trigger: subscription_created", "trigger: user_logged_in", "never starts"),
    ("id: day3", "id: day1", "milestone id 'day1' is used twice"),
    ("target_day: 7", "target_day: 8", "day 8 is after the program's end, expected at most 7"),
    ("has_kickoff: false", "has_kickoff: true", "no step of the program is a meeting"),
    ("        es: Prepara tu cuenta\n", "", "names lacks es"),
    ("url: /videos/welcome", "url: javascript:x", "'javascript:x' is not a link"),
    ("es: Prepara", "fr: Prepara", "unknown name 'fr', expected 'es' or 'en'"),
    ("stall_after: 3 days", "stall_after: 0", "stall_after must be positive"),
    ("do: celebrate_milestone\n    with: {milestone: day3}", "do: assign_csm", None),
    ("after: event:milestone_reached:day3", "after: trigger", "warning: nobody hears of milestone 'day3'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "said"), FORM + MEANING)
def test_broken_sequence_is_answered_where_it_is_broken(
    old: str, new: str, place: str | None, said: str | None
) -> None:
    """``place`` is the line, and the text that begins at the column."""
    assert old in SEQUENCE
    text = SEQUENCE.replace(old, new, 1)
    problems = check_bytes(text.encode(), "f", Texts()).problems
    if place is None or said is None:
        assert problems == []
        return
    line, _, pointed = place.partition(": ")
    spots = [(p.line, text.split("\n")[p.line - 1][p.column - 1 :]) for p in problems if said in str(p)]
    assert any(int(line) == where and rest.startswith(pointed) for where, rest in spots), problems


@pytest.mark.parametrize(("old", "new", "said"), PROGRAMS)
def test_broken_program_is_answered_on_the_line_that_is_broken(old: str, new: str, said: str | None) -> None:
    assert old in PROGRAM
    problems = [str(p) for p in check_bytes(PROGRAM.replace(old, new, 1).encode(), "f").problems]
    if said is None:
        assert problems == []
    else:
        assert any(said in p for p in problems), problems


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "f:1:1: the file is empty"),
        (b"# nothing\n", "f:1:1: the file is empty"),
        (b"- a\n", "f:1:1: ['a'] is not a playbook, expected fields"),
        (b"a: \xff", "f:1:4: not UTF-8 text"),
        (b"a: \x00", "f:1:4: character '\\x00' may not stand"),
        ("a: \u202e".encode(), "f:1:4: character '\\u202e' may not stand"),
        (b"[" * 1000, "f:1:21: nested more than 20 deep"),
        (b"x" * 70_000, "f:1:1: the file has 70000 bytes, expected at most 65536"),
        (b"%YAML 1.1\n---\non: yes", "f:2:1: YAML directives are not allowed"),
        (b"1: a", "f:1:1: not the name of a field"),
        (b"a: .inf", "f:1:4: '.inf' is not a value of a playbook"),
        (b'"\\Uffffffff"', "f:1:1: not YAML"),
    ],
)
def test_file_that_is_not_a_tame_yaml_is_refused(raw: bytes, said: str) -> None:
    assert [str(p)[: len(said)] for p in check_bytes(raw, "f").problems] == [said]


def test_loading_names_every_problem_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SEQUENCE.replace("version: 1", "version: 0"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SEQUENCE.replace("after: mail", "after: male"), encoding="utf-8")
    with pytest.raises(BadInput, match=r"(?s)a\.yaml:2:10: .*b\.yaml:18:36: "):
        Catalog.load(tmp_path)


def test_two_files_may_not_claim_the_same_customers(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SEQUENCE, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SEQUENCE + "segments: [smb]\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"b\.yaml:1:1: playbook 'test.sequence' for segment smb is also in .*a\.yaml"):
        Catalog.load(tmp_path)


def test_a_directory_without_playbooks_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there are no playbooks"):
        Catalog.load(tmp_path)


PIECES = ["", "\n", "  ", "- ", "{", "}", "[", "]", '"', "'", ":", "&a ", "*a", "!x ", "%", "|", "9" * 30, "-1 days", "\t",
          "event:", "null", "1e999", "\\", "~", "#", "trigger", "result_mail", "\u2028", "🎉", "P1D", "? ", "<<: "]  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), base=st.sampled_from([SEQUENCE, PROGRAM]))
def test_a_mutated_file_is_checked_and_never_crashes(data: st.DataObject, base: str) -> None:
    text = base
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 1, 3, 12, 80]))
        text = text[:start] + data.draw(st.sampled_from(PIECES) | st.text(max_size=4)) + text[start + length :]
    checked = check_bytes(text.encode("utf-8", "surrogatepass"), "f", Texts())
    assert (checked.playbook is None) == any(p.severity == "error" for p in checked.problems)
    assert all(p.line >= 1 and p.column >= 1 and "\n" not in str(p) for p in checked.problems)


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("any")
    (directory / "any.yaml").write_bytes(raw)
    with pytest.raises(SteadfastError) as refused:
        Catalog.load(directory)
    assert type(refused.value) is BadInput


SAVE = """\
id: save.test
version: 1
title: A save play
process: save
trigger: signal_opened:failed_payment
steps:
  - {id: tell, kind: act, do: notify_csm, with: {message: unpaid, text: {es: Sin pagar, en: Unpaid}}}
"""


@pytest.mark.parametrize(
    "ending",
    [
        'goals: [{event: "signal_cleared:failed_payment"}]\n',
        "  - {id: over, kind: end, after: tell, as: succeeded}\n",
        '  - {id: well, kind: act, do: confirm_recovery, with: {holds: "failed_payments == 0", days: 7}}\n',
    ],
)
def test_a_save_play_says_how_it_succeeds(ending: str) -> None:
    assert found(SAVE + ending) == []
    [said] = found(SAVE)
    assert "never succeeds" in said
