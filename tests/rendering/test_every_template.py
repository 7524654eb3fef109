"""Every text that sections 9.1 and 9.3 ask for: there, in both languages, of its class, and said in its order."""

import shutil
from pathlib import Path

import pytest

from models.enums import Channel, Language, MessageClass
from models.errors import BadInput, Misconfigured
from rendering.catalogue import Templates
from rendering.sources import TEMPLATES as FOLDER
from rendering.sources import read_samples

TEMPLATES = Templates.load()
SAMPLES = {language: read_samples(FOLDER, language) for language in Language}
T, R, M = MessageClass.TRANSACTIONAL, MessageClass.RELATIONSHIP, MessageClass.MARKETING

# Key, channels and class as the two tables of section 9 have them; the five of 9.1 state no class.
DECLARED: list[tuple[str, tuple[str, ...], MessageClass]] = [
    ("reengagement_7_days", ("email",), R),
    ("value_recap_monthly", ("email",), R),
    ("renewal_60_days", ("email",), R),
    ("nps_followup_detractor", ("email",), R),
    ("checkin_low_usage", ("email",), R),
    ("no_login_in_app", ("in_app",), R),
    ("value_recap_urgent", ("email",), R),
    ("nps_followup", ("email",), R),
    ("ticket_status", ("email",), T),
    ("payment_failed", ("email",), T),
    ("payment_failed_in_app", ("in_app",), T),
    ("renewal_reminder_30_days", ("email",), T),
    ("nps_survey", ("email",), R),
    ("nps_reminder", ("email",), R),
    ("nps_thank_you", ("email",), R),
    ("advocacy_invite", ("email",), M),
    ("advocacy_thank_you", ("email",), R),
    ("usage_limit_alert", ("email",), T),
    ("upgrade_information", ("email",), M),
    ("referral_invitation", ("email",), M),
    ("cancellation_acknowledged", ("email",), T),
    ("exit_interview_invite", ("email",), R),
    ("win_back", ("email",), M),
]


@pytest.mark.parametrize(("key", "channels", "message_class"), DECLARED)
def test_each_text_is_declared_as_the_domain_says(
    key: str, channels: tuple[str, ...], message_class: MessageClass
) -> None:
    assert {channel.value for name, channel in TEMPLATES.keys if name == key} == set(channels)
    for channel in channels:
        info = TEMPLATES.info(key, Channel(channel))
        assert info.message_class is message_class
        assert set(info.languages) == set(Language)
        assert info.purpose


SAID: dict[str, tuple[str, list[str], list[str]]] = {
    "reengagement_7_days": (
        "Lucía, ¿va todo bien? 🤔",
        ["Hola, Lucía", "una semana", "MBC Chatbots", "duda", "nuevo", "Plantillas de chatbot", "respondas", "Marta"],
        ["Hello Lucy", "a week", "question", "what is new", "Chatbot templates", "reply", "Martha Reed"],
    ),
    "value_recap_monthly": (
        "📊 Tu mes en MBC Chatbots: 1284 conversaciones automatizadas",
        [
            *("Hola, Lucía", "resumen de tu mes", "1 de abril de 2026", "🤖", "1284 conversaciones automatizadas"),
            *("64 %", "107 horas", "📈", "38 clientes potenciales", "91 % de satisfacción", "💡", "Dedica una sesión"),
            *("juntos", "https://calendar.example.com/marta", "Marta Ruiz"),
        ],
        ["🤖", "1,284", "64%", "107 hours", "📈", "38 leads", "91%", "💡", "Plan a session", "together", "Martha Reed"],
    ),
    "renewal_60_days": (
        "Lucía, se acerca tu renovación",
        [
            *("Hola, Lucía", "MBC Chatbots se renueva el 15 de julio de 2026", "Plan actual: Growth"),
            *("Precio: 149,00 € al mes", "este año", "próximo periodo", "tu plan"),
            *("https://calendar.example.com/marta", "pregunta", "Marta Ruiz"),
        ],
        ["15 July 2026", "Current plan: Growth", "€149.00 per month", "this year", "next period", "still fits"],
    ),
    "nps_followup_detractor": (
        "Gracias por tu opinión, Lucía. ¿Hablamos?",
        [
            *("Hola, Lucía", "encuesta", "no ha estado a la altura", "entender", "llamada breve", "preocupa"),
            *("soluciones concretas", "todo el partido", "15 minutos esta semana"),
            *("https://calendar.example.com/marta", "opinión nos importa", "Marta Ruiz"),
        ],
        ["survey", "fallen short", "short call", "concerns", "solutions", "full value", "15 minutes", "matters"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", SAID)
def test_the_supplied_texts_say_what_the_domain_asks_in_its_order(key: str) -> None:
    subject, es, en = SAID[key]
    for language, said in ((Language.ES, es), (Language.EN, en)):
        rendered = TEMPLATES.render(key, Channel.EMAIL, language, None, SAMPLES[language])
        # CLDR groups four digits in English only; the text must not depend on the version.
        text = rendered.text.replace("1.284", "1284")
        place = 0
        for words in said:
            place = text.find(words, place)
            assert place >= 0, f"{key} in {language}: {words!r} is not there, or not in its place:\n{text}"
        if language is Language.ES:
            assert rendered.subject.replace("1.284", "1284") == subject


@pytest.mark.parametrize(("months", "said"), [(12, "este año"), (6, "estos 6 meses"), (24, "estos 24 meses")])
def test_a_renewal_speaks_of_the_real_term(months: int, said: str) -> None:
    values = {**SAMPLES[Language.ES], "term_months": months}
    assert said in TEMPLATES.render("renewal_60_days", Channel.EMAIL, Language.ES, None, values).text


RECAP = (
    "conversations_handled",
    "automation_rate",
    "hours_saved",
    "leads_captured",
    "satisfaction_rate",
    "recommendation",
)


@pytest.mark.parametrize("figure", [*RECAP, "period_from", "period_to"])
def test_a_recap_without_one_of_its_figures_is_refused_by_name(figure: str) -> None:
    values = {name: value for name, value in SAMPLES[Language.ES].items() if name != figure}
    with pytest.raises(BadInput) as refusal:
        TEMPLATES.render("value_recap_monthly", Channel.EMAIL, Language.ES, None, values)
    assert refusal.value.field == figure


def test_a_figure_of_nought_is_a_figure() -> None:
    values = {**SAMPLES[Language.ES], "leads_captured": 0}
    assert "0 clientes" in TEMPLATES.render("value_recap_monthly", Channel.EMAIL, Language.ES, None, values).text


def test_the_reminder_says_how_to_decline_and_asks_no_reason() -> None:
    for language, way in ((Language.ES, "Si no quieres renovar"), (Language.EN, "If you do not want to renew")):
        text = TEMPLATES.render("renewal_reminder_30_days", Channel.EMAIL, language, None, SAMPLES[language]).text
        assert way in text
        assert "https://app.example.com/subscription" in text


def test_an_acknowledged_cancellation_names_its_date_and_delays_nothing() -> None:
    for values in (SAMPLES[Language.ES], {**SAMPLES[Language.ES], "effective_on": None}):
        text = TEMPLATES.render("cancellation_acknowledged", Channel.EMAIL, Language.ES, None, values).text
        assert "ya está en marcha" in text
        assert "no tienes que hacer nada más" in text


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("win_back", "tuviste una cuenta"),
        ("exit_interview_invite", "tuviste una cuenta"),
        ("referral_invitation", "una empresa que usa MBC Chatbots te recomendó"),
        ("nps_survey", "tienes una cuenta"),
    ],
)
def test_the_footer_says_why_it_came(key: str, why: str) -> None:
    rendered = TEMPLATES.render(key, Channel.EMAIL, Language.ES, None, SAMPLES[Language.ES])
    assert why in rendered.text
    assert why in rendered.html


def test_an_invitation_to_speak_for_us_discloses_what_is_paid() -> None:
    text = TEMPLATES.render("advocacy_invite", Channel.EMAIL, Language.ES, None, SAMPLES[Language.ES]).text
    assert "bueno o malo" in text
    assert "incentivo" in text


def test_two_groups_cannot_declare_the_same(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "templates")
    again = "variables:\n  points: {meaning: x}\n"
    (tmp_path / "templates" / "catalogue.zz.yaml").write_text(again, encoding="utf-8")
    with pytest.raises(Misconfigured, match="a second time: points") as refusal:
        Templates.load(tmp_path / "templates")
    assert refusal.value.field == "catalogue.zz.yaml"
