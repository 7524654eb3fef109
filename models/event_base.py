"""The base of what an event says in its ``data``.

``PAST`` names days and moments that cannot lie in the future. ``KEPT_BACK`` names what never travels to a workflow:
text that people wrote, addresses, and who did it. ``SUBJECT`` is the field that an occurrence's name ends with.
"""

from typing import ClassVar

from pydantic import ConfigDict

from models.base import Value


class EventData(Value):
    """The base: unknown fields are refused."""

    PAST: ClassVar[tuple[str, ...]] = ()
    KEPT_BACK: ClassVar[frozenset[str]] = frozenset()
    SUBJECT: ClassVar[str] = ""


class OpenData(EventData):
    """Data of the first kinds of events: what else a producer says is stored and not interpreted."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
