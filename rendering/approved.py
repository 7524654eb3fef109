"""The approved list of what may be offered and told: ``config/offers.yaml`` and ``config/news.yaml``, read once."""

from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.errors import Misconfigured
from models.offers import Approved

CONFIG = Path(__file__).parents[1] / "config"
FILES = ("offers.yaml", "news.yaml")
MAX_BYTES = 65_536


def load(folder: Path = CONFIG) -> Approved:
    """Read both files.

    Raises:
        Misconfigured: one is missing or wrong; the field is its name.
    """
    together: dict[str, object] = {}
    for name in FILES:
        content = _mapping(folder / name)
        again = sorted(together.keys() & content.keys())
        if again:
            raise Misconfigured(f"also in the other file: {', '.join(again)}", field=name)
        try:
            Approved.model_validate(content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            at = ".".join(str(part) for part in first["loc"]) or "the file"
            raise Misconfigured(f"{at}: {first['msg']}", field=name) from None
        together.update(content)
    return Approved.model_validate(together)


def _mapping(path: Path) -> dict[str, object]:
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise Misconfigured(f"{len(raw)} bytes; at most {MAX_BYTES}", field=path.name)
        content = YAML(typ="safe", pure=True).load(raw.decode("utf-8-sig"))
    except OSError as error:
        raise Misconfigured(f"cannot be read: {error.strerror}", field=path.name) from None
    except (YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Misconfigured(f"not YAML: {error}", field=path.name) from None
    if not isinstance(content, dict):
        raise Misconfigured("expected named lists", field=path.name)
    return {str(name): value for name, value in content.items()}
