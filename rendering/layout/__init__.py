"""The frame around every mail: a page that reads at any width, its styles inlined, and the footer of the text part."""

from functools import lru_cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from models.enums import Language
from models.message import Because

_HERE = Path(__file__).parent
_PREVIEW = 110
# Mail programs that drop <style> still show the inlined rules; those that keep it get the narrow-screen ones.
_INLINER = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, apply_width_attributes=False)

_REASON: dict[Because, dict[Language, str]] = {
    "account": {
        Language.ES: "Recibes este mensaje porque tienes una cuenta en {product}.",
        Language.EN: "You are receiving this message because you have an account with {product}.",
    },
    "former": {
        Language.ES: "Recibes este mensaje porque tuviste una cuenta en {product}.",
        Language.EN: "You are receiving this message because you had an account with {product}.",
    },
    "referred": {
        Language.ES: "Recibes este mensaje porque una empresa que usa {product} te recomendó.",
        Language.EN: "You are receiving this message because a company that uses {product} referred you.",
    },
    "colleague": {
        Language.ES: "Recibes este mensaje porque atiendes a este cliente de {product}.",
        Language.EN: "You are receiving this message because you look after this customer of {product}.",
    },
}
_LEAVE = {
    Language.ES: "Dejar de recibir mensajes como este",
    Language.EN: "Stop receiving messages like this one",
}


@lru_cache(maxsize=1)
def _template() -> tuple[Template, Markup]:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    page_source = (_HERE / "mail.html").read_text(encoding="utf-8")
    style = (_HERE / "mail.css").read_text(encoding="utf-8")
    return environment.from_string(page_source), Markup(style)  # noqa: S704 (our own stylesheet)


def _opening(text: str) -> str:
    """The first words, for the list of messages in a mail program."""
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW else line[:_PREVIEW].rsplit(" ", 1)[0] + "…"


def reason(because: Because, product: str, language: Language) -> str:
    """Why this mail came, for its footer."""
    return _REASON[because][language].format(product=product)


def page(
    content: str,
    *,
    subject: str,
    preview: str,
    product: str,
    language: Language,
    unsubscribe: str | None,
    because: Because = "account",
) -> str:
    """The HTML part. ``content`` is the fragment that :func:`rendering.markdown.to_html` made; all else is escaped."""
    template, style = _template()
    return _INLINER.inline(
        template.render(
            content=Markup(content),  # noqa: S704 (the Markdown renderer escaped it)
            style=style,
            subject=subject,
            preview=_opening(preview),
            product=product,
            language=language.value,
            reason=reason(because, product, language),
            leave=_LEAVE[language],
            unsubscribe=unsubscribe,
        )
    )


def signed_text(
    text: str, *, product: str, language: Language, unsubscribe: str | None, because: Because = "account"
) -> str:
    """The text part: the message, then after the usual mark for signatures why it came and how to stop more."""
    lines = [text, "", "-- ", reason(because, product, language)]
    if unsubscribe:
        lines.append(f"{_LEAVE[language]}: {unsubscribe}")
    return "\n".join(lines) + "\n"
