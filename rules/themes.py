"""What a comment is about, and whether it looks like an order to a machine (sections 11.2, 19 of the domain, N11).

Deterministic and linear in the length of the text. The text is data: it is bounded, compared with words, and can only
set two classification fields; nothing in it is obeyed, evaluated or used as a name.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from models.themes import Lexicon, Order, Suspicion

LONGEST = 4000
"""Characters of a comment that are kept and looked at."""

_WORD = re.compile(r"[^\W_]+")
_KEPT_CONTROLS = "\n\t"


def bounded(text: str | None) -> str | None:
    """The comment as it is stored: no control characters, no blank ends, at most ``LONGEST`` characters; empty is None.

    Characters that display nothing are dropped: they hide words from whoever reads. The text is not escaped here, since
    that belongs to each place that shows it.
    """
    if text is None:
        return None
    seen = (_visible(character) for character in text[: LONGEST * 2].replace("\r\n", "\n"))
    return "".join(seen).strip()[:LONGEST].rstrip() or None


def words(text: str) -> list[str]:
    """The words of a text without case, accents or invisible characters."""
    split = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    return _WORD.findall("".join(c for c in split if unicodedata.category(c) not in ("Mn", "Cf")))


def themes_of(text: str | None, lexicon: Lexicon) -> tuple[str, ...]:
    """Ids of the themes that the comment touches, in alphabetical order; none for no comment."""
    said = words(text or "")
    if not said:
        return ()
    return tuple(sorted(theme.id for theme in lexicon.themes if any(_found(term, said) for term in theme.terms)))


def suspected_injection(text: str | None, suspicion: Suspicion) -> bool:
    """Whether the comment looks like an attempt to give orders; the comment is kept and sorted all the same."""
    if not text:
        return False
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    if any(marker.casefold() in plain for marker in suspicion.markers):
        return True
    said = words(text)
    return any(_found(phrase, said) for phrase in suspicion.phrases) or any(
        _ordered(order, said) for order in suspicion.orders
    )


def competitors_of(text: str | None, lexicon: Lexicon) -> tuple[str, ...]:
    """Names of the competitors that the text speaks of, in alphabetical order."""
    said = words(text or "")
    if not said:
        return ()
    return tuple(sorted(one.name for one in lexicon.competitors if any(_found(term, said) for term in one.terms)))


def tagged(tags: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether a tag of a ticket says that it names a competitor."""
    return any(_found(term, words(tag)) for tag in tags for term in lexicon.competitor_tags)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _KEPT_CONTROLS:
        return character
    if category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs", "Co", "Cn") else character


def _ordered(order: Order, said: list[str]) -> bool:
    verbs = [at for verb in order.verbs for at in _found(verb, said)]
    objects = [at for thing in order.objects for at in _found(thing, said)]
    return any(0 < thing - verb <= order.within for verb in verbs for thing in objects)


def _found(term: str, said: list[str]) -> list[int]:
    """Where the term's first word stands, each time the whole term is said."""
    wanted = _parsed(term)
    last = len(said) - len(wanted)
    return [
        start
        for start in range(last + 1)
        if all(
            word.startswith(want) if stem else word == want
            for word, (want, stem) in zip(said[start : start + len(wanted)], wanted, strict=True)
        )
    ]


@lru_cache(maxsize=4096)
def _parsed(term: str) -> tuple[tuple[str, bool], ...]:
    """The words of a term, each with whether any ending will do."""
    return tuple((word, part.endswith("*")) for part in term.split() for word in words(part))
