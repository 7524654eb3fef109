"""Composition root of the command line. Exit 0: done; 1: refused by the system; 2: bad input, one line says which."""

import sys
from collections.abc import Sequence

import typer
from pydantic import ValidationError
from temporalio.worker import WorkflowRunner
from typer.exceptions import Abort, TyperException

from activities.house import House
from cli.acts import outcome, step
from cli.admin import migrate
from cli.advocacy import app as advocacy
from cli.approvals import app as approvals
from cli.audit import app as audit
from cli.backtest import backtest
from cli.calibrate import app as calibrate
from cli.checks import checklist, exceptions_
from cli.deliveries import app as deliveries
from cli.demo import demo
from cli.dev import dev
from cli.events import event, signup
from cli.evidence import app as evidence
from cli.evidence import attest
from cli.features import features
from cli.identity import app as identity
from cli.importing import import_
from cli.integrations import app as integrations
from cli.metrics import metrics
from cli.opportunity import app as opportunity
from cli.ops import app as ops
from cli.personal import erase, export
from cli.plan import app as plan
from cli.playbooks import make as playbooks
from cli.portfolio import portfolio
from cli.qbr import make as qbr
from cli.replay import make as replaying
from cli.reports import app as report
from cli.scan import scan
from cli.show import show
from cli.simulate import make as simulating
from cli.sources import app as sources
from cli.stage import stage
from cli.tasks import app as tasks
from cli.team import team
from cli.uplift import uplift
from cli.validate import validate
from composition.leaving import leave
from models.errors import BadInput, Misconfigured, SteadfastError
from rendering.catalogue import Templates
from settings import Settings


def _composed() -> tuple[Sequence[type], WorkflowRunner]:
    """What the worker runs; imported only where asked for, since it brings every library along."""
    import worker

    return worker.WORKFLOWS, worker.runner()


def _house(settings: Settings) -> House:
    import worker

    return worker.house(settings)


app = typer.Typer(
    name="starter.py",
    help="Steadfast: customer-success playbooks as durable workflows.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for name, command in (
    ("dev", dev),
    ("signup", signup),
    ("event", event),
    ("import", import_),
    ("show", show),
    ("step", step),
    ("outcome", outcome),
    ("scan", scan),
    ("portfolio", portfolio),
    ("simulate", simulating(_house)),
    ("backtest", backtest),
    ("uplift", uplift),
    ("replay", replaying(_composed)),
    ("stage", stage),
    ("export", export),
    ("erase", erase),
    ("checklist", checklist),
    ("exceptions", exceptions_),
    ("team", team),
    ("features", features),
    ("metrics", metrics),
    ("validate", validate),
    ("demo", demo),
    ("attest", attest),
    ("migrate", migrate),
):
    app.command(name)(command)
app.add_typer(playbooks(Templates.load), name="playbooks")
app.add_typer(advocacy, name="advocacy")
app.add_typer(plan, name="plan")
app.add_typer(tasks, name="tasks")
app.add_typer(approvals, name="approvals")
app.add_typer(audit, name="audit")
app.add_typer(calibrate, name="calibrate")
app.add_typer(ops, name="ops")
app.add_typer(opportunity, name="opportunity")
app.add_typer(qbr(_house), name="qbr", help="The quarterly review of a customer: drafted, approved, exported, held.")
app.add_typer(identity, name="identity")
app.add_typer(report, name="report")
app.add_typer(evidence, name="evidence")
app.add_typer(sources, name="sources")
app.add_typer(deliveries, name="deliveries")
app.add_typer(integrations, name="integrations")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and turn every refusal into one line on stderr."""
    try:
        return app(args=list(arguments) if arguments is not None else None, standalone_mode=False) or 0
    except TyperException as error:
        said = error.format_message()
        if said.lstrip().startswith("Usage:"):  # nothing was asked: the answer is the whole help
            sys.stderr.write(said + "\n")
            return 2
        return _refuse(said.replace(": Value error, ", ": ", 1), 2)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        given = first["input"] if isinstance(first["input"], str | int | float) else None
        return _refuse(str(BadInput(first["msg"].removeprefix("Value error, "), field=where, value=given)), 2)
    except Misconfigured as error:
        for line in str(error).splitlines():  # one for each setting that is wrong
            _refuse(line, 1)
        return 1
    except SteadfastError as error:
        return _refuse(str(error), 2 if isinstance(error, BadInput) else 1)
    except (KeyboardInterrupt, Abort):
        return _refuse("stopped", 1)
    except BrokenPipeError:
        return 1


def _refuse(line: str, code: int) -> int:
    sys.stderr.write(" ".join(line.split()) + "\n")
    return code


if __name__ == "__main__":
    leave(main())
