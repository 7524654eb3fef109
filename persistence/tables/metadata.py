"""The collection of tables, with names for every constraint so that a migration can speak of them."""

from sqlalchemy import MetaData, String, Text

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CUSTOMER = String(128)
"""A customer id."""

NAME = String(200)
"""A name of ours: of a status, a template, a step."""

KEY = Text()
"""An effect key or a workflow id: a percent-encoded customer id may be twelve times as long as it looks."""
