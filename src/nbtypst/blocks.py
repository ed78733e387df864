"""What a notebook is made of once it has been read: the content both writers set.

`read_notebook` turns a notebook into a `Report`; `to_typst` and `to_html` set it. Text is a
tree of tokens, each with its `type`, perhaps `children`, `raw` text, or a block of its own;
`setter.KINDS` lists them.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from nbtypst.style import ExportError
from nbtypst.words import LEFT_OUT

Token = dict[str, Any]
Side = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Origin:
    """Where a block came from, for messages: cell number (from 1) and first source line."""

    cell: int
    line: str

    def __str__(self) -> str:
        return f"cell {self.cell} ({self.line})"

    def refuse(self, problem: str) -> NoReturn:
        """Raise `ExportError` that names the cell."""
        raise ExportError(f"{self}: {problem}")


@dataclass(frozen=True)
class Prose:
    """Text as tokens; headings are already at their final level."""

    tokens: list[Token]
    origin: Origin
    note: bool = False


@dataclass(frozen=True)
class Picture:
    """An image with the text that stands for it.

    `width` is what the notebook asks for: in pixels, or below 0 as a share of the page; 0
    leaves it to the image. `narrow` is the same drawn for a phone.
    """

    mime: str
    data: bytes
    alt: str
    origin: Origin
    caption: str = ""
    width: float = 0.0
    narrow: bytes = b""


@dataclass(frozen=True)
class Cell:
    """One table cell; `text` may hold line breaks, `number` says that it reads as a number.

    `tokens` is the same with its formatting, empty where it has none. `bar` is how far a bar
    in front of the text is filled and could be filled, from 0 to 1; None where there is none,
    `(0, 0)` where a column with bars keeps their place. `ink` and `fill` are colours as
    #rrggbb, "" where the page's own are meant.
    """

    text: str = ""
    head: bool = False
    colspan: int = 1
    rowspan: int = 1
    side: Side = "left"
    bar: tuple[float, float] | None = None
    number: bool = False
    tokens: tuple[Token, ...] = ()
    ink: str = ""
    fill: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells whose spans fill a grid of `width` columns exactly."""

    head: list[list[Cell]]
    body: list[list[Cell]]
    width: int
    origin: Origin
    caption: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """Cards of (value, label, note)."""

    cards: list[tuple[str, str, str]]
    origin: Origin


@dataclass(frozen=True)
class Listing:
    """Text in a fixed-width face: code, printed text or a traceback."""

    text: str
    kind: Literal["code", "stream", "error"]
    origin: Origin


@dataclass(frozen=True)
class Notice:
    """Something that a document of this kind cannot hold, and what stands in its place.

    `kind` is a key of `words.LEFT_OUT`, `detail` what it was: a name, an address, a type.
    """

    kind: str
    origin: Origin
    detail: str = ""

    def __str__(self) -> str:
        """Return the line for whoever runs the exporter."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.origin}: left out: {LEFT_OUT['en'][self.kind]}{detail}"


Block = Prose | Picture | Table | KeyFigures | Listing


@dataclass(frozen=True)
class Report:
    """A notebook as it is to be set: title block and content, in one language.

    `notices` holds what was left out so far; a writer adds what it cannot set. `derived` names
    the cells whose pictures had no alternative text, `hidden` those whose stderr is not shown.
    """

    lang: str
    title: str
    subtitle: str = ""
    kicker: str = ""
    byline: str = ""
    date: dt.date | None = None
    author: str = ""
    blocks: list[Block] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    derived: list[Origin] = field(default_factory=list)
    hidden: list[Origin] = field(default_factory=list)


# Categories Cc, but for tabs and new lines, and Cs. A picture is half a million characters.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Compose accents and take out what no typeface can show: controls, lone surrogates."""
    text = _SURROGATES.sub("\ufffd", unicodedata.normalize("NFC", text))
    return _CONTROLS.sub("", text)


def levelled(token: Token) -> Token:
    """Return a token without headings: within lists, quotes and cells they are bold text."""
    inner = [levelled(child) for child in token.get("children", [])]
    if token["type"] == "heading":
        return {"type": "paragraph", "children": [{"type": "strong", "children": inner}]}
    return {**token, "children": inner} if "children" in token else token


def trimmed(tokens: Iterable[Token]) -> list[Token]:
    """Take white space and line breaks from both ends of a line."""

    def empty(token: Token) -> bool:
        kind = token["type"]
        return kind == "linebreak" or (kind == "text" and not token["raw"].strip(" "))

    kept = list(tokens)
    while kept and empty(kept[0]):
        kept.pop(0)
    while kept and empty(kept[-1]):
        kept.pop()
    return kept
