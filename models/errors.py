"""Every error Steadfast raises, and what each means for whoever catches it.

::

    SteadfastError
    ├── BadInput          the caller's data is wrong          HTTP 422  exit 2
    ├── Refused           well-formed, but not now or not so  HTTP 409  exit 1
    │   └── NotFound      no such customer, playbook, run     HTTP 404  exit 1
    ├── Misconfigured     a setting is missing or wrong       HTTP 503  exit 1   never retried
    └── OutsideError      another system                      HTTP 502  exit 1
        ├── Retryable     try again, perhaps after a while                       retried
        ├── Rejected      it understood and said no                              never retried
        └── OutcomeUnknown it may have done it: do not guess                     never retried blindly

Temporal matches non-retryable errors by exact class name; ``policies.py`` derives that list from :func:`non_retryable`.
"""

from datetime import timedelta


class SteadfastError(Exception):
    """The root. ``field`` and ``value`` name what was wrong, where one thing was."""

    retried = False

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value

    def __str__(self) -> str:
        if self.field is None:
            return self.message
        shown = "" if self.value is None else f" = {self.value!r:.120}"
        return f"{self.field}{shown}: {self.message}"


class BadInput(SteadfastError):
    """The data is wrong; nothing was changed."""


class Refused(SteadfastError):
    """The request is well-formed, but the present state does not allow it; nothing was changed."""


class NotFound(Refused):
    """No such thing."""


class Misconfigured(SteadfastError):
    """A setting is missing or wrong; an operator must act, a retry cannot help."""


class OutsideError(SteadfastError):
    """Another system did not do what was asked."""


class Retryable(OutsideError):
    """Another try may work; ``after`` is how long the other side asked us to wait."""

    retried = True

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class Rejected(OutsideError):
    """The other side understood and refused; its message is kept, and the HTTP status where there was one."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class OutcomeUnknown(OutsideError):
    """The other side may have done it; only a person or a reconciliation can tell."""


def tree(root: type[SteadfastError] = SteadfastError) -> list[type[SteadfastError]]:
    """Every class of the tree, root first."""
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


def non_retryable() -> list[str]:
    """Names of the errors that no retry can mend, for Temporal's retry policies."""
    return sorted(error.__name__ for error in tree() if not error.retried)
