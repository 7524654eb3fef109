"""Two customers that are one, and back: facts are moved, the merged one's processes stop, both are looked at again."""

from collections.abc import Iterable
from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import Store, Transaction
from models.errors import BadInput
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.identity import Merge
from models.ids import lifecycle_id


async def merge(store: Store, client: Client, loser: str, winner: str, *, by: str, reason: str, now: datetime) -> Merge:
    """From now on what was and is told of ``loser`` is ``winner``'s. Asking again finishes what was cut off.

    Raises:
        NotFound, Refused, BadInput: see ``activities.ports_vendors.Merges``.
    """
    _named(by)
    async with store.begin() as tx:
        done = await _standing(tx, loser, winner)
        if done is None:
            done = await tx.merges.merge(loser, winner, now, by, reason)
            await _review(tx, (winner,), f"merge:{done.number}", now)
        open_runs = [run.workflow_id for run in await tx.runs.of(loser) if run.ended is None]
    # The rows are committed before anything stops: what is told of the loser now reaches the winner already.
    stopped = [one for one in (lifecycle_id(loser), *open_runs) if await _cancel(client, one)]
    if stopped:
        async with store.begin() as tx:
            await tx.merges.stopped(done.number, [*done.stopped, *stopped])
    return done.model_copy(update={"stopped": (*done.stopped, *stopped)})


async def unmerge(store: Store, number: int, *, by: str, now: datetime) -> Merge:
    """Give back what was moved; both customers' lifecycles look at what is theirs. Plays that were stopped are named.

    Raises:
        NotFound, Refused, BadInput: see ``activities.ports_vendors.Merges``.
    """
    _named(by)
    async with store.begin() as tx:
        undone = await tx.merges.undo(number, now, by)
        await _review(tx, (undone.loser, undone.winner), f"unmerge:{number}", now)
        return undone


async def _standing(tx: Transaction, loser: str, winner: str) -> Merge | None:
    """The very same merge, made before."""
    for one in await tx.merges.all(loser):
        if (one.loser, one.winner) == (loser, winner) and one.undone_at is None:
            return one
    return None


async def _review(tx: Transaction, customers: Iterable[str], ident: str, now: datetime) -> None:
    for customer in customers:
        await tx.inbox.add(STEADFAST, made(EventType.STAGE_REVIEW, customer, now, ident), now)


async def _cancel(client: Client, workflow_id: str) -> bool:
    try:
        await client.get_workflow_handle(workflow_id).cancel()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # it ended, or never began
            return False
        raise
    return True


def _named(by: str) -> None:
    if not by.strip():
        raise BadInput("a person's name is needed", field="by")
