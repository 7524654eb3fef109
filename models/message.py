"""Messages: what a template declares, what comes out of it, and what is handed to a mail server (section 9)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from models.base import Carried, Slug, Value
from models.enums import Channel, Language, MessageClass, Role

Because = Literal["account", "former", "referred", "colleague"]
"""Why somebody is written to: a customer, one who was, somebody a customer referred, or one of our own people."""

VariableType = Literal["text", "url", "email", "number", "date", "flag", "list"]
"""``list``: mappings with the variable's ``fields``. ``url``: http or https only. ``flag``: chooses a wording."""


class TemplateVariable(Value):
    """One value that a template may use."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    type: VariableType = "text"
    required: bool = True
    meaning: str = ""
    fields: tuple["TemplateVariable", ...] = Field(default=(), description="Of each entry, for a list.")


class TemplateInfo(Value):
    """What a template declares; the same for every language and segment of its text."""

    key: Slug
    channel: Channel
    message_class: MessageClass
    owner: Role
    purpose: str
    because: Because = "account"
    variables: tuple[TemplateVariable, ...]
    languages: tuple[Language, ...]

    def variable_names(self) -> frozenset[str]:
        """Every name that the texts may use."""
        return frozenset(variable.name for variable in self.variables)


class Rendered(Carried):
    """A message ready to go. ``html`` is a whole page for mail and a fragment for in-app; ``text`` stands by itself."""

    subject: str
    text: str
    html: str
    language: Language


class OutgoingMail(Carried):
    """One mail to one recipient. ``message_id`` comes from the idempotency key, so every attempt carries the same."""

    key: str
    message_id: str
    to: str
    to_name: str = ""
    from_email: str
    from_name: str = ""
    reply_to: str = ""
    subject: str
    text: str
    html: str
    list_unsubscribe: str | None = Field(default=None, description="One-click address; None for transactional mail.")


class SendReceipt(Carried):
    """What the server answered when it took a message over."""

    message_id: str
    response: str


TemplateVariable.model_rebuild()
