"""The weekly validation of the figures (sections 18.4 and 20 of the domain): on a Schedule, kept under its day."""

from datetime import UTC

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from activities.validation import ValidationActivities
from models.validating import ValidationAsked, ValidationInput, ValidationVerdict
from workflows import policies

_NOMINAL = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


@workflow.defn
class MetricsValidation:
    """One validation."""

    @workflow.run
    async def run(self, asked: ValidationInput) -> ValidationVerdict:
        """Validate as of now; what the validation found stands in the run's details."""
        nominal = workflow.info().typed_search_attributes.get(_NOMINAL) or workflow.now()
        day = asked.clock.virtual(nominal).astimezone(UTC).date()
        verdict = await workflow.execute_activity_method(
            ValidationActivities.validate_metrics,
            ValidationAsked(id=f"weekly:{day}", cause="weekly", as_of=asked.clock.virtual(workflow.now())),
            summary=f"Validate the figures of {day}",
            **policies.SWEEP,
        )
        told = ["publishable" if verdict.publishable else "**not publishable**", *verdict.blocking]
        workflow.set_current_details("\n- ".join(told))
        return verdict
