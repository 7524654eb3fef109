"""The lexicon of survey comments, from a YAML file (section 11.2 of the domain): pluggable, checked, read once."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.errors import BadInput
from models.themes import Lexicon

SUPPLIED = Path(__file__).parents[1] / "config" / "themes.yaml"
"""The lexicon that comes with Steadfast, Spanish and English."""

_LARGEST = 1_000_000


@lru_cache(maxsize=1)
def supplied() -> Lexicon:
    """The supplied lexicon, read once in a process."""
    return read()


def read(path: Path = SUPPLIED) -> Lexicon:
    """The lexicon of the file.

    Raises:
        BadInput: no such file, too large, or wrong; the first problem is named with its place.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise BadInput("no such file, or too large for a lexicon", field="FILE", value=str(path))
    try:
        return Lexicon.model_validate(YAML(typ="safe").load(path))
    except (YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"not YAML: {str(error).splitlines()[0]}", field=str(path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], field=f"{path}: {where}", value=first["input"]) from None
