"""Calls of every adapter: how it is made, what the vendor must be asked, and what it answers."""

from tests.integrations import (
    vendor_cases_crm,
    vendor_cases_notes,
    vendor_cases_platforms,
    vendor_cases_reads,
    vendor_cases_talk,
)
from tests.integrations.vendor_kit import Case

CASES: tuple[Case, ...] = (
    *vendor_cases_crm.CASES,
    *vendor_cases_talk.CASES,
    *vendor_cases_platforms.CASES,
    *vendor_cases_notes.CASES,
    *vendor_cases_reads.CASES,
)
