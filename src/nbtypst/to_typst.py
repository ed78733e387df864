"""Set a report in Typst: every text escaped, every block a call of the template."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from nbtypst.blocks import (
    Block,
    Cell,
    KeyFigures,
    Listing,
    Picture,
    Prose,
    Report,
    Table,
    Token,
    printable,
)
from nbtypst.markdown import list_item_box, plain
from nbtypst.maths import as_typst, source
from nbtypst.pictures import PIXELS, as_svg
from nbtypst.setter import Setter
from nbtypst.style import COLOURS, Style
from nbtypst.typefaces import families
from nbtypst.widths import Layout, fitted

_SPECIAL = re.compile(r"""[\\#$*_`<>@=+/~\[\]"'-]|(?:(?<=[\d.])|^)\.(?!\w)|\.(?=\.)""")
_SPACES = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_STRINGS = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
# Characters of text above a picture that still move to the next page with it.
_LEAD = 900
# Words longer than these break, in running text and in a fixed-width face.
_WORD, _FIXED = 60, 84


def escape(text: str) -> str:
    r"""Return Typst markup that prints `text` as it stands, white space collapsed.

    >>> escape('#eval("x") // @a')
    '\\#eval(\\"x\\") \\/\\/ \\@a'
    """
    return _SPECIAL.sub(r"\\\g<0>", printable(_SPACES.sub(" ", text)))


def quote(text: str) -> str:
    """Return a Typst string literal."""
    lines = re.sub(r"\r\n?|[\f\v\x85\u2028\u2029]", "\n", text)
    return '"' + printable(lines).translate(_STRINGS) + '"'


def write(report: Report, style: Style, date: datetime | None = None) -> tuple[str, list[bool]]:
    """Return a Typst document that needs no other file, and which cells of tables head rows.

    `date` is the PDF's; without one it carries none. A comment in front of each block
    names its cell, for messages. Typst has no word for heads of rows, so they are told beside
    it: one value for each cell below a table's head, in the order of the document.
    """
    lang, _, region = style.with_region(report.lang).partition("-")
    settings = {
        "lang": quote(lang),
        "region": quote(region) if region else None,
        "title": quote(report.title),
        "deck": quote(report.subtitle),
        "kicker": quote(report.kicker),
        "byline": quote(report.byline),
        "author": quote(report.author) if report.author else None,
        "date": date and _datetime(date),
        "supplements": f"(image: {quote(style.word(lang, 'figure'))}, "
        f"table: {quote(style.word(lang, 'table'))})",
    }
    call = "".join(f"  {key}: {value or 'none'},\n" for key, value in settings.items())
    template = Path(__file__).with_name("template.typ").read_text(encoding="utf-8")
    colours = ", ".join(f"{name}: rgb({quote(style.colours[name])})" for name in COLOURS)
    setter = TypstSetter(report, style)
    parts = []
    for block, lead in zip(report.blocks, _leads(report.blocks), strict=True):
        text = setter.prose(block, lead) if isinstance(block, Prose) else setter.block(block)
        parts.append(f"// cell {block.origin.cell}\n{text}")
    faces = ", ".join(map(quote, families(style.typeface, lang, "".join(parts))))
    head = f"#let colours = ({colours})\n#let faces = ({faces},)"
    show = f"#show: report.with(\n{call})"
    return "\n\n".join([head, template.rstrip(), show, *parts]) + "\n", setter.row_heads


def _datetime(date: datetime) -> str:
    parts = ("year", "month", "day", "hour", "minute", "second")
    return "datetime(" + ", ".join(f"{part}: {getattr(date, part)}" for part in parts) + ")"


def _leads(blocks: list[Block]) -> list[bool]:
    """Tell which texts lead to the picture or table below them, and so share its page.

    These are all texts from a heading on, or the last ones alone if together they are long.
    """
    leads = [False] * len(blocks)
    length, fresh = 0, False
    for n in reversed(range(len(blocks))):
        block = blocks[n]
        if not isinstance(block, Prose):
            length, fresh = 0, isinstance(block, Picture | Table)
            continue
        length += len(plain(block.tokens))
        leads[n] = fresh and length <= _LEAD
        fresh = leads[n] and block.tokens[0]["type"] != "heading"
    return leads


class TypstSetter(Setter):
    """Sets tokens in Typst; the semicolon ends each call, whatever text follows."""

    between = "\n\n"
    forms: ClassVar[dict[str, str]] = {
        "block_text": "{}",
        "thematic_break": "#separator()",
        "block_quote": "#quote(block: true)[\n{}\n]",
        "indented": "#pad(left: 1.5em)[\n{}\n]",
        "list_item": "{}",
        "strong": "#strong[{}];",
        "emphasis": "#emph[{}];",
        "underline": "#underline[{}];",
        "strikethrough": "#strike[{}];",
        "subscript": "#sub[{}];",
        "superscript": "#super[{}];",
        "mark": "#highlight(fill: c.paper)[{}];",
        "quoted": "“{}”",
        "small": "#text(size: 0.85em)[{}];",
        "footnote": "#footnote[{}];",
        "linebreak": "#linebreak();",
        "notice": "#notice[{}];",
    }

    def __init__(self, report: Report, style: Style) -> None:
        super().__init__(report, style)
        self.row_heads: list[bool] = []

    def prose(self, block: Prose, lead: bool) -> str:
        """Set a text; one that leads to what is below it stays with that, as its headings do."""
        parts: list[str] = []
        for heading, tokens in groupby(block.tokens, lambda token: token["type"] == "heading"):
            text = self.flows(tokens)
            if not heading and block.note:
                text = f"#note[\n{text}\n]"
            parts.append(f"#lead[\n{text}\n]" if lead and not heading else text)
        return "\n\n".join(filter(None, parts))

    def set_paragraph(self, token: Token) -> str:
        """Set a paragraph; Typst drops displayed formulas within one, so they stand between."""
        parts = []
        for displayed, run in groupby(token["children"], lambda t: t["type"] == "block_math"):
            tokens = list(run)
            text = self.inline(tokens if displayed else map(_within_line, tokens))
            parts.append(text if displayed or not text.strip() else f"#par[{text}]")
        return self.between.join(part for part in parts if part.strip())

    def text(self, text: str) -> str:
        """Set free text as it stands."""
        return escape(_cut(text, _WORD))

    def link(self, url: str, inner: str) -> str:
        """Set a link; the name of a heading is a label."""
        target = f"label({quote('to-' + url[1:])})" if url.startswith("#") else quote(url)
        return f"#link({target})[{inner or self.text(url)}];"

    def set_heading(self, token: Token) -> str:
        """Set a heading with the label that links lead to."""
        attrs = token["attrs"]
        name = f"label({quote('to-' + attrs['id'])})"
        return f"#headed({attrs['level']}, {name})[{self.inner(token)}]"

    def set_codespan(self, token: Token) -> str:
        """Set code within a line."""
        return f"#raw({quote(_cut(token['raw'], _WORD))});"

    def set_coloured(self, token: Token) -> str:
        """Set words in a colour of their own."""
        return f"#text(fill: rgb({quote(token['colour'])}))[{self.inner(token)}];"

    def set_inline_math(self, token: Token) -> str:
        """Set a formula, tagged with its source; as its source where it cannot be set."""
        block = token["type"] == "block_math"
        found = as_typst(token["raw"])
        if found is None:
            self.leave_out("formula", token["origin"], source(token))
            return f"#raw({quote(source(token))});"
        return f"#formula({quote(found)}, {quote(token['raw'].strip())}, {str(block).lower()});"

    set_block_math = set_inline_math

    def set_image(self, token: Token) -> str:
        """Set a picture within a line."""
        return f"#inline-picture({self._drawn(token['picture'])});"

    def _drawn(self, picture: Picture) -> str:
        # The image is made here, not in the template, so that errors point to this line.
        width = picture.width
        size = f", width: {-100 * width:.4g}%" if width < 0 else ""
        size = f", width: {width * 72 / PIXELS:.5g}pt" if width > 0 else size
        return (
            f'image(bytes({quote(as_svg(picture))}), format: "svg"{size}, '
            f"alt: {quote(picture.alt)})"
        )

    def set_list(self, token: Token) -> str:
        """Set a list; tasks have a box before them."""
        items = [f"[{list_item_box(item)}{self.inner(item)}]" for item in token["children"]]
        attrs = token["attrs"]
        start = f", start: {attrs['start']}" if "start" in attrs else ""
        name = "enum" if attrs["ordered"] else "list"
        tight = str(token["tight"]).lower()
        return f"#{name}(tight: {tight}{start},\n" + ",\n".join(items) + ",\n)"

    def block(self, block: Block) -> str:
        """Set a block as a call of the template."""
        match block:
            case Prose():
                return self.prose(block, False)
            case Picture():
                caption = f", caption: [{escape(block.caption)}]" if block.caption else ""
                return f"#picture({self._drawn(block)}{caption})"
            case Table():
                return "\n".join(map(self._table, fitted(block)))
            case KeyFigures():
                cards = ", ".join(f"({', '.join(map(quote, card))})" for card in block.cards)
                return f"#key-figures(({cards},))"
            case Listing():
                text = _cut(block.text, _FIXED)
                return f"#listing({quote(text)}, kind: {quote(block.kind)})"

    def _table(self, layout: Layout) -> str:
        table, (part, parts) = layout.table, layout.part
        rows = [f"  {self._cells(row, layout.words[1], False)}" for row in table.body]
        head = "\n".join(f"    {self._cells(row, layout.words[0], True)}" for row in table.head)
        header = f"  table.header(\n{head}\n  ),\n" if table.head else ""
        said = f"  caption: [{escape(table.caption)}],\n" if table.caption and part == 1 else ""
        if parts > 1:
            which = self.style.word(self.report.lang, "part").format(part, parts)
            said += f"  part: [{escape(which)}],\n"
        call = (
            f"#data-table(\n  columns: ({', '.join(layout.widths)},),\n"
            f"  heads: {len(table.head)},\n  rows: {len(table.body)},\n"
            f"  size: {layout.size:g}pt,\n{said}{header}" + "\n".join(rows) + "\n)"
        )
        return f"#page(flipped: true)[\n{call}\n]" if layout.landscape else call

    def _cells(self, row: list[Cell], longest: int, heads: bool) -> str:
        return "".join(self._cell(cell, longest, heads) + ", " for cell in row).rstrip()

    def _cell(self, cell: Cell, longest: int, heads: bool) -> str:
        if cell.tokens:
            lines = self.flows(cell.tokens)
        else:
            lines = r" \ ".join(escape(_cut(line, longest)) for line in cell.text.split("\n"))
        text = f"strong[{lines}]" if (heads or cell.bold) and lines else f"[{lines}]"
        if cell.ink:
            text = f"text(fill: rgb({quote(cell.ink)}), {text})"
        if cell.bar:
            text = f"barred({cell.bar[0]:.4f}, {cell.bar[1]:.4f}, {text})"
        if not heads:
            self.row_heads.append(cell.head)
        said = [
            f"{name}: {size}"
            for name, size in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
            if size > 1
        ]
        said += [f"align: {cell.side}"] if cell.side != "left" else []
        said += [f"fill: rgb({quote(cell.fill)})"] if cell.fill else []
        return f"table.cell({', '.join(said)}, {text})" if said else text


def _within_line(token: Token) -> Token:
    """Return a token with the displayed formulas that it holds as parts of the line."""
    if token["type"] == "block_math":
        return {**token, "type": "inline_math"}
    inner = map(_within_line, token.get("children", ()))
    return {**token, "children": list(inner)} if "children" in token else token


def _cut(text: str, longest: int) -> str:
    """Let words longer than `longest` break, after a sign where there is one near."""
    step = re.compile(rf".{{1,{longest}}}(?<=[/_.,;:&?=-])(?=.)|.{{1,{longest}}}")
    return re.sub(
        rf"[^\s\u200b]{{{longest + 1},}}", lambda m: "\u200b".join(step.findall(m[0])), text
    )
