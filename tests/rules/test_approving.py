"""Who may decide: whoever did not ask; where a role is named, that role and those above it on the path."""

from datetime import UTC, datetime

import pytest

from models.approval import Approval, ApprovalKind
from models.enums import Role
from models.records import Csm
from rules.approving import deciding, named, refusal, roles_of


def person(id: str, *roles: Role, reports_to: str | None = None) -> Csm:
    return Csm(id=id, name=f"{id.title()} Ruiz", email=f"{id}@us.example", roles=roles, manager_id=reports_to)


ELENA, MARTA, DIEGO = person("elena"), person("marta", reports_to="elena"), person("diego", reports_to="elena")
EVA = person("eva", Role.EXECUTIVE)
SUE, PIA = person("sue", Role.SUPPORT), person("pia", Role.PRODUCT, Role.CSM)
TEAM = (ELENA, MARTA, DIEGO, EVA, SUE, PIA)


def asked(role: Role = Role.CS_MANAGER, *, only: bool = True, by: str = "save.cancellation_request") -> Approval:
    return Approval(
        key="k",
        kind=ApprovalKind.SAVE_OFFER,
        title="20 %",
        requested_by=by,
        requested_at=datetime(2026, 5, 4, tzinfo=UTC),
        role=role,
        only=only,
    )


@pytest.mark.parametrize("by", ["marta", "anybody at all", "sue@us.example"])
def test_where_no_role_is_named_any_named_person_decides(by: str) -> None:
    assert refusal(asked(only=False), by, TEAM) == ""
    assert refusal(asked(only=False), by, ()) == ""


@pytest.mark.parametrize(
    ("role", "can", "cannot"),
    [
        (Role.CS_MANAGER, ["elena", "Elena Ruiz", "ELENA@us.example", "eva"], ["marta", "sue", "pia"]),
        (Role.EXECUTIVE, ["eva"], ["elena", "marta", "sue", "pia"]),
        (Role.CSM, ["marta", "diego", "elena", "pia", "eva"], ["sue"]),
        (Role.SUPPORT, ["sue", "marta", "elena", "eva"], []),
        (Role.PRODUCT, ["pia"], ["eva", "elena", "sue"]),
    ],
)
def test_a_named_role_decides_and_those_above_it(role: Role, can: list[str], cannot: list[str]) -> None:
    assert {by: refusal(asked(role), by, TEAM) for by in can} == dict.fromkeys(can, "")
    for by in cannot:
        assert refusal(asked(role), by, TEAM).startswith(f"only {role.value}")


def test_a_refusal_says_who_can_and_why_this_one_cannot() -> None:
    told = refusal(asked(), "marta", TEAM)
    assert told == "only cs_manager or executive decides this (elena, eva); they are csm"
    assert "they are not of the team" in refusal(asked(), "a stranger", TEAM)
    alone = refusal(asked(Role.EXECUTIVE), "elena", (ELENA, MARTA))
    assert alone == (
        "only executive decides this, and nobody of the team is one: name somebody under `roles` in the team file"
    )
    assert refusal(asked(Role.PRODUCT), "x", ()).endswith("in the team file")


@pytest.mark.parametrize("by", ["elena", "Elena Ruiz", "elena@US.example", "ELENA"])
@pytest.mark.parametrize("asker", ["elena", "Elena Ruiz", "elena@us.example"])
@pytest.mark.parametrize("only", [True, False])
def test_whoever_asked_cannot_decide_under_any_of_their_names(by: str, asker: str, only: bool) -> None:
    assert refusal(asked(only=only, by=asker), by, TEAM) == "whoever asked cannot decide"


def test_roles_are_those_of_the_file_else_what_follows_from_who_reports_to_whom() -> None:
    assert roles_of(ELENA, TEAM) == (Role.CSM, Role.CS_MANAGER)
    assert roles_of(MARTA, TEAM) == (Role.CSM,)
    said = ELENA.model_copy(update={"roles": (Role.CSM,)})
    assert roles_of(said, TEAM) == (Role.CSM,)


def test_a_name_that_two_have_is_nobodys_but_an_id_is_sure() -> None:
    twin = Csm(id="elena2", name="Elena Ruiz", email="elena2@us.example", roles=(Role.EXECUTIVE,))
    assert named("Elena Ruiz", (ELENA, twin)) is None
    assert named("elena2", (ELENA, twin)) == twin
    assert named(" ", TEAM) is None
    sly = Csm(id="zoe", name="eva", email="zoe@us.example")
    assert named("eva", (*TEAM, sly)) == EVA


def test_the_path_is_that_of_escalations() -> None:
    assert deciding(Role.CSM) == (Role.CSM, Role.CS_MANAGER, Role.EXECUTIVE)
    assert deciding(Role.PRODUCT) == (Role.PRODUCT,)
