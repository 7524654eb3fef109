"""Template files as they lie on disk: ``templates/<key>/<channel>.<language>[.<segment>].md``.

A file begins with ``Subject: …`` (the title, in-app), an empty line, and then the Markdown body; all of it is Jinja.
``templates/catalogue.yaml`` and ``catalogue.<group>.yaml`` declare every key, each once;
``templates/samples.<language>.yaml`` has a value for each variable;
``templates/tips.<language>.yaml`` has three tips for each onboarding step.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.base import Slug, Value
from models.enums import Channel, Language, MessageClass, Role, Segment
from models.errors import Misconfigured
from models.message import Because, TemplateInfo, TemplateVariable, VariableType

TEMPLATES = Path(__file__).parent / "templates"
_T = TypeVar("_T")


class _Variable(Value):
    type: VariableType = "text"
    meaning: str
    fields: dict[str, "_Variable"] = Field(default_factory=dict)
    required: bool = True


class _Template(Value):
    purpose: str
    message_class: Annotated[MessageClass, Field(alias="class")]
    owner: Role
    because: Because = "account"
    channels: tuple[Channel, ...] = Field(min_length=1)
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


class _Catalogue(Value):
    variables: dict[str, _Variable] = Field(default_factory=dict)
    templates: dict[Slug, _Template] = Field(default_factory=dict)


class _Tip(Value):
    title: str
    text: str


_Three = Annotated[tuple[_Tip, ...], Field(min_length=3, max_length=3)]


class TextId(NamedTuple):
    """Which text: ``segment`` None is the default one."""

    key: str
    channel: Channel
    language: Language
    segment: Segment | None = None

    @property
    def path(self) -> str:
        """Its file, relative to the folder of templates."""
        variant = f".{self.segment}" if self.segment else ""
        return f"{self.key}/{self.channel}.{self.language}{variant}.md"


class Source(NamedTuple):
    """A text before Jinja has read it."""

    subject: str
    body: str


def _yaml(path: Path) -> object:
    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured("the file is missing", field=path.name) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise Misconfigured(f"not YAML: {error}", field=path.name) from None


def _typed(path: Path, shape: type[_T]) -> _T:
    try:
        return TypeAdapter(shape).validate_python(_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"{at}: {first['msg']}", field=path.name) from None


def _declared(name: str, variable: _Variable, required: bool) -> TemplateVariable:
    fields = tuple(_declared(inner, field, field.required) for inner, field in variable.fields.items())
    return TemplateVariable(name=name, type=variable.type, required=required, meaning=variable.meaning, fields=fields)


def read_catalogue(folder: Path) -> dict[tuple[str, Channel], TemplateInfo]:
    """Every declared template by key and channel.

    Raises:
        Misconfigured: a catalogue is malformed, declares something a second time, or a template names a variable that
            none of them defines; the field is its file.
    """
    catalogue = _merged(folder)
    infos: dict[tuple[str, Channel], TemplateInfo] = {}
    for key, template in catalogue.templates.items():
        names = (*template.required, *template.optional)
        unknown = sorted(set(names) - catalogue.variables.keys())
        if unknown:
            raise Misconfigured(f"{key}: no such variable: {', '.join(unknown)}", field="catalogue.yaml")
        variables = tuple(
            _declared(name, catalogue.variables[name], name in template.required) for name in dict.fromkeys(names)
        )
        for channel in template.channels:
            infos[key, channel] = TemplateInfo(
                key=key,
                channel=channel,
                message_class=template.message_class,
                owner=template.owner,
                purpose=template.purpose,
                because=template.because,
                variables=variables,
                languages=tuple(Language),
            )
    return infos


def _merged(folder: Path) -> _Catalogue:
    """The catalogues of every group as one."""
    variables: dict[str, _Variable] = {}
    templates: dict[Slug, _Template] = {}
    for path in (folder / "catalogue.yaml", *sorted(folder.glob("catalogue.*.yaml"))):
        one = _typed(path, _Catalogue)
        again = sorted((one.variables.keys() & variables.keys()) | (one.templates.keys() & templates.keys()))
        if again:
            raise Misconfigured(f"declared a second time: {', '.join(again)}", field=path.name)
        variables.update(one.variables)
        templates.update(one.templates)
    return _Catalogue(variables=variables, templates=templates)


def read_samples(folder: Path, language: Language) -> dict[str, object]:
    """A value for each variable, for the start-up check and for looking at."""
    samples = _typed(folder / f"samples.{language}.yaml", dict[str, object])
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in samples.items()}


def read_tips(folder: Path) -> dict[Language, dict[str, tuple[dict[str, str], ...]]]:
    """Tips (``title``, ``text``) by language and onboarding step.

    Raises:
        Misconfigured: a step has not three of them, or has none in one of the languages.
    """
    tips = {language: _typed(folder / f"tips.{language}.yaml", dict[str, _Three]) for language in Language}
    every = {step for of_language in tips.values() for step in of_language}
    for language, of_language in tips.items():
        absent = sorted(every - of_language.keys())
        if absent:
            raise Misconfigured(f"no tips for {', '.join(absent)}", field=f"tips.{language}.yaml")
    return {
        language: {step: tuple(tip.model_dump() for tip in three) for step, three in of_language.items()}
        for language, of_language in tips.items()
    }


def read_texts(folder: Path, declared: set[tuple[str, Channel]]) -> dict[TextId, Source]:
    """Every text in the folder.

    Raises:
        Misconfigured: a declared text is missing in a language, or a file belongs to nothing declared.
    """
    wanted = {TextId(key, channel, language) for key, channel in declared for language in Language}
    variants = {text._replace(segment=segment) for text in wanted for segment in Segment}
    known = {text.path: text for text in wanted | variants}
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.glob("*/*"))}
    missing = sorted(text.path for text in wanted if text.path not in found)
    if missing:
        raise Misconfigured("a declared text is missing", field=missing[0])
    stray = sorted(found.keys() - known.keys())
    if stray:
        raise Misconfigured("the catalogue declares no such text", field=stray[0])
    return {known[name]: _split(name, path) for name, path in found.items()}


def _split(name: str, path: Path) -> Source:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    label, colon, subject = head.partition(":")
    if label != "Subject" or not colon or not subject.strip() or not body.strip():
        raise Misconfigured("expected 'Subject: …', an empty line, and a body", field=name)
    return Source(" ".join(subject.split()), body)


_Variable.model_rebuild()
