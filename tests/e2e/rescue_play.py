"""The save play of the kill tests: one of everything, and a path of one level, so that no pause can raise it twice."""

from models.playbook import Playbook
from tests.workflows.inline import act, call, mail, save

SIGNAL = "no_login_7_days"
RESCUE: Playbook = save(
    SIGNAL,
    steps=[
        mail("write", **{"with": {"template": "checkin_low_usage"}}),
        call(after="write"),
        {"id": "hear", "kind": "await", "after": "call", "outcomes": ["reached", "no_answer"], "timeout": "900 days"},
        act("again", after="hear", on=["no_answer", "timeout"]),
        act("thank", after="hear", on=["reached"]),
    ],
    escalation={"path": ["csm", "cs_manager"], "timeline": "6 hours"},
)
