"""The tables. Every module here adds its own to ``METADATA``; importing this package imports them all."""

import importlib
import pkgutil

from persistence.tables.metadata import METADATA

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")

__all__ = ["METADATA"]
