"""Conditions of a playbook: known names, right types, possible values, and an answer that is true or false.

CEL's ``==`` and ``in`` give false for values of different types instead of an error, so comparisons with literals are
read from the text; everything else shows when the condition is tried on sample values.
"""

import re
from collections.abc import Iterator, Mapping

from models import enums
from models.condition import evaluate, names
from models.errors import BadInput
from models.facts import CATALOGUE, FactType, samples
from models.playbook import ActStep, BranchStep, EscalateStep, Playbook, possible_results
from playbooks.describe import meant, one_of
from playbooks.problem import Problem, shown
from playbooks.tree import Path, Tree
from playbooks.vocabulary import RUN_VALUES, result_name

_LITERAL = r"""(?:"[^"\\]*"|'[^'\\]*'|-?\d+\.\d+|-?\d+|true|false)"""
_COMPARED = re.compile(
    rf"(?<![\w.])([A-Za-z_]\w*)\s*(?:==|!=)\s*({_LITERAL})|({_LITERAL})\s*(?:==|!=)\s*([A-Za-z_]\w*)(?![\w.(])"
)
_LISTED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s+in\s+\[([^\]]*)\]")

_OTHER: dict[FactType, tuple[object, ...]] = {
    FactType.BOOL: (False,),
    FactType.INT: (0, -7),
    FactType.DOUBLE: (0.0, -7.5),
    FactType.STRING: ("",),
}
_WORDS = {
    FactType.BOOL: "true or false",
    FactType.INT: "a whole number",
    FactType.DOUBLE: "a number with a point",
    FactType.STRING: "text in quotes",
}

Known = Mapping[str, tuple[FactType, tuple[str, ...]]]
"""Each name with its type and, for text from a closed list, its values."""


def problems(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    """Everything wrong with the playbook's conditions."""
    facts = _facts()
    if playbook.entry is not None:
        yield from _condition(playbook.entry, facts, "fact", tree, ("entry",))
    for part in ("goals", "exits"):
        for position, rule in enumerate(getattr(playbook, part)):
            if rule.when is not None:
                yield from _condition(rule.when, facts, "fact", tree, (part, position, "when"))
    for position, step in enumerate(playbook.steps):
        if isinstance(step, ActStep | EscalateStep) and step.when is not None:
            yield from _condition(step.when, facts, "fact", tree, ("steps", position, "when"))
        if isinstance(step, ActStep) and step.do == "confirm_recovery" and isinstance(step.params.get("holds"), str):
            yield from _condition(str(step.params["holds"]), facts, "fact", tree, ("steps", position, "with", "holds"))
        if isinstance(step, BranchStep):
            values = _values(playbook)
            for number, case in enumerate(step.cases):
                where: Path = ("steps", position, "cases", number, "if")
                yield from _condition(case.if_, values, "value of the run", tree, where)


def _facts() -> Known:
    known: dict[str, tuple[FactType, tuple[str, ...]]] = {}
    for name, fact in CATALOGUE.items():
        closed = getattr(enums, fact.unit, None) if fact.type is FactType.STRING else None
        known[name] = (fact.type, tuple(member.value for member in closed) if closed else ())
    return known


def _values(playbook: Playbook) -> Known:
    known: dict[str, tuple[FactType, tuple[str, ...]]] = {}
    for name, kind in RUN_VALUES.items():
        known[name] = (kind, _facts()[name][1] if name in CATALOGUE else ())
    for step in playbook.steps:
        known[result_name(step)] = (FactType.STRING, possible_results(step))
    return known


def _condition(source: str, known: Known, what: str, tree: Tree, path: Path) -> Iterator[Problem]:
    try:
        read = names(source)
    except BadInput as error:
        yield tree.problem(path, f"{shown(source)} is {_short(error.message)}", "CEL such as days_since_last_login > 7")
        return
    unknown = sorted(read - known.keys())
    for name in unknown:
        hint = " (a branch reads values of the run, never facts)" if what != "fact" and name in CATALOGUE else ""
        yield tree.problem(path, f"unknown {what} '{name}'{hint}", meant(name, list(known)), word=name)
    if unknown:
        return
    wrong = list(_literals(source, known, tree, path))
    yield from wrong
    if not wrong and (fault := _tried(source, known, read)):
        yield tree.problem(path, f"{shown(source)}: {fault[0]}", fault[1])


def _literals(source: str, known: Known, tree: Tree, path: Path) -> Iterator[Problem]:
    compared = [(m[1] or m[4], m[2] or m[3]) for m in _COMPARED.finditer(source)]
    for match in _LISTED.finditer(source):
        compared += [(match[1], literal) for literal in re.findall(_LITERAL, match[2])]
    for name, literal in compared:
        if name not in known:
            continue
        kind, closed = known[name]
        text = literal[1:-1] if literal[0] in "\"'" else None
        number = literal[-1].isdigit() and text is None
        fits = {
            FactType.STRING: text is not None,
            FactType.BOOL: literal in ("true", "false"),
            FactType.INT: number,
            FactType.DOUBLE: number,
        }[kind]
        if not fits:
            yield tree.problem(path, f"'{name}' never equals {literal}", _WORDS[kind], word=name)
        elif text is not None and closed and text not in closed:
            yield tree.problem(path, f"'{name}' is never {literal}", one_of(list(closed)), word=text or name)


def _tried(source: str, known: Known, read: frozenset[str]) -> tuple[str, str] | None:
    """Evaluate on several samples, since ``||`` and ``&&`` hide an error behind a known side."""
    types = "types as in docs/playbooks.md"
    given = samples()
    first = {name: (closed[0] if closed else given.get(name, _sample(kind))) for name, (kind, closed) in known.items()}
    tries = [first]
    for position in range(2):
        other = {name: _OTHER[kind][min(position, len(_OTHER[kind]) - 1)] for name, (kind, _) in known.items()}
        tries.append(other)
    tries += [{**base, name: tries[1][name]} for base in (first,) for name in read]
    tries += [{**tries[1], name: first[name]} for name in read]
    for values in tries:
        try:
            if evaluate(source, values) is None:
                return "reads a value that is never known", types
        except BadInput as error:
            return error.message.split(": the operation")[0].rstrip("."), types
        except ArithmeticError as error:
            return str(error)[:200], "no division by what may be 0, no number beyond 64 bits"
    return None


def _sample(kind: FactType) -> object:
    return {FactType.BOOL: True, FactType.INT: 1, FactType.DOUBLE: 0.5, FactType.STRING: "x"}[kind]


def _short(message: str) -> str:
    """A syntax error without the list of every token that could have stood there."""
    return message.split(" expecting {")[0]
