"""What every command asks of the words of a person."""

from models.errors import BadInput


def person(text: str | None) -> str | None:
    """A callback of ``--by``: whoever answers for an act is named.

    Raises:
        BadInput: nobody is.
    """
    if text is None:
        return None
    if not text.strip():
        raise BadInput("say who, by name", field="--by", value=text)
    return text.strip()
