"""What must be done before a report goes out, and after: the phases of 18.2, its tools and evidence, and 18.5.

``computed`` items are worked out from the report and its validation; ``attested`` ones need a named person (V11);
``evidence`` ones a record; ``approval`` the yes of somebody other than who asked. All of them gate publication but
those of the last phase, which come after it.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Slug, Value
from models.evidence_record import EvidenceKind

LEAST_SAMPLE = 10


class Phase(StrEnum):
    """When it is due."""

    BEFORE_ANALYSIS = "before_analysis"
    DURING_ANALYSIS = "during_analysis"
    BEFORE_REPORTING = "before_reporting"
    BEFORE_SENDING = "before_sending"
    AFTER_REPORTING = "after_reporting"


class How(StrEnum):
    """Who or what says that it is done."""

    COMPUTED = "computed"
    ATTESTED = "attested"
    EVIDENCE = "evidence"
    APPROVAL = "approval"


class Item(Value):
    """One item. ``by_another``: the author cannot attest it; ``records``: least records verified by hand."""

    id: Slug
    phase: Phase
    text: str
    how: How
    by_another: bool = False
    records: Annotated[int, Field(ge=0)] = 0
    kind: EvidenceKind | None = None

    @property
    def gates(self) -> bool:
        """Whether publication waits for it."""
        return self.phase is not Phase.AFTER_REPORTING


class ItemState(Value):
    """An item of one report: done or open, and why."""

    item: Item
    done: bool
    detail: str


def _item(id_: str, phase: Phase, how: How, text: str, **more: object) -> Item:
    return Item.model_validate({"id": id_, "phase": phase, "how": how, "text": text, **more})


_B, _D, _R, _S, _A = Phase
_C, _H, _E, _Y = How

ITEMS = (
    _item("data_sources_validated", _B, _C, "data sources identified and validated"),
    _item("definitions_agreed", _B, _H, "metric definitions agreed"),
    _item("cohorts_documented", _B, _C, "cohort definitions documented"),
    _item("baselines_set", _B, _C, "baselines set: each change has the figure of the period before"),
    _item("sql_review", _D, _H, "queries reviewed by a peer", by_another=True),
    _item("sample_check", _D, _H, f"at least {LEAST_SAMPLE} records verified by hand", records=LEAST_SAMPLE),
    _item("outliers", _D, _H, "outliers looked into and explained"),
    _item("segmentation", _D, _H, "segmentation logic documented"),
    _item("reconciled", _R, _C, "numbers reconciled with the source"),
    _item("trend_verification", _R, _H, "trends checked visually, seasonality considered"),
    _item("visualization_check", _R, _H, "charts not misleading"),
    _item("like_with_like", _R, _C, "comparisons like with like: equal lengths, one definition"),
    _item("intervals", _R, _C, "confidence intervals calculated"),
    _item("cohort_math", _R, _C, "retention calculation verified"),
    _item("date_alignment", _R, _C, "cohort dates correct"),
    _item("claims", _S, _C, "no claim in free words, and no number typed by hand"),
    _item("unchanged", _S, _C, "the content is as it was drafted"),
    _item("validated", _S, _C, "the figures were validated before publishing, and may be published"),
    _item("checked_at_source", _S, _H, "data checked at the original source"),
    _item("period_defined", _S, _C, "period clearly defined"),
    _item("compared", _S, _C, "comparison with the previous period included"),
    _item("notes", _S, _C, "notes on anomalies or method changes ('none' is said)"),
    _item("queries", _S, _C, "versioned queries of every figure can be printed"),
    _item("source_links", _S, _E, "links to data sources", kind=EvidenceKind.DATA_SOURCE),
    _item("sample_screenshot", _S, _E, "screenshot of the sample verification", kind=EvidenceKind.SCREENSHOT),
    _item("methodology", _S, _E, "methodology document", kind=EvidenceKind.METHODOLOGY),
    _item("approved", _S, _Y, "approved by a stakeholder other than who asked"),
    _item("stakeholders_validated", _A, _H, "stakeholders validated the findings"),
    _item("actions_owned", _A, _H, "actions have owners"),
    _item("follow_up", _A, _H, "follow-up scheduled"),
    _item("lessons", _A, _H, "lessons documented"),
)

BY_ID = {item.id: item for item in ITEMS}
