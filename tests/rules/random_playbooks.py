"""Small random playbooks that the checker would accept: any kinds, anchors, delays, time-outs, endings, paths."""

from typing import Any

from hypothesis import strategies as st

from models.playbook import Playbook
from models.run import HELD_UNTIL, RESUMED
from tests.rules.making import Fields, play

KINDS = ("x", "x:one", "y", "z:one")
"""Event names; of ``x`` there is one with a subject and one without."""

NAMES = (*KINDS, "x:two", "won", "left", HELD_UNTIL, RESUMED)
DATES = ("renewal_date",)

_HOURS = st.sampled_from((0, 1, 2, 3, 5, 8, 24, 30, 72))
_SOME = st.sampled_from((1, 2, 3, 5, 8, 24, 30, 72))


def _hours(count: int) -> str:
    return f"{count} hours"


@st.composite
def steps(draw: st.DrawFn, *, acting: bool = True) -> list[Fields]:
    """Up to seven steps; each may come after any of those before it, and the file's order is any."""
    made: list[Fields] = []
    kinds = ["wait", "await", "branch"] + (["act", "act", "mail", "escalate", "end"] if acting else [])
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(kinds))
        step: Fields = {"id": f"s{number}", "kind": "act" if kind == "mail" else kind}
        step |= draw(_anchor(made))
        step |= draw(_body(kind, made))
        made.append(step)
    return draw(st.permutations(made))


@st.composite
def playbooks(draw: st.DrawFn, *, acting: bool = True) -> Playbook:
    """A whole one, with or without goals, exits and an escalation path."""
    rest: dict[str, Any] = {"catch_up": _hours(draw(_HOURS))}
    if draw(st.booleans()):
        rest["goals"] = [{"event": "won"}]
    if draw(st.booleans()):
        rest["exits"] = [{"event": draw(st.sampled_from(("left", "z:one")))}]
    if draw(st.booleans()):
        roles = ["csm", "cs_manager", "executive"][: draw(st.integers(2, 3))]
        rest["escalation"] = {"path": roles, "timeline": _hours(draw(_SOME))}
    if acting and draw(st.integers(0, 2)) == 0:
        rest["expires"] = _hours(draw(st.sampled_from((2, 30, 72, 200))))
    return play(*draw(steps(acting=acting)), **rest)


def labels(step: Fields) -> list[str]:
    """The results it can end with."""
    match step["kind"]:
        case "await":
            return [*step["events"], *step["outcomes"], *(["timeout"] if "timeout" in step else [])]
        case "branch":
            return [*dict.fromkeys(case["then"] for case in step["cases"]), "otherwise"]
        case "wait" | "end":
            return ["done"]
    return ["done", "skipped", "failed"]


@st.composite
def _anchor(draw: st.DrawFn, made: list[Fields]) -> Fields:
    where = draw(st.sampled_from(["trigger", "event", *(["step"] * 3 if made else [])]))
    found: Fields = {}
    if where == "event":
        found["after"] = f"event:{draw(st.sampled_from(KINDS))}"
    elif where == "step":
        before = draw(st.sampled_from(made))
        found["after"] = before["id"]
        if draw(st.booleans()):
            found["on"] = draw(st.lists(st.sampled_from(labels(before)), min_size=1, max_size=2, unique=True))
    how = draw(st.integers(0, 7))
    if how == 1:
        found["working_days"] = draw(st.integers(1, 3))
    elif how == 2:
        found["at"] = {"time": draw(st.sampled_from(("00:00", "02:30", "09:00"))), "working_days_only": True}
    elif how == 0:
        found["until"] = {"value": "renewal_date", "offset": _hours(draw(st.sampled_from((-30, 0, 5))))}
    else:
        found["delay"] = _hours(draw(_HOURS))
    return found


@st.composite
def _body(draw: st.DrawFn, kind: str, made: list[Fields]) -> Fields:
    match kind:
        case "act":
            return {"do": "assign_csm"}
        case "mail":
            return {"do": "send_message", "with": {"template": "t"}}
        case "end":
            return {"as": draw(st.sampled_from(("succeeded", "failed")))}
        case "escalate":
            return {"role": "cs_manager"}
        case "branch":
            read = draw(st.sampled_from([None, *(step for step in made if step["kind"] in ("wait", "await"))]))
            chosen = (
                'plan == "pro"' if read is None else f'result_{read["id"]} == "{draw(st.sampled_from(labels(read)))}"'
            )
            return {"cases": [{"if": chosen, "then": "took"}]}
        case "await":
            events = draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
            outcomes = draw(st.lists(st.sampled_from(("yes", "no")), min_size=0 if events else 1, unique=True))
            timed = {"timeout": _hours(draw(_SOME))} if draw(st.booleans()) else {}
            return {"events": events, "outcomes": outcomes, **timed}
    return {}
