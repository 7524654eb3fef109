"""The versioned queries behind every figure: one file each, run exactly as printed (sections 18.2 and 18.5).

The first line of a file is ``-- NAME, version N: what it reads``. Its hash is on every figure made from it; a change of
the text without a new version is refused by a test that knows the hashes of the released ones.
"""

import re
from functools import cache
from pathlib import Path

from models.figure import Documented

_HERE = Path(__file__).parent
_HEAD = re.compile(r"-- (?P<name>[a-z0-9_]+), version (?P<version>\d+): \S")


@cache
def queries() -> dict[str, Documented]:
    """Every query, by name."""
    found = {}
    for file in sorted(_HERE.glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        head = _HEAD.match(text)
        if head is None or head["name"] != file.stem:
            raise ValueError(f"{file.name}: expected '-- {file.stem}, version N: what it reads' as first line")
        found[file.stem] = Documented(name=file.stem, version=int(head["version"]), text=text)
    return found


def query(name: str) -> Documented:
    """The query of that name."""
    return queries()[name]
