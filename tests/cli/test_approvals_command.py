"""``starter.py approvals`` and the roles of the team file."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.approval import Approval, ApprovalKind
from models.enums import Role
from persistence.store import SqlStore
from tests.cli.kit import Run

TEAM = """
managers:
  - {id: elena, name: Elena Quiroga, email: elena@us.example}
  - {id: marta, name: Marta Ruiz, email: marta@us.example, manager_id: elena}
  - {id: eva, name: Eva Sanz, email: eva@us.example, roles: [executive]}
"""


async def _ask(url: str) -> None:
    store = SqlStore.open(url)
    async with store.begin() as tx:
        for role, only in ((Role.CS_MANAGER, True), (Role.CS_MANAGER, False)):
            await tx.approvals.ask(
                Approval(
                    key=f"k{only}",
                    kind=ApprovalKind.DISCOUNT,
                    title="20 %",
                    requested_by="expansion.offer",
                    requested_at=datetime(2026, 5, 4, tzinfo=UTC),
                    role=role,
                    only=only,
                )
            )
    await store.close()


@pytest.fixture
def team(tmp_path: Path) -> str:
    file = tmp_path / "team.yaml"
    file.write_text(TEAM, encoding="utf-8")
    return str(file)


def test_a_role_that_is_named_decides_alone_and_one_that_is_not_leaves_it_to_anybody(
    run: Run, sqlite_url: str, team: str
) -> None:
    asyncio.run(_ask(sqlite_url))
    nobody = run("approvals", "approve", "1", "--by", "elena")
    assert (nobody.code, "by = 'elena'" in nobody.err, "nobody of the team is one" in nobody.err) == (1, True, True)
    assert run("team", team).code == 0
    shown = run("approvals", "list").out
    assert "cs_manager or above" in shown
    assert "anybody else; asked of cs_manager" in shown
    own = run("approvals", "refuse", "1", "--by", "Marta Ruiz", "--reason", "no")
    assert own.code == 1
    assert "only cs_manager or executive decides this (elena, eva); they are csm" in own.err
    assert run("approvals", "approve", "1", "--by", "Eva Sanz").code == 0
    assert run("approvals", "approve", "2", "--by", "a passer-by").code == 0


def test_the_team_shows_what_each_decides_as(run: Run, team: str, tmp_path: Path) -> None:
    shown = run("team", team).out
    assert "csm, cs_manager" in shown
    assert "executive" in shown
    told = {one["id"]: one["roles"] for one in json.loads(run("team", "--json").out)}
    assert told == {"elena": [], "marta": [], "eva": ["executive"]}
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TEAM.replace("executive", "king"), encoding="utf-8")
    refused = run("team", str(wrong))
    assert (refused.code, "managers.2.roles.0" in refused.err) == (2, True)
