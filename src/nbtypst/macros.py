r"""Commands that a notebook defines for its formulas, as MathJax has it: one cell for all others.

``\newcommand``, ``\def`` and ``\DeclareMathOperator`` are known; what they define is written out
before a formula is converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_NAME = r"\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*"
_DEFINED = re.compile(
    rf"\\(?:(?:re|provide)?newcommand\*?{_NAME}(?:\[(?P<count>\d)\])?(?:\[(?P<first>[^\]]*)\])?"
    r"|def\s*\\([A-Za-z]+)\s*(?P<marks>(?:#\d)*)"
    rf"|(?P<operator>DeclareMathOperator)(?P<star>\*?){_NAME})\s*(?=\{{)"
)
_USED = re.compile(r"\\([A-Za-z]+)")
# A definition may use itself; formulas are not longer than this.
_LONGEST, _DEEPEST = 20_000, 50


class Macro(NamedTuple):
    """What a command stands for; `first` is its first argument where that may be left out."""

    arguments: int
    body: str
    first: str | None = None


def collect(texts: Iterable[str]) -> dict[str, Macro]:
    """Return the commands that texts define, by their names; a later one replaces an earlier."""
    found: dict[str, Macro] = {}
    for text in texts:
        for match in _DEFINED.finditer(text):
            body, _ = _group(text, match.end())
            if match["operator"]:
                body = rf"\operatorname{match['star']}{{{body}}}"
            name = next(filter(None, (match[1], match[4], match[8])))
            count = int(match["count"] or len(match["marks"] or "") // 2)
            found[name] = Macro(count, body, match["first"])
    return found


def write_out(tex: str, macros: Mapping[str, Macro]) -> str:
    """Return a formula without definitions, and with what they define written out."""
    while match := _DEFINED.search(tex):
        _, end = _group(tex, match.end())
        tex = tex[: match.start()] + tex[end:]
    for _ in range(_DEEPEST):
        match = next((m for m in _USED.finditer(tex) if m[1] in macros), None)
        if not match or len(tex) > _LONGEST:
            break
        macro, at = macros[match[1]], match.end()
        given = []
        if macro.first is not None:
            optional = re.compile(r"\s*\[([^\]]*)\]").match(tex, at)
            given.append(optional[1] if optional else macro.first)
            at = optional.end() if optional else at
        while len(given) < macro.arguments:
            argument, at = _group(tex, at)
            given.append(argument)
        body = macro.body
        for number, argument in enumerate(given, start=1):
            body = re.sub(rf"(\\[A-Za-z]+)#{number}", rf"\1 #{number}", body)
            body = body.replace(f"#{number}", argument)
        tex = f"{tex[: match.start()]}{{{body}}}{tex[at:]}"
    return tex


def _group(text: str, start: int) -> tuple[str, int]:
    """Return the group in braces, the command or the sign that begins at a place, and its end."""
    while start < len(text) and text[start].isspace():
        start += 1
    if text[start : start + 1] != "{":
        one = re.compile(r"\\[A-Za-z]+|\\.|.", re.S).match(text, start)
        return (one[0], one.end()) if one else ("", start)
    depth = 0
    for sign in re.compile(r"\\.|[{}]", re.S).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth == 0:
            return text[start + 1 : sign.start()], sign.end()
    return text[start + 1 :], len(text)
