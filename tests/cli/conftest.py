"""Fixtures of the command line's tests."""

from tests.cli.kit import run

__all__ = ["run"]
