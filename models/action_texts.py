"""Texts that a playbook itself carries: titles of tasks, words of notices."""

from typing import Annotated

from pydantic import Field

from models.enums import Language

LongTexts = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=4000)]],
    Field(min_length=1, description="A paragraph by language: es first, en second."),
]

Texts = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=200)]],
    Field(min_length=1, description="The text by language: es first, en second."),
]
