"""The managers of a company, from a YAML file: who looks after which segments, and where they can be booked."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, HttpUrl, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from activities.ports import Store
from models.base import Slug, Value
from models.enums import Role, Segment
from models.errors import BadInput
from models.events import Email, Text
from models.records import Csm

_LARGEST = 1_000_000


class Manager(Value):
    """One manager. Without segments, nobody is assigned to them by a playbook."""

    id: Slug
    name: Text
    email: Email
    calendar_link: HttpUrl | None = None
    manager_id: Slug | None = None
    segments: tuple[Segment, ...] = ()
    roles: tuple[Role, ...] = Field(
        default=(), description="What they decide as; absent: csm, and cs_manager to whom others report."
    )
    weekly_tasks: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Tasks a week that they can do; simulations hold the load against it."
    )


class Team(Value):
    """The file."""

    managers: tuple[Manager, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _refers_to_itself(self) -> Self:
        ids = [one.id for one in self.managers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"an id is used twice among {', '.join(ids)}")
        for one in self.managers:
            if one.manager_id is not None and one.manager_id not in ids:
                raise ValueError(f"manager_id of {one.id}: no such manager '{one.manager_id}'")
        return self


def read(path: Path) -> list[Csm]:
    """The managers of the file.

    Raises:
        BadInput: as of :func:`read_team`.
    """
    return [
        Csm(**one.model_dump(exclude={"calendar_link", "weekly_tasks"}), calendar_link=str(one.calendar_link or ""))
        for one in read_team(path).managers
    ]


def read_team(path: Path) -> Team:
    """The file as it stands.

    Raises:
        BadInput: no such file, or it is wrong; the first problem is named with its place.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise BadInput("no such file, or too large for a team", field="FILE", value=str(path))
    try:
        team = Team.model_validate(YAML(typ="safe").load(path))
    except MarkedYAMLError as error:
        place = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"not YAML: {error.problem}", field=f"{path}{place}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], field=f"{path}: {where}", value=first["input"]) from None
    return team


async def hire(store: Store, team: list[Csm]) -> None:
    """Write them; a manager who is there already is brought up to date."""
    async with store.begin() as tx:
        for one in team:
            await tx.customers.put_csm(one)
