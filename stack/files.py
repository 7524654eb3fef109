"""Small state files that a kill between any two lines leaves either old or new, never half."""

import os
import tempfile
from pathlib import Path

from models.errors import Misconfigured


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace the file at once; its bytes are on the disk before its name is."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def prepare_home(home: Path) -> None:
    """Make the home and its log folder, for this user only: it holds the secrets and the customers' data.

    Raises:
        Misconfigured: it cannot be made there.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise Misconfigured(f"cannot be made ({error.strerror})", field="STEADFAST_HOME", value=str(home)) from None
