"""Values are put into messages once, literally, in every part (sections 9.2 and 19)."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Channel, Language
from models.errors import BadInput
from models.message import Rendered
from rendering import markdown
from rendering.catalogue import Templates

TEMPLATES = Templates.load()
COMMON = {"product_name": "MBC Chatbots", "csm_name": "Marta Ruiz", "csm_email": "marta@example.com"}

HOSTILE = [
    "**Ana** [x](http://evil) {{ csm_email }} <script>alert(1)</script>",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ self.__class__ }}",
    "![pixel](http://evil/p.png)",
    "http://evil.example <http://evil.example>",
    "&lt;b&gt; &amp; &#60;",
    "# Título",
    "1. uno",
    "- uno",
    "> cita",
    "`código` ~~~ ```",
    "\\ \\* \\\\",
    "a_b_c __d__ *e*",
    "<!-- x --> <a href=javascript:alert(1)>x</a>",
    "|a|b|",
    "Ana\r\nBcc: otra@example.com",
    "Ana\n\n    indented\n\n---\n===",
    "\u202eanA\x00\x1b[31m",
    "[x]: http://evil",
    'José Ñúñez 🎉 O\'Brien "q"',
]


class Page(HTMLParser):
    """What a reader of the page sees, and which elements and addresses it has."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self._hidden = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


def welcome(first_name: str) -> Rendered:
    return TEMPLATES.render("welcome_email", Channel.EMAIL, Language.ES, None, {**COMMON, "first_name": first_name})


PLAIN = Page(welcome("Ana").html)


def stays_literal(name: str) -> None:
    rendered = welcome(name)
    shown = markdown.literal(name)
    page = Page(rendered.html)
    assert rendered.subject == f"¡Te damos la bienvenida a MBC Chatbots, {shown}!"
    assert f"Hola, {shown}:\n" in rendered.text
    assert f"Hola, {shown}:" in page.text
    assert page.tags == PLAIN.tags
    assert page.addresses == PLAIN.addresses


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_comes_out_as_text_in_both_parts(name: str) -> None:
    stays_literal(name)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("*_`[]()<>{}%#&\\!-+.1 \n\t|~")), max_size=60))
def test_any_name_comes_out_as_text_in_both_parts(name: str) -> None:
    if markdown.literal(name):
        stays_literal(name)


@given(st.text(max_size=200))
def test_escaped_text_reads_back_as_itself(value: str) -> None:
    assert markdown.to_text("x" + markdown.escape(value) + "x") == f"x{markdown.literal(value)}x"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://example.com",
        "//example.com",
        "/docs/builder",
        "https://",
        "https:///x",
        "https://bank.example@evil.example/",
        "https://example.com/a b",
        'https://example.com/"onclick=x',
        "https://example.com/\nBcc: x",
        "https://[::1",
        "",
    ],
)
def test_a_link_that_is_not_a_plain_web_address_refuses_the_message(url: str) -> None:
    values = {**COMMON, "first_name": "Ana", "step_name": "x", "resources": [{"title": "Guía", "url": url}]}
    with pytest.raises(BadInput) as refusal:
        TEMPLATES.render("onboarding_help", Channel.EMAIL, Language.ES, None, values)
    assert refusal.value.field == "resources[0].url"


@pytest.mark.parametrize("url", ["https://example.com/a_(b)*c*?x=1&y=[2]#z", "http://127.0.0.1:8700/u/a~b"])
def test_a_web_address_reaches_both_parts_whole(url: str) -> None:
    values = {**COMMON, "first_name": "Ana", "step_name": "x", "resources": [{"title": "Guía", "url": url}]}
    rendered = TEMPLATES.render("onboarding_help", Channel.EMAIL, Language.ES, None, values)
    encoded = url.replace("[", "%5B").replace("]", "%5D")
    assert encoded in Page(rendered.html).addresses
    assert f"- Guía: {encoded}" in rendered.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "first_name"),
        ({"first_name": None}, "first_name"),
        ({"first_name": "  "}, "first_name"),
        ({"first_name": 7}, "first_name"),
        ({"first_name": "x" * 2_001}, "first_name"),
        ({"first_name": "Ana", "steps": []}, "steps"),
        ({"first_name": "Ana", "steps": "abc"}, "steps"),
        ({"first_name": "Ana", "steps": [{}]}, "steps[0].name"),
        ({"first_name": "Ana", "steps": [{"name": "x"}] * 51}, "steps"),
        ({"first_name": "Ana", "steps": [{"name": "x", "minutes": "5"}]}, "steps[0].minutes"),
        ({"first_name": "Ana", "steps": [{"name": "x", "minutes": True}]}, "steps[0].minutes"),
        ({"first_name": "Ana", "steps": [{"name": "x"}], "target_date": "mayo"}, "target_date"),
        ({"first_name": "Ana", "steps": [{"name": "x"}], "csm_is_team": "no"}, "csm_is_team"),
    ],
)
def test_a_missing_or_wrong_value_refuses_the_message_and_is_named(values: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        TEMPLATES.render("onboarding_checklist", Channel.EMAIL, Language.EN, None, {**COMMON, **values})
    assert refusal.value.field == field
