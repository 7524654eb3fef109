"""The order in which a dev server is looked for, decided without network."""

from pathlib import Path

import pytest

from models.errors import Misconfigured
from stack.temporal_cli import Source, Way, plan

HOME = Path("/cache/steadfast")
FOLDER = HOME / "temporal-cli-1.5.1"
GIVEN = Path("/opt/temporal")


def ways(
    *, given: Path | None = None, path: tuple[str, ...] = (), files: tuple[Path, ...] = ()
) -> list[tuple[Source, Path]]:
    found = plan(
        given,
        HOME,
        which=lambda name: f"/usr/bin/{name}" if name in path else None,
        exists=lambda file: file in files,
    )
    return [(way.source, way.path) for way in found]


@pytest.mark.parametrize(
    ("given", "path", "files", "expected"),
    [
        (GIVEN, ("temporal",), (GIVEN, FOLDER / "temporal"), [(Source.GIVEN, GIVEN)]),
        (None, ("temporal", "go"), (FOLDER / "temporal",), [(Source.PATH, Path("/usr/bin/temporal"))]),
        (None, ("go",), (FOLDER / "temporal",), [(Source.CACHE, FOLDER / "temporal")]),
        (None, ("go",), (FOLDER,), [(Source.SDK, FOLDER), (Source.GO, FOLDER)]),
        (None, (), (), [(Source.SDK, FOLDER)]),
    ],
    ids=["given first", "then the PATH", "then the cache", "then download, then Go", "no Go, no build"],
)
def test_the_ways_are_tried_in_this_order(
    given: Path | None, path: tuple[str, ...], files: tuple[Path, ...], expected: list[tuple[Source, Path]]
) -> None:
    assert ways(given=given, path=path, files=files) == expected


def test_a_given_path_that_is_not_there_is_an_error_and_nothing_else_is_taken() -> None:
    with pytest.raises(Misconfigured, match=r"STEADFAST_TEMPORAL_CLI = '/opt/temporal': no such file"):
        ways(given=GIVEN, path=("temporal", "go"), files=(FOLDER / "temporal",))


def test_only_what_is_there_already_is_ready() -> None:
    ready = {source for source in Source if Way(source, FOLDER).ready}
    assert ready == {Source.GIVEN, Source.PATH, Source.CACHE}
