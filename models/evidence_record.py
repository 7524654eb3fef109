"""Records of evidence, and attestations by named people (sections 0.5 and 18.2 of the domain, V11)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.approval import Named
from models.base import Carried, Instant, Slug

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Pointer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class EvidenceKind(StrEnum):
    """What sort of evidence it is (sections 18.2 and 18.5)."""

    QUERY = "query"
    DATA_SOURCE = "data_source"
    SCREENSHOT = "screenshot"
    METHODOLOGY = "methodology"
    EXPORT = "export"
    EXPERIMENT = "experiment"
    OTHER = "other"


class EvidenceRecord(Carried):
    """One piece. ``sha256`` is that of its bytes, so that it can be shown later to be the same."""

    id: str
    kind: EvidenceKind
    subject: Pointer = Field(description="A report's id, or REPORT/CLAIM for one of its claims.")
    reference: Pointer = Field(description="Where it is: a file, an address, a query.")
    sha256: Sha256
    author: Named
    at: Instant
    note: Said = ""


class Attestation(Carried):
    """A named person says that they did it. It holds for the content they looked at, and for no other."""

    report: str
    item: Slug
    sha256: Sha256
    by: Named
    at: Instant
    note: Said = ""
    records: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)], ...] = ()
