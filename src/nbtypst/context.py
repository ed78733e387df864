"""What reading a cell needs to know, and where it says what it had to leave out."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbtypst.blocks import Block, Notice, Origin, Prose, Token
from nbtypst.macros import Macro
from nbtypst.style import Style

# What people call to give a plot its title.
_TITLES = {"title", "suptitle", "set_title", "figtext", "ggtitle"}


@dataclass
class Context:
    """The cell that is read: its origin, the files beside it, the notices of the notebook.

    `about` is a text that may stand for a picture without its own: the text above it. `derived`
    takes the cells where one had to, `hidden` those whose warnings are not shown. `macros` are the
    commands that the notebook defines for its formulas.
    """

    origin: Origin
    style: Style
    folder: Path | None = None
    attachments: Mapping[str, Any] = field(default_factory=dict)
    note: bool = False
    source: str = ""
    about: str = ""
    notices: list[Notice] = field(default_factory=list)
    derived: list[Origin] = field(default_factory=list)
    hidden: list[Origin] = field(default_factory=list)
    macros: Mapping[str, Macro] = field(default_factory=dict)

    def leave_out(self, kind: str, detail: str = "") -> Token:
        """Record that something cannot be set; return the token that stands in its place."""
        notice = Notice(kind, self.origin, " ".join(detail.split())[:200])
        if notice not in self.notices:
            self.notices.append(notice)
        return {"type": "notice", "notice": notice}

    def lift(self, tokens: list[Token]) -> list[Block]:
        """Return tokens as blocks: pictures, tables and listings stand between the text.

        Pictures are lifted out of a paragraph; in lists, links and cells they stay.
        """
        blocks: list[Block] = []
        run: list[Token] = []

        def close() -> None:
            if run:
                blocks.append(Prose(run.copy(), self.origin, self.note))
                run.clear()

        for token in tokens:
            inner = token["children"] if token["type"] == "paragraph" else []
            pictures = [child["picture"] for child in inner if child["type"] == "image"]
            if pictures:
                rest = [child for child in inner if child["type"] != "image"]
                said = [child for child in rest if child["type"] != "linebreak"]
                if any(child.get("raw", "x").strip() for child in said):
                    run.append({**token, "children": rest})
            elif token["type"] != "block":
                run.append(token)
            lifted = [token["block"]] if token["type"] == "block" else pictures
            if lifted:
                close()
                blocks += lifted
        close()
        return blocks

    def settle_alt(self, given: str, caption: str = "", mend: str = "") -> str:
        """Return a picture's alternative text; without one, what `missing_alt` asks for.

        Derived is the caption, else the title that the cell's code gives the plot, else the
        text above, else the cell's first line.

        Raises
        ------
        ExportError
            If there is none and `missing_alt` is "refuse".
        """
        if given.strip():
            return given.strip()
        if self.style.missing_alt == "refuse":
            self.origin.refuse(mend)
        if self.origin not in self.derived:
            self.derived.append(self.origin)
        if self.style.missing_alt == "warn":
            return str(self.origin)
        return caption.strip() or _title(self.source) or self.about or str(self.origin)


def _title(source: str) -> str:
    """Return the text that code gives a plot as its title, or ""."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        found = re.search(r"title\s*[(=]\s*(['\"])(.+?)\1", source)
        return found[2] if found else ""
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        given = [*call.args[:1]] if name in _TITLES else []
        given += [word.value for word in call.keywords if word.arg == "title"]
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                return value.value
    return ""
