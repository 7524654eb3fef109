"""The messages there are, and how each becomes text and HTML (sections 9.1 to 9.3 of the domain).

Everything is read and checked once, at start: each declared template has its text in every language, uses only what
it declares, and renders with and without its optional values. A send then fails on its values alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, meta
from jinja2.sandbox import SandboxedEnvironment

from models.enums import Channel, Language, MessageClass, Segment
from models.errors import BadInput, Misconfigured, SteadfastError
from models.message import Rendered, TemplateInfo
from rendering import markdown
from rendering.formats import filters
from rendering.layout import page, signed_text
from rendering.sources import TEMPLATES, Source, TextId, read_catalogue, read_samples, read_texts, read_tips
from rendering.values import checked, web_address

UNSUBSCRIBE = "unsubscribe_url"
"""May accompany the values of any mail that is not transactional: the footer then links to it."""


class _Text(NamedTuple):
    subject: Template
    body: Template


def _shown(value: object) -> str:
    """What an expression may put into a text; anything else is a mistake in the template."""
    if isinstance(value, Undefined):
        str(value)  # raises, naming the variable
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadInput(f"a text cannot show a {type(value).__name__}; use a filter or a condition")
    return str(value)


def _environments(language: Language) -> tuple[SandboxedEnvironment, SandboxedEnvironment]:
    """One for subjects, where a value is plain text, one for Markdown bodies, where it is escaped."""
    # No autoescape: every value passes `finalize`, which escapes for Markdown; the Markdown renderer escapes for HTML.
    base = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    base.filters.update(filters(language))
    return (
        base.overlay(finalize=lambda value: markdown.literal(_shown(value))),
        base.overlay(finalize=lambda value: markdown.escape(_shown(value))),
    )


class Templates:
    """Every template, checked. Immutable; safe to share between tasks."""

    def __init__(
        self,
        infos: Mapping[tuple[str, Channel], TemplateInfo],
        texts: Mapping[TextId, _Text],
        tips: Mapping[Language, Mapping[str, tuple[Mapping[str, str], ...]]],
    ) -> None:
        self._infos = dict(infos)
        self._texts = dict(texts)
        self._tips = dict(tips)

    @classmethod
    def load(cls, folder: Path = TEMPLATES) -> Self:
        """Read and check the folder.

        Raises:
            Misconfigured: a text is missing, stray, malformed, or uses what it does not declare; the field is its file.
        """
        infos = read_catalogue(folder)
        environments = {language: _environments(language) for language in Language}
        texts = {
            text: _compiled(text, source, infos[text.key, text.channel], environments[text.language])
            for text, source in read_texts(folder, set(infos)).items()
        }
        templates = cls(infos, texts, read_tips(folder))
        for language in Language:
            templates._try_out(language, read_samples(folder, language))
        return templates

    @property
    def keys(self) -> tuple[tuple[str, Channel], ...]:
        """Every key with its channel, in the catalogue's order."""
        return tuple(self._infos)

    def info(self, key: str, channel: Channel) -> TemplateInfo:
        """The declaration of a template.

        Raises:
            BadInput: there is none of that key, or none for that channel (M3).
        """
        if (key, channel) in self._infos:
            return self._infos[key, channel]
        others = [other for name, other in self._infos if name == key]
        if others:
            raise BadInput(f"is for {', '.join(others)}, not for {channel}", field="template", value=key)
        raise BadInput("no such template", field="template", value=key)

    def variables(self, key: str, channel: Channel) -> frozenset[str] | None:
        """The names a template's texts may use, or None when there is no such template for the channel."""
        info = self._infos.get((key, channel))
        return info.variable_names() if info else None

    def transactional(self, key: str, channel: Channel) -> bool:
        """Whether the template's texts always go (section 9.2); False when there is no such template."""
        info = self._infos.get((key, channel))
        return info is not None and info.message_class is MessageClass.TRANSACTIONAL

    def render(
        self, key: str, channel: Channel, language: Language, segment: Segment | None, values: Mapping[str, object]
    ) -> Rendered:
        """The message: the segment's own text, else the default one. Values are inserted once and literally (M1, M2).

        Raises:
            BadInput: no such template for the channel, or a required value is missing or of the wrong type.
        """
        info = self.info(key, channel)
        given = checked(info.variables, values)
        text = self._texts.get(TextId(key, channel, language, segment)) or self._texts[TextId(key, channel, language)]
        subject = text.subject.render(given)
        body = text.body.render(given)
        if channel is Channel.IN_APP:
            return Rendered(
                subject=subject, text=markdown.to_text(body), html=markdown.to_html(body), language=language
            )
        product = markdown.literal(str(given["product_name"]))
        leave = _unsubscribe_url(info, values)
        plain = markdown.to_text(body)
        return Rendered(
            subject=subject,
            text=signed_text(plain, product=product, language=language, unsubscribe=leave, because=info.because),
            html=page(
                markdown.to_html(body),
                subject=subject,
                preview=plain,
                product=product,
                language=language,
                unsubscribe=leave,
                because=info.because,
            ),
            language=language,
        )

    def tips(self, step: str, language: Language) -> tuple[Mapping[str, str], ...]:
        """Three tips (``title``, ``text``) for an onboarding step; empty when there are none for it."""
        return self._tips[language].get(step, ())

    def _try_out(self, language: Language, samples: Mapping[str, object]) -> None:
        """Render every text with everything, and with only what is required."""
        for text in self._texts:
            if text.language is not language:
                continue
            info = self._infos[text.key, text.channel]
            required = {variable.name for variable in info.variables if variable.required}
            for values in (samples, {name: samples[name] for name in required if name in samples}):
                try:
                    self.render(text.key, text.channel, language, text.segment, values)
                except (TemplateError, SteadfastError, TypeError, ValueError) as error:
                    raise Misconfigured(f"does not render: {error}", field=text.path) from None


def _unsubscribe_url(info: TemplateInfo, values: Mapping[str, object]) -> str | None:
    value = values.get(UNSUBSCRIBE)
    if info.message_class is MessageClass.TRANSACTIONAL or not value:
        return None
    return web_address(str(value), UNSUBSCRIBE)


def _compiled(
    text: TextId, source: Source, info: TemplateInfo, environments: tuple[SandboxedEnvironment, SandboxedEnvironment]
) -> _Text:
    declared = info.variable_names()
    if text.channel is Channel.EMAIL and "product_name" not in {v.name for v in info.variables if v.required}:
        raise Misconfigured("every mail needs product_name, for its frame", field=text.path)
    compiled = []
    for environment, part in zip(environments, source, strict=True):
        try:
            used = meta.find_undeclared_variables(environment.parse(part))
            compiled.append(environment.from_string(part))
        except TemplateError as error:
            raise Misconfigured(f"not a template: {error}", field=text.path) from None
        if used - declared:
            raise Misconfigured(f"uses undeclared {', '.join(sorted(used - declared))}", field=text.path)
    return _Text(*compiled)
