"""A group of commands with one that needs no name: ``qbr C-1`` is ``qbr make C-1``."""

from typer.core import TyperGroup


class DefaultGroup(TyperGroup):
    """The first command is meant where the first word is no command and no option."""

    def parse_args(self, ctx, args):  # type: ignore[no-untyped-def]  # the types of typer's own copy of click are private
        """Put the name in."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
