"""JSON that is text already: what writes it to the database passes it on as it is."""


class JsonText(str):
    """A whole JSON document, checked by whoever made it."""

    __slots__ = ()
