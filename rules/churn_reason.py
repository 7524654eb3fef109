"""Why a customer left, coded (section 3.1 of the domain)."""

CODES = (
    "price",
    "missing_feature",
    "competitor",
    "no_value",
    "support",
    "payment",
    "business_closed",
    "other",
)


def coded(said: str | None) -> str | None:
    """The code that was said; ``other`` for words that are no code, None when nothing was said."""
    if said is None or not said.strip():
        return None
    word = said.strip().casefold().replace(" ", "_").replace("-", "_")
    return word if word in CODES else "other"
