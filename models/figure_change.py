"""A figure beside the same figure of the period before, and whether "improved" may be said (sections 11.3 and 18.3)."""

from typing import Annotated

from pydantic import Field

from models.base import Value
from models.figure import Figure

SIGNIFICANCE = 0.05


class Change(Value):
    """Two figures and the test between them.

    ``improved`` and ``worsened`` None: cannot tell, and ``reason`` says why; both False: not by more than chance gives.
    """

    before: Figure
    after: Figure
    better_when: str = Field(description="``higher`` or ``lower``.")
    test: str = ""
    p_value: Annotated[float, Field(ge=0, le=1)] | None = None
    improved: bool | None
    worsened: bool | None
    reason: str

    def __str__(self) -> str:
        if self.improved is None:
            return f"cannot tell whether it improved: {self.reason}"
        said = "improved" if self.improved else "worse" if self.worsened else "no change beyond chance"
        return f"{said} ({self.reason})"


def change(before: Figure, after: Figure, p_value: float | None, test: str, *, lower: bool = False) -> Change:
    """Whether the later figure is better by more than chance, by a test made elsewhere."""
    wanted = "lower" if lower else "higher"
    missing = [one.reason for one in (before, after) if not one.known]
    if before.value is None or after.value is None or p_value is None:
        reason = missing[0] if missing else "nothing varies, so chance cannot be judged"
        return Change(before=before, after=after, better_when=wanted, improved=None, worsened=None, reason=reason)
    gain = float(after.value) - float(before.value)
    better, worse = (gain < 0, gain > 0) if lower else (gain > 0, gain < 0)
    beyond = p_value < SIGNIFICANCE
    return Change(
        before=before, after=after, better_when=wanted, test=test, p_value=p_value, improved=better and beyond,
        worsened=worse and beyond, reason=f"{before.short()} before; p = {p_value:.2g}, {test}",
    )  # fmt: skip
