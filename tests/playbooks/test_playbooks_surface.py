"""What others see: the schema, the catalogue, the command line, and the page that explains them."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from cli.playbooks import app
from models.actions import PARAMS, Meeting
from models.enums import Segment
from models.errors import NotFound
from models.facts import CATALOGUE
from models.playbook import ActionName, Playbook
from playbooks import schema
from playbooks.catalog import DIRECTORY, Catalog
from playbooks.check import check_bytes
from playbooks.vocabulary import DATES, EXTERNAL, MILESTONE_EVENTS, ONBOARDING_EVENTS, RUN_VALUES
from rendering.catalogue import Templates

PAGE = Path(__file__).parents[2] / "docs" / "playbooks.md"
FILES = sorted(DIRECTORY.rglob("*.yaml"))
run = CliRunner().invoke


def test_schema_file_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), (
        "starter.py playbooks schema > playbooks/schema.json"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_names_the_schema(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named is not None
    assert (file.parent / named[1]).resolve() == schema.FILE


def test_every_verb_has_its_parameters() -> None:
    assert tuple(PARAMS) == get_args(ActionName)


def test_our_playbooks_use_texts_that_exist() -> None:
    assert len(Catalog.load(templates=Templates.load()).all()) == len(FILES)


def test_fingerprints_tell_contents_apart() -> None:
    first, again = Catalog.load(), Catalog.load()
    assert first.fingerprints() == again.fingerprints()
    assert len(set(first.fingerprints().values())) == len(FILES)


def test_playbook_survives_the_journey_through_json() -> None:
    for playbook in Catalog.load().all():
        back = Playbook.model_validate_json(playbook.model_dump_json(by_alias=True))
        assert back.fingerprint() == playbook.fingerprint()


@pytest.mark.parametrize(
    ("playbook", "segment", "said"),
    [
        ("nope", None, "no such playbook; known: advocacy"),
        ("self-serve-v1", Segment.ENTERPRISE, "not for segment enterprise"),
    ],
)
def test_unknown_playbook_is_not_found(playbook: str, segment: Segment | None, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        Catalog.load().by_id(playbook, segment)


def test_only_variant_is_found_without_a_segment() -> None:
    assert Catalog.load().by_id("mid-market-v1").id == "mid-market-v1"


def test_check_says_that_all_is_well_in_one_line() -> None:
    result = run(app, ["check"])
    known = Catalog.load().all()
    steps = sum(len(playbook.steps) for playbook in known)
    assert (result.exit_code, result.output) == (0, f"{len(known)} playbooks with {steps} steps are in order\n")


def test_check_prints_each_problem_on_a_line(tmp_path: Path) -> None:
    text = (DIRECTORY / "onboarding" / "stalled.yaml").read_text(encoding="utf-8")
    (tmp_path / "bad.yml").write_text(text.replace("do: send_message", "do: send_mesage"), encoding="utf-8")
    result = run(app, ["check", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.startswith(
        f"{tmp_path}/bad.yml:22:9: wrong value 'send_mesage' for do, expected one of send_message"
    )
    assert len(result.output.splitlines()) == 1


def test_check_of_nothing_is_bad_input(tmp_path: Path) -> None:
    assert run(app, ["check", str(tmp_path)]).exit_code == 2
    result = run(app, ["check", str(tmp_path / "absent.yaml")])
    assert result.exit_code == 2
    assert "absent.yaml:1:1: cannot be read: No such file or directory" in result.output


def test_list_gives_every_playbook() -> None:
    rows = json.loads(run(app, ["list", "--json"]).output)
    assert [row["file"] for row in rows if row["id"] == "self-serve-v1"] == ["playbooks/onboarding/self-serve-v1.yaml"]
    assert len(rows) == len(FILES)
    assert len(run(app, ["list"]).output.splitlines()) == len(FILES) + 1


def test_show_gives_the_variant_of_a_segment() -> None:
    shown = run(app, ["show", "onboarding.welcome_sequence", "--segment", "enterprise"])
    assert shown.exit_code == 0
    assert "send_tips_email\t5 days after trigger\tsend_message" in shown.output
    assert '"template": "welcome_email"' in shown.output
    as_json = json.loads(run(app, ["show", "onboarding.welcome_sequence", "--json"]).output)
    assert as_json["steps"][0]["with"] == {"template": "welcome_email_self_serve"}


def test_show_of_an_unknown_playbook_is_refused() -> None:
    result = run(app, ["show", "nope"])
    assert result.exit_code == 1
    assert "no such playbook" in result.output


def test_schema_is_printed_as_it_is_stored() -> None:
    assert run(app, ["schema"]).output == schema.FILE.read_text(encoding="utf-8")


def test_broken_directory_is_bad_input_for_list(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: 1\n", encoding="utf-8")
    result = run(app, ["list", "--directory", str(tmp_path)])
    assert result.exit_code == 2
    assert "a.yaml:1:5: wrong value 1 for id" in result.output


def test_worked_example_of_the_page_is_in_order() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    assert check_bytes(example[1].encode(), "docs/playbooks.md", Templates.load()).problems == []


def test_page_names_everything_there_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for fact in CATALOGUE.values():
        assert f"| `{fact.name}` | {fact.type} | {f'{fact.unit} ' if fact.unit else ''}| {fact.meaning} |" in page
    for name in (*PARAMS, *EXTERNAL, *MILESTONE_EVENTS, *ONBOARDING_EVENTS, *DATES, *RUN_VALUES, *Meeting):
        assert re.search(rf"\b{name}\b", page), name
    for params in PARAMS.values():
        assert all(f"`{field}`" in page for field in params.model_fields)
