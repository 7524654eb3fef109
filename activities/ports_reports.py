"""Reports with their evidence and attestations, as a repository of a transaction (section 18.2)."""

from datetime import datetime
from typing import Protocol

from models.evidence_record import Attestation, EvidenceRecord
from models.report import Published, Report


class Reports(Protocol):
    """Nothing of a report is ever changed but its publication, once."""

    async def add(self, made: Report) -> None:
        """Keep a draft; a second with its id changes nothing."""
        ...

    async def get(self, id_: str) -> Report:
        """That one. Raises NotFound."""
        ...

    async def all(self, limit: int = 50) -> list[Report]:
        """The newest ones."""
        ...

    async def publish(self, id_: str, published: Published, *, by: str, at: datetime) -> bool:
        """It went out; False if it had before, and nothing is changed."""
        ...

    async def attest(self, said: Attestation) -> None:
        """Keep what a person says; of one content, the latest word on an item counts."""
        ...

    async def attestations(self, report: str) -> list[Attestation]:
        """What was attested of a report, oldest first."""
        ...

    async def add_evidence(self, record: EvidenceRecord) -> None:
        """Keep a record; a second with its id changes nothing."""
        ...

    async def evidence(self, report: str = "") -> list[EvidenceRecord]:
        """Of a report and of its claims, or all; oldest first."""
        ...
