"""``starter.py calibrate``: does the health score foretell who leaves, and which weights would have done better?"""

import asyncio
import hashlib
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.progress import Progress

from analysis import calibration_figures, health_config
from analysis.calibrate import HORIZONS, calibrate
from analysis.calibration_sample import Sample
from cli.calibrate_print import print_report, print_stored
from cli.calibrate_sources import from_rows, from_store, month_ends
from cli.context import open_context
from cli.output import print_json, say
from intake.csv import outcomes
from models.calibration import CalibrationReport, StoredCalibration
from models.errors import BadInput
from models.health_config import HealthConfig, HealthConfigs
from models.ids import new_id
from persistence.calibrations import Calibrations

app = typer.Typer(no_args_is_help=False, invoke_without_command=True)


@app.callback()
def run(
    context: typer.Context,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First month end to look at.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last month end; today if absent.")] = None,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Accounts with outcomes.")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE", help="What its columns mean.")] = None,
    config: Annotated[
        Path,
        typer.Option("--config", metavar="FILE", help="The health configurations.", show_default="config/health.yaml"),
    ] = health_config.DEFAULT_FILE,
    horizon: Annotated[list[int] | None, typer.Option("--horizon", help="Days; 60, 90 and 180 if absent.")] = None,
    propose: Annotated[
        Path | None, typer.Option("--propose", metavar="FILE", help="Write proposed weights here, for a person.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare each health configuration with who then left, out of time. Nothing is ever applied by this command."""
    if context.invoked_subcommand is not None:
        return
    if (file is None) is not (mapping is None):
        raise BadInput("--csv and --mapping go together", field="--mapping")
    if propose is not None and propose.exists():
        raise BadInput("exists already; a proposal overwrites nothing", field="--propose", value=str(propose))
    configs = health_config.load(config)
    days = _horizons(horizon)
    if file is not None and mapping is not None:
        kept = _of_file(configs, file, mapping, days)
    else:
        kept = asyncio.run(_of_store(configs, _day(first, "--from"), _day(last, "--to"), days))
    written = _write(configs, kept, propose) if propose is not None else ""
    if as_json:
        print_json([{"id": one.id, **one.report.model_dump(mode="json")} for one in kept])
        return
    for one in kept:
        print_report(one.id, one.report)
    if written:
        say(written)


@app.command("list")
def listed(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Comparisons that were kept, and who signed them."""
    found = asyncio.run(_listed())
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    print_stored(found)


@app.command()
def sign(
    calibration: Annotated[str, typer.Argument(help="Its id.")],
    by: Annotated[str, typer.Option("--by", help="Who looked at it.")],
) -> None:
    """A named person has looked at the comparison: from now on the weights count as calibrated."""
    if not by.strip():
        raise BadInput("say who signs", field="--by")
    done = asyncio.run(_sign(calibration, by.strip()))
    say(f"{done.id}: {done.config_name} {done.config_version} signed by {done.signed_by}")


class _Kept(NamedTuple):
    """``id``: of the kept comparison, empty for that of a file; ``proposed``: with other weights, where told."""

    id: str
    report: CalibrationReport
    proposed: HealthConfig | None


def _of_file(configs: HealthConfigs, file: Path, mapping: Path, horizons: list[int]) -> list[_Kept]:
    columns = outcomes.load_mapping(mapping)
    rows = outcomes.read(file, columns)
    if columns.left_within is not None:
        # The file says whether, not when: another horizon cannot be told from it.
        horizons = [columns.left_within.days]
    source = f"{file.name} sha256:{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
    as_of = datetime.combine(max(one.seen_until for one in rows), datetime.min.time(), UTC)
    sample = from_rows(rows, _metrics(configs))
    return [_Kept("", *_compare(one, sample, horizons, source, as_of)) for one in configs.configurations]


async def _of_store(configs: HealthConfigs, first: date | None, last: date | None, horizons: list[int]) -> list[_Kept]:
    async with open_context() as context:
        now = context.now()
        last = min(last or now.date(), now.date())
        grid = month_ends(first or last - timedelta(days=730), last)
        if not grid:
            raise BadInput("no month ends between the two days", field="--from")
        with Progress(disable=not sys.stderr.isatty(), console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("facts of each month", total=len(grid))
            async with context.engine.read() as connection:
                sample = await from_store(
                    connection, _metrics(configs), grid, as_of=now, told=lambda _day: bar.advance(task)
                )
        found = [_compare(one, sample, horizons, "own book", now) for one in configs.configurations]
        kept = [_Kept(new_id("cal"), *one) for one in found]
        async with context.engine.write() as connection:
            for one in kept:
                await Calibrations(connection).add(
                    StoredCalibration(
                        id=one.id,
                        at=now,
                        config_name=one.report.config_name,
                        config_version=one.report.config_version,
                        report=one.report,
                    )
                )
        return kept


def _compare(
    config: HealthConfig, sample: Sample, horizons: list[int], source: str, as_of: datetime
) -> tuple[CalibrationReport, HealthConfig | None]:
    decide_on = 90 if 90 in horizons else horizons[0]
    found = calibrate(config, sample, horizons=horizons, decide_on=decide_on)
    return calibration_figures.report(found, sample, source=source, as_of=as_of), found.proposed.config


def _write(configs: HealthConfigs, kept: list[_Kept], file: Path) -> str:
    """The file with the proposed weights, whole and checked, for a person to read, sign for and put in place."""
    new = {one.report.config_name: one.proposed for one in kept if one.proposed is not None}
    if not new:
        return "Nothing is proposed: see the reasons above."
    proposed = HealthConfigs(configurations=tuple(new.get(one.name) or one for one in configs.configurations))
    file.write_text(health_config.written(proposed), encoding="utf-8")
    return f"Proposed weights are in {file}. A person accepts them by putting the file in place of the present one."


async def _listed() -> list[StoredCalibration]:
    async with open_context() as context, context.engine.read() as connection:
        return await Calibrations(connection).all()


async def _sign(id_: str, by: str) -> StoredCalibration:
    async with open_context() as context, context.store.begin() as tx:
        now = context.now()
        done = await Calibrations(tx.connection).sign(id_, by=by, at=now)
        detail = {"config": done.config_name, "version": done.config_version}
        await tx.audit.add(now, by, "calibration_signed", done.id, detail)
        return done


def _metrics(configs: HealthConfigs) -> list[str]:
    return list(dict.fromkeys(name for one in configs.configurations for name in one.metrics()))


def _horizons(given: list[int] | None) -> list[int]:
    found = sorted(set(given or HORIZONS))
    for one in found:
        if not 1 <= one <= 730:
            raise BadInput("expected 1 to 730 days", field="--horizon", value=one)
    return found


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("not a day such as 2024-12-31", field=option, value=text) from None
