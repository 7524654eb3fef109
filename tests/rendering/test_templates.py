"""The templates there are, how one is found, and what the start-up check refuses (sections 9.1 to 9.3)."""

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from models.enums import Channel, Language, MessageClass, Role, Segment
from models.errors import BadInput, Misconfigured
from rendering import formats
from rendering.catalogue import Templates
from rendering.preview import write
from rendering.sources import TEMPLATES as FOLDER
from rendering.sources import read_samples

TEMPLATES = Templates.load()
ES = read_samples(FOLDER, Language.ES)


@pytest.mark.parametrize(
    ("key", "channels", "message_class"),
    [
        ("welcome_email", {"email"}, MessageClass.TRANSACTIONAL),
        ("welcome_email_self_serve", {"email"}, MessageClass.TRANSACTIONAL),
        ("onboarding_checklist", {"email"}, MessageClass.TRANSACTIONAL),
        ("onboarding_tips", {"email"}, MessageClass.RELATIONSHIP),
        ("onboarding_help", {"email"}, MessageClass.RELATIONSHIP),
        ("milestone_reached", {"email", "in_app"}, MessageClass.RELATIONSHIP),
    ],
)
def test_the_onboarding_messages_are_declared_as_the_domain_says(
    key: str, channels: set[str], message_class: MessageClass
) -> None:
    assert {channel for name, channel in TEMPLATES.keys if name == key} == channels
    for channel in channels:
        info = TEMPLATES.info(key, Channel(channel))
        assert (info.message_class, info.owner, set(info.languages)) == (message_class, Role.CSM, set(Language))


def test_the_welcome_needs_the_four_variables_the_domain_lists() -> None:
    variables = TEMPLATES.info("welcome_email", Channel.EMAIL).variables
    required = {variable.name for variable in variables if variable.required}
    assert required == {"first_name", "product_name", "csm_name", "csm_email"}


def test_the_welcome_says_what_the_domain_asks_in_its_order() -> None:
    rendered = TEMPLATES.render("welcome_email", Channel.EMAIL, Language.ES, None, ES)
    said = [
        "Lucía",
        "confiar en MBC Chatbots",
        "Marta Ruiz",
        "próximos pasos",
        "1. Completa tu perfil",
        "2. Crea",
        "3. Instala",
        "llamada de arranque",
        "marta.ruiz@example.com",
        "¡Te damos la bienvenida!",
        "Marta Ruiz\nCustomer Success Manager",
    ]
    places = [rendered.text.find(words, 0) for words in said]
    assert -1 not in places
    assert places == sorted(places)


def test_the_self_serve_welcome_promises_no_call() -> None:
    for language, word in ((Language.ES, "llamada"), (Language.EN, "call")):
        values = read_samples(FOLDER, language)
        rendered = TEMPLATES.render("welcome_email_self_serve", Channel.EMAIL, language, Segment.SELF_SERVE, values)
        assert word not in rendered.text


def test_a_team_does_not_sign_as_one_person() -> None:
    values = {**ES, "csm_name": "Equipo de Customer Success", "csm_is_team": True}
    text = TEMPLATES.render("welcome_email", Channel.EMAIL, Language.ES, None, values).text
    assert "Customer Success Manager" not in text
    assert "Soy" not in text


def test_a_template_is_refused_for_another_channel_or_when_unknown() -> None:
    with pytest.raises(BadInput, match="is for email, not for in_app"):
        TEMPLATES.render("welcome_email", Channel.IN_APP, Language.ES, None, ES)
    with pytest.raises(BadInput, match="no such template"):
        TEMPLATES.info("no_such", Channel.EMAIL)
    assert TEMPLATES.variables("welcome_email", Channel.IN_APP) is None
    assert "steps" in (TEMPLATES.variables("onboarding_checklist", Channel.EMAIL) or ())


def test_only_mail_that_is_not_transactional_offers_to_stop() -> None:
    for key, offered in (("onboarding_help", True), ("onboarding_checklist", False)):
        rendered = TEMPLATES.render(key, Channel.EMAIL, Language.ES, None, ES)
        assert (str(ES["unsubscribe_url"]) in rendered.html) is offered
        assert (str(ES["unsubscribe_url"]) in rendered.text) is offered


def test_in_app_messages_are_fragments_with_a_title() -> None:
    rendered = TEMPLATES.render("milestone_reached", Channel.IN_APP, Language.ES, None, ES)
    assert rendered.subject == "Tu primer bot, en marcha"
    assert rendered.html.startswith("<p>")
    assert "<html" not in rendered.html


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "templates")
    return tmp_path / "templates"


def test_a_segment_with_its_own_text_gets_it_and_others_the_default(folder: Path) -> None:
    own = "Subject: Para empresas, {{ first_name }}\n\nHola."
    (folder / "welcome_email" / "email.es.enterprise.md").write_text(own, encoding="utf-8")
    templates = Templates.load(folder)

    def subject(segment: Segment | None, language: Language = Language.ES) -> str:
        return templates.render("welcome_email", Channel.EMAIL, language, segment, ES).subject

    assert subject(Segment.ENTERPRISE) == "Para empresas, Lucía"
    assert subject(Segment.MID_MARKET) == subject(None) == "¡Te damos la bienvenida a MBC Chatbots, Lucía!"
    assert subject(Segment.ENTERPRISE, Language.EN) == "Welcome to MBC Chatbots, Lucía!"


WELCOME = "welcome_email/email.es.md"


def _write(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "file"),
    [
        (lambda folder: (folder / WELCOME).unlink(), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ invoice_total }}"), WELCOME),
        (_write(WELCOME, "Subject: {{ invoice_total }}\n\nx"), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ first_name"), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ first_name | nosuch }}"), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ first_name.nosuch }}"), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ ''.__class__.__mro__ }}"), WELCOME),
        (_write(WELCOME, "Subject: x\n\n{{ csm_is_team }}"), WELCOME),
        (_write(WELCOME, "Hello\n\nx"), WELCOME),
        (_write(WELCOME, "Subject: x"), WELCOME),
        (_write("welcome_email/email.fr.md", "Subject: x\n\nx"), "welcome_email/email.fr.md"),
        (
            _write("onboarding_checklist/email.es.md", "Subject: x\n\n{% for s in steps %}{{ s.price }}{% endfor %}"),
            "onboarding_checklist/email.es.md",
        ),
        (
            _write("onboarding_checklist/email.es.md", "Subject: x\n\n{{ target_date | date }}"),
            "onboarding_checklist/email.es.md",
        ),
        (_write("catalogue.yaml", "templates: ["), "catalogue.yaml"),
        (_write("catalogue.yaml", "variables: {}\ntemplates: {a: {purpose: x}}"), "catalogue.yaml"),
        (_write("tips.es.yaml", "{}"), "tips.es.yaml"),
        (_write("tips.en.yaml", "welcome: [{title: a, text: b}]"), "tips.en.yaml"),
        (lambda folder: (folder / "tips.en.yaml").unlink(), "tips.en.yaml"),
        (lambda folder: (folder / "catalogue.yaml").unlink(), "catalogue.yaml"),
    ],
)
def test_the_start_up_check_names_the_file_that_is_wrong(
    folder: Path, damage: Callable[[Path], object], file: str
) -> None:
    damage(folder)
    with pytest.raises(Misconfigured) as refusal:
        Templates.load(folder)
    assert refusal.value.field == file


@pytest.mark.parametrize("program", ["self-serve-v1", "mid-market-v1"])
@pytest.mark.parametrize("language", Language)
def test_every_step_of_the_shipped_programs_has_three_tips(program: str, language: Language) -> None:
    file = Path(__file__).parents[2] / "playbooks" / "onboarding" / f"{program}.yaml"
    steps = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["program"]["steps"]
    for step in steps:
        tips = TEMPLATES.tips(step["id"], language)
        assert len({tip["title"] for tip in tips}) == 3
        rendered = TEMPLATES.render("onboarding_tips", Channel.EMAIL, language, None, {**ES, "tips": list(tips)})
        assert all(tip["text"] in rendered.text for tip in tips)
    assert TEMPLATES.tips("no_such_step", language) == ()


def test_previews_are_written_for_every_message(tmp_path: Path) -> None:
    pages = write(tmp_path / "preview")
    assert len(pages) == 2 * len(TEMPLATES.keys)
    assert all(page.exists() and page.with_suffix(".txt").exists() for page in pages)


@pytest.mark.parametrize(
    ("shown", "es", "en"),
    [
        (lambda lang: formats.date_text(date(2026, 5, 12), lang), "12 de mayo de 2026", "12 May 2026"),
        (lambda lang: formats.number_text(Decimal("12345.6"), lang), "12.345,6", "12,345.6"),
        (lambda lang: formats.percent_text(Decimal("0.125"), lang), "12,5 %", "12.5%"),
        (lambda lang: formats.money_text(Decimal("1234.5"), "EUR", lang), "1.234,50\xa0€", "€1,234.50"),
    ],
)
def test_dates_numbers_and_money_read_as_in_each_language(shown: Callable[[Language], str], es: str, en: str) -> None:
    assert (shown(Language.ES), shown(Language.EN)) == (es, en)
