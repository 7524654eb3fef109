"""A holdout is refused, with its place and the reason, where every customer is owed what the playbook does."""

import pytest

from models.enums import Channel
from playbooks.check import check_bytes

TEXT = """\
id: test.sequence
version: 1
title: A sequence
process: sequence
trigger: user_logged_in
holdout: {fraction: 0.1, within: 60 days}
steps:
  - {id: mail, kind: act, do: send_message, with: {template: offer}}
"""


class Texts:
    """Two texts; the receipt always goes."""

    def variables(self, template: str, channel: Channel, /) -> frozenset[str] | None:
        return frozenset() if template in ("offer", "receipt") else None

    def transactional(self, template: str, channel: Channel, /) -> bool:
        return template == "receipt" and channel is Channel.EMAIL


def found(text: str) -> list[str]:
    return [str(problem) for problem in check_bytes(text.encode(), "f", Texts()).problems]


def test_a_holdout_of_what_is_optional_is_accepted() -> None:
    assert found(TEXT) == []


CASES = [
    ("offer", "receipt", "6:1", "'receipt' is a transactional text, which always goes"),
    ("60 days", "0", "6:34", "within must be positive"),
    ("0.1", "0.7", "6:21", "at most 0.5"),
]


@pytest.mark.parametrize(("old", "new", "place", "said"), CASES)
def test_a_holdout_that_cannot_be_is_refused(old: str, new: str, place: str, said: str) -> None:
    problems = found(TEXT.replace(old, new))
    assert any(problem.startswith(f"f:{place}") and said in problem for problem in problems), problems
