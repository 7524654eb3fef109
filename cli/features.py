"""``starter.py features [FILE]``: which features each plan offers; without it adoption of features is unknown."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from cli.context import open_context
from cli.output import print_json, print_table
from models.base import Value
from models.enums import Plan
from models.errors import BadInput
from models.events import Text
from persistence.plan_features import PlanFeatureTable

_LARGEST = 256 * 1024


class Offer(Value):
    """The file: plans and their features, from a day on (today if absent)."""

    since: date | None = None
    plans: dict[Plan, tuple[Text, ...]] = Field(min_length=1)


def features(
    file: Annotated[Path | None, typer.Argument(help="A YAML file of plans; without it they are listed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """What each plan offers: adoption is the share of these that was used."""
    found = asyncio.run(_features(None if file is None else _read(file)))
    if as_json:
        print_json({plan.value: list(names) for plan, names in found.items()})
        return
    rows = [(plan.value, len(names), ", ".join(names)) for plan, names in found.items()]
    print_table("Features", ("plan", "n", "features"), rows)


async def _features(offer: Offer | None) -> dict[Plan, tuple[str, ...]]:
    async with open_context() as context, context.store.begin() as tx:
        today = context.now().date()
        table = PlanFeatureTable(tx.connection)
        if offer is not None:
            await table.offer(offer.plans, since=offer.since or today)
        return await table.offered(today)


def _read(path: Path) -> Offer:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise BadInput("no such file, or too large", field="FILE", value=str(path))
    try:
        offer = Offer.model_validate(YAML(typ="safe").load(path))
    except MarkedYAMLError as error:
        place = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"not YAML: {error.problem}", field=f"{path.name}{place}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        given = None if first["type"] == "missing" else first["input"]
        raise BadInput(first["msg"], field=f"{path.name}: {where}", value=given) from None
    for plan, names in offer.plans.items():
        if len(set(names)) < len(names):
            raise BadInput("a feature is named twice", field=f"{path.name}: plans.{plan.value}")
    return offer
