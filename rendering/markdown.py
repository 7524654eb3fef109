"""Markdown as the templates use it: values made literal, HTML without raw tags, plain text that reads by itself.

A value is escaped once, when it is put into the Markdown source (sections 9.2 and 19 of the domain): every ASCII
punctuation mark gets a backslash, which CommonMark honours in text, in link labels and in link addresses alike, and
white space becomes single spaces, so that a value can open no block. HTML escaping is the Markdown renderer's.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DROPPED = ("Cc", "Cs")
_LINK = re.compile(r"^(https?://|mailto:)", re.IGNORECASE)


def literal(value: str) -> str:
    """The value on one line: white space runs as one space, without control, surrogate or text-direction characters."""
    kept = (
        char
        for char in value
        if char.isspace() or (char not in _BIDI_CONTROLS and unicodedata.category(char) not in _DROPPED)
    )
    return " ".join("".join(kept).split())


def escape(value: str) -> str:
    """The Markdown source that shows exactly :func:`literal` of the value."""
    return _PUNCTUATION.sub(r"\\\1", literal(value))


def _mark_calls_to_action(tokens: Sequence[Token]) -> None:
    """A paragraph that is nothing but a link gets the class ``cta``; the stylesheet makes it a button."""
    for opening, inline in pairwise(tokens):
        children = inline.children or []
        if opening.type == "paragraph_open" and opening.level == 0 and len(children) >= 2:
            links = sum(child.type == "link_open" for child in children)
            if links == 1 and children[0].type == "link_open" and children[-1].type == "link_close":
                children[0].attrSet("class", "cta")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline", "autolink"])
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]  # the documented hook
    return parser


_PARSER = _parser()


def to_html(source: str) -> str:
    """An HTML fragment; raw HTML in the source comes out as text."""
    tokens = _PARSER.parse(source)
    _mark_calls_to_action(tokens)
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def to_text(source: str) -> str:
    """Plain text of the same: no marks, links as ``label: address``, lists as lists."""
    return _blocks(SyntaxTreeNode(_PARSER.parse(source)).children)


def _blocks(nodes: Sequence[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(text for text in map(_block, nodes) if text)


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list":
            return "\n".join(_item("- ", item) for item in node.children)
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return "\n".join(_item(f"{start + n}. ", item) for n, item in enumerate(node.children))
        case "hr":
            return "---"
        case "paragraph" | "heading" | "inline":
            return _inline(node).strip()
        case "code_block" | "fence":
            return node.content.rstrip("\n")
        case _:
            return _blocks(node.children)


def _item(bullet: str, node: SyntaxTreeNode) -> str:
    inside = _blocks(node.children, between="\n")
    return bullet + inside.replace("\n", "\n" + " " * len(bullet))


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            label = "".join(map(_inline, node.children))
            address = str(node.attrs["href"])
            shown = address.removeprefix("mailto:")
            return label if label == shown or address.startswith("mailto:") else f"{label}: {shown}"
        case _:
            return "".join(map(_inline, node.children))
