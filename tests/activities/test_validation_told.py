"""Figures that may not be published are a task of the team queue: one, whatever is retried, until they may be again."""

from datetime import timedelta

from activities.validation import tell
from models.enums import Language
from models.nps_figures import Period
from models.validation import Check, CheckStatus, ValidationResult
from persistence.store import SqlStore
from tests.activities.stage_scenes import NOW

WEEK = timedelta(days=7)


def found(week: int, status: CheckStatus) -> ValidationResult:
    at = NOW + week * WEEK
    return ValidationResult(
        id=f"weekly:{at:%Y-%m-%d}",
        cause="weekly",
        at=at,
        period=Period(start=at - WEEK, end=at),
        checks=(Check(name="mrr", status=status, details="the sums differ"),),
        sources=(),
        sources_verified=(),
        discrepancies=(),
        discrepancy_count=0,
        kpis=(),
        mandatory=(),
    )


async def told(store: SqlStore, one: ValidationResult, language: Language = Language.EN) -> list[str]:
    async with store.begin() as tx:
        await tell(tx, one, language)
    async with store.read() as tx:
        return [f"{task.title}: {task.description}" for task in await tx.tasks.open_of("team")]


async def test_one_task_stays_open_until_a_later_validation_allows_publishing(store: SqlStore) -> None:
    assert await told(store, found(0, CheckStatus.PASS)) == []
    first = found(1, CheckStatus.FAIL)
    for _ in range(2):
        [said] = await told(store, first)
        assert said == (
            f"The figures may not be published ({first.at:%Y-%m-%d}): check mrr: the sums differ. "
            "See `starter.py validate`."
        )
    [said] = await told(store, found(2, CheckStatus.FAIL), Language.ES)
    assert said.startswith(f"Las cifras no se pueden publicar ({NOW + 2 * WEEK:%Y-%m-%d})")
    assert await told(store, found(3, CheckStatus.WARNING)) == []
    async with store.read() as tx:
        assert len(await tx.work.notices("")) == 2


async def test_one_that_somebody_closed_is_not_opened_again_by_a_retry(store: SqlStore) -> None:
    one = found(1, CheckStatus.FAIL)
    await told(store, one)
    async with store.begin() as tx:
        await tx.tasks.close(f"validation:{one.id}", outcome="done", note="", by="lena", at=one.at)
    assert await told(store, one) == []
