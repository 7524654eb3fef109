"""``playbooks release --running move``, killed in the middle together with its worker, and done again.

None lost, none doubled, and what was previewed is what became of each run. ``make chaos`` does it with more runs and
kills again and again.
"""

from pathlib import Path

import pytest
from temporalio.client import Client

from tests.e2e.parked import Parked, parked

pytestmark = pytest.mark.timeout(600)


async def test_a_release_killed_in_the_middle_and_done_again_moves_every_run_once(
    dev_client: Client, temporal_address: str, tmp_path: Path
) -> None:
    async with parked(tmp_path, dev_client, temporal_address, 32) as here:
        await _killed(here, at=(3,))


@pytest.mark.chaos
async def test_a_release_killed_again_and_again_moves_every_run_once(
    dev_client: Client, temporal_address: str, tmp_path: Path
) -> None:
    async with parked(tmp_path, dev_client, temporal_address, 200) as here:
        await _killed(here, at=(1, 20, 50, 80, 120, 160))


async def _killed(here: Parked, at: tuple[int, ...]) -> None:
    """The command and its worker are killed together, each time after so many moves; then it is left in peace."""
    here.release("--preview")
    previewed = await here.told()
    for count in at:
        here.release("--yes")
        await here.until_moved(count)
        here.kill("release", "worker")
        assert here.moved() < len(here.handles), "it was over before it could be killed"
        here.work()
    here.release("--yes")
    told = await here.told()
    assert set(told.values()) <= {"moves", "already"}
    assert told.keys() <= previewed.keys()
    await here.check(previewed)
