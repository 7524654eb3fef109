"""What is told of a run that a release moved: to the read model, and to the customer's lifecycle (section 20)."""

from models.base import Carried
from models.play import RunRecord
from models.release import Policy, ReleaseNote


class PlayMoved(Carried):
    """A run goes on with another content of its playbook; the record is as it stands on it."""

    record: RunRecord
    note: ReleaseNote
    policy: Policy


class Rewired(Carried):
    """Which events an open play wants from now on."""

    workflow_id: str
    wants: tuple[str, ...]
