"""Releasing a playbook: previewed run by run, kept, and done run by run; what changed since is reported, never forced.

Stopping anywhere loses nothing: the release is kept before the first run moves, each run moves by one update under the
release's id, and doing it again goes on with those that have not moved.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import Store
from models.enums import Segment
from models.errors import BadInput, Refused
from models.playbook import Playbook
from models.release import MoveLine, MoveOutcome, MoveRequest, Policy, Release, Standing
from models.run import RunState
from rules import moving

AT_ONCE = 8

Told = Callable[[], None]


def _silent() -> None:
    return None


class Releaser:
    """Previews and carries out releases."""

    def __init__(self, store: Store, client: Client, *, now: Callable[[], datetime]) -> None:
        """``now``: of the stack's clock."""
        self._store = store
        self._client = client
        self._now = now

    async def runs(self, playbook: Playbook) -> list[str]:
        """The open runs that follow another content of the playbook."""
        async with self._store.read() as tx:
            return await tx.runs.open_of(playbook.id, other_than=playbook.fingerprint())

    async def preview(
        self, playbook: Playbook, policy: Policy, mapping: dict[str, str], runs: Sequence[str], told: Told = _silent
    ) -> list[tuple[MoveLine, Standing | None]]:
        """What would become of each run of the playbook's segments; nothing is changed."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(workflow_id: str) -> tuple[MoveLine, Standing | None]:
            async with gate:
                standing = await self._standing(workflow_id)
            told()
            return self.line(playbook, policy, mapping, workflow_id, standing), standing

        found = await asyncio.gather(*(one(each) for each in runs))
        return [(line, standing) for line, standing in found if standing is None or _concerns(playbook, standing)]

    def line(
        self, playbook: Playbook, policy: Policy, mapping: dict[str, str], workflow_id: str, standing: Standing | None
    ) -> MoveLine:
        """What would become of a run that stands so; None: it has ended."""
        if standing is None:
            return MoveLine(workflow_id=workflow_id, customer="", outcome=MoveOutcome.ENDED)
        said = {"workflow_id": workflow_id, "customer": standing.customer, "waits_at": standing.waiting}
        if standing.fingerprint == playbook.fingerprint():
            return MoveLine(**said, outcome=MoveOutcome.ALREADY)
        if policy is Policy.FINISH:
            return MoveLine(**said, outcome=MoveOutcome.FINISHES)
        state = RunState.model_validate_json(standing.state_json)
        if policy is Policy.RESTART:
            again = moving.sent_again(standing.playbook, state)
            return MoveLine(**said, outcome=MoveOutcome.RESTARTS, again=again)
        plan = moving.move(standing.playbook, playbook, state, mapping, standing.keys, self._now())
        if isinstance(plan, moving.CannotMove):
            return MoveLine(**said, outcome=MoveOutcome.CANNOT_MOVE, notes=(plan.reason,))
        return MoveLine(**said, outcome=MoveOutcome.MOVES, notes=plan.notes)

    async def carry_out(
        self, release: Release, previewed: Sequence[tuple[MoveLine, Standing | None]], told: Told = _silent
    ) -> AsyncIterator[MoveLine]:
        """Do what was previewed; a run that has changed since is left as it is and reported."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(line: MoveLine, standing: Standing | None) -> MoveLine:
            async with gate:
                done = await self._one(release, line, standing)
            told()
            return done

        for finished in asyncio.as_completed([one(*each) for each in previewed]):
            line = await finished
            async with self._store.begin() as tx:
                await tx.releases.became(release.id, [line], self._now())
            yield line

    async def _one(self, release: Release, line: MoveLine, standing: Standing | None) -> MoveLine:
        if standing is None or line.outcome not in (MoveOutcome.MOVES, MoveOutcome.RESTARTS):
            return line
        request = MoveRequest(
            policy=release.policy,
            playbook=release.document,
            fingerprint=release.fingerprint,
            mapping=release.mapping,
            expected=standing.digest,
            note=release.note,
        )
        handle = self._client.get_workflow_handle(line.workflow_id)
        try:
            # The same id on every try: a run that took it and has not gone on yet answers what it answered then.
            await handle.execute_update("move", request, id=f"{release.id}:{standing.digest}", result_type=str)
        except WorkflowUpdateFailedError as error:
            now = await self._standing(line.workflow_id)
            if now is not None and now.fingerprint == release.fingerprint:
                # It went on with the new content at once, and the answer was lost: a second try finds it there.
                return line
            reason = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
            changed = "changed since" in reason or "carried out" in reason
            outcome = MoveOutcome.CHANGED if changed else MoveOutcome.CANNOT_MOVE
            return line.model_copy(update={"outcome": outcome, "notes": (reason,)})
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return line.model_copy(update={"outcome": MoveOutcome.ENDED, "notes": ("it ended meanwhile",)})
            raise
        return line

    async def _standing(self, workflow_id: str) -> Standing | None:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            found: Standing = await handle.query("standing", result_type=Standing)
            return found
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


def _concerns(playbook: Playbook, standing: Standing) -> bool:
    """Whether the run's own content is one that this one takes the place of: files of one id share customers or not."""
    mine, its = set(playbook.segments or Segment), set(standing.playbook.segments or Segment)
    return bool(mine & its)


def check(old: Playbook | None, new: Playbook, policy: Policy, mapping: dict[str, str]) -> None:
    """Refuse what cannot be released.

    Raises:
        BadInput: the mapping names a step that is not there.
        Refused: nothing changed, or the version was not raised.
    """
    if mapping and policy is not Policy.MOVE:
        raise BadInput("goes with --running move", field="--map")
    if old is None:
        return
    if old.fingerprint() == new.fingerprint():
        raise Refused("it is what is in force already", field="playbook", value=new.id)
    if new.version <= old.version:
        raise Refused(f"raise it above {old.version}, which is in force", field="version", value=new.version)
    wrong = moving.problems(old, new, mapping)
    if wrong:
        raise BadInput(wrong[0], field="--map")
