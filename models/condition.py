"""A compiled condition: CEL over named values, three-valued. Unknown facts make it unknown, and unknown never fires.

CEL cannot loop, call out or read a clock. A compiled program is kept for the life of the process: compiling costs
about fifty times an evaluation.
"""

from collections.abc import Mapping
from functools import lru_cache

import cel

from models.errors import BadInput


@lru_cache(maxsize=4096)
def _compile(source: str) -> tuple[cel.Program, frozenset[str]]:
    """The program, and the names it reads: asking the program for them costs as much as an evaluation."""
    try:
        program = cel.compile(source)
        return program, frozenset(program.variables())
    except ValueError as error:
        first = str(error).removeprefix("Failed to parse expression").splitlines()[0]
        raise BadInput(f"not a condition: {first.strip()}", field="when", value=source) from None


def names(source: str) -> frozenset[str]:
    """The names a condition reads.

    Raises:
        BadInput: it does not parse, or calls a function other than CEL's own operators and macros.
    """
    return _compile(source)[1]


def evaluate(source: str, values: Mapping[str, object]) -> bool | None:
    """True, false, or None when a value it reads is absent or None.

    Raises:
        BadInput: it does not parse, or a value has the wrong type for its operator.
    """
    program, read = _compile(source)
    known = {name: values.get(name) for name in read}
    if any(value is None for value in known.values()):
        return None
    try:
        answer = program.execute(known)
    except (RuntimeError, TypeError, ValueError, ArithmeticError) as error:
        raise BadInput(str(error).split("Check that")[0].strip()[:200], field="when", value=source) from None
    if not isinstance(answer, bool):
        raise BadInput("does not give true or false", field="when", value=source)
    return answer
