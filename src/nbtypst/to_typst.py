"""Set a report in Typst: every text escaped, every block a call of the template."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby
from pathlib import Path

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
from nbtypst.markdown import is_break, list_items, math_source, plain, safe_link, text_in
from nbtypst.pictures import as_svg
from nbtypst.style import COLOURS, Style
from nbtypst.widths import column_widths, is_small

_SPECIAL = re.compile(r"""[\\#$*_`<>@=+/~\[\]"'-]|(?:(?<=[\d.])|^)\.(?!\w)|\.(?=\.)""")
_SPACES = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_STRINGS = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
# Characters of text above a picture that still move to the next page with it.
_LEAD = 900


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


def write(report: Report, style: Style, date: datetime | None = None) -> str:
    """Return a Typst document that needs no other file.

    `date` is the PDF's; without one it carries none. A comment in front of each block
    names its cell, for messages.
    """
    lang, _, region = style.with_region(report.lang).partition("-")
    settings = {
        "lang": quote(lang),
        "region": quote(region) if region else None,
        "title": quote(report.title),
        "deck": quote(report.subtitle),
        "kicker": quote(report.kicker),
        "byline": quote(report.byline),
        "date": date and _datetime(date),
        "typeface": quote(style.typeface),
        "supplements": f"(image: {quote(style.word(lang, 'figure'))}, "
        f"table: {quote(style.word(lang, 'table'))})",
    }
    call = "".join(f"  {key}: {value or 'none'},\n" for key, value in settings.items())
    template = Path(__file__).with_name("template.typ").read_text(encoding="utf-8")
    colours = ", ".join(f"{name}: rgb({quote(style.colours[name])})" for name in COLOURS)
    parts = [f"#let colours = ({colours})", template.rstrip(), f"#show: report.with(\n{call})"]
    for block, lead in zip(report.blocks, _leads(report.blocks), strict=True):
        text = _prose(block, lead) if isinstance(block, Prose) else _block(block)
        parts.append(f"// cell {block.origin.cell}\n{text}")
    return "\n\n".join(parts) + "\n"


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


def _prose(block: Prose, lead: bool) -> str:
    """Set a text; one that leads to what is below it stays with that, as its headings do."""
    parts: list[str] = []
    for heading, tokens in groupby(block.tokens, lambda token: token["type"] == "heading"):
        text = "\n\n".join(filter(None, map(_flow, tokens)))
        if not heading and block.note:
            text = f"#note[\n{text}\n]"
        parts.append(f"#lead[\n{text}\n]" if lead and not heading else text)
    return "\n\n".join(filter(None, parts))


def _block(block: Picture | Table | KeyFigures | Listing) -> str:
    match block:
        case Picture():
            # The image is made here, not in the template, so that errors point to this line.
            drawn = f'image(bytes({quote(as_svg(block))}), format: "svg", alt: {quote(block.alt)})'
            caption = f", caption: [{escape(block.caption)}]" if block.caption else ""
            return f"#picture({drawn}{caption})"
        case Table():
            return _table(block)
        case KeyFigures():
            cards = ", ".join(f"({', '.join(map(quote, card))})" for card in block.cards)
            return f"#key-figures(({cards},))"
        case Listing():
            return f"#listing({quote(block.text)}, kind: {quote(block.kind)})"


def _table(table: Table) -> str:
    rows = [f"  {_cells(row, False)}" for row in table.body]
    head = "\n".join(f"    {_cells(row, True)}" for row in table.head)
    header = f"  table.header(\n{head}\n  ),\n" if table.head else ""
    return (
        f"#data-table(\n  columns: ({', '.join(column_widths(table))},),\n"
        f"  heads: {len(table.head)},\n  rows: {len(table.body)},\n"
        f"  small: {str(is_small(table)).lower()},\n"
        f"{'  caption: [' + escape(table.caption) + '],' + chr(10) if table.caption else ''}"
        f"{header}" + "\n".join(rows) + "\n)"
    )


def _cells(row: list[Cell], heads: bool) -> str:
    return "".join(_cell(cell, heads) + ", " for cell in row).rstrip()


def _cell(cell: Cell, heads: bool) -> str:
    lines = r" \ ".join(escape(line) for line in cell.text.split("\n"))
    text = f"strong[{lines}]" if heads and lines else f"[{lines}]"
    if cell.bar:
        text = f"barred({cell.bar[0]:.4f}, {cell.bar[1]:.4f}, {text})"
    spans = [
        f"{name}: {size}"
        for name, size in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
        if size > 1
    ]
    sides = [f"align: {cell.side}"] if cell.side != "left" else []
    return f"table.cell({', '.join(spans + sides)}, {text})" if spans or sides else text


def _flow(token: Token) -> str:
    """Set a block token."""
    kind, attrs = token["type"], token.get("attrs") or {}
    children: list[Token] = token.get("children", [])
    match kind:
        case "paragraph" | "block_text":
            return _inline(children)
        case "heading":
            return f"#heading(level: {attrs['level']})[{_inline(children)}]"
        case "thematic_break":
            return "#separator()"
        case "block_quote":
            return f"#quote(block: true)[\n{_flows(children)}\n]"
        case "block_code":
            return f'#listing({quote(token["raw"].rstrip())}, kind: "code")'
        case "block_math":
            return escape(math_source(token))
        case "block_html":
            return "" if is_break(token) else escape(token["raw"])
        case "list":
            return _list(token)
        case "table":
            return _markdown_table(token)
        case "blank_line":
            return ""
        case _:
            return _flows(children) if children else escape(text_in(token))


def _flows(tokens: list[Token]) -> str:
    return "\n\n".join(filter(None, map(_flow, tokens)))


def _list(token: Token) -> str:
    items = [f"[{text}]" for text in list_items(token, _flows)]
    attrs = token.get("attrs") or {}
    start = f", start: {attrs['start']}" if "start" in attrs else ""
    name = "enum" if attrs.get("ordered") else "list"
    tight = "true" if token.get("tight", True) else "false"
    return f"#{name}(tight: {tight}{start},\n" + ",\n".join(items) + ",\n)"


def _markdown_table(token: Token) -> str:
    """Set a Markdown table; its cells may hold formatting, so they are set here."""
    head, body = token["children"][0]["children"], []
    for part in token["children"][1:]:
        body += [row["children"] for row in part["children"]]
    sides = [(cell.get("attrs") or {}).get("align") or "left" for cell in head]

    def cells(row: list[Token], bold: bool) -> str:
        texts = [("strong" if bold else "") + f"[{_inline(cell['children'])}]" for cell in row]
        texts = [f"table.cell(align: {s}, {t})" for s, t in zip(sides, texts, strict=False)]
        return "  " + ", ".join(texts + ["[]"] * (len(head) - len(row))) + ",\n"

    columns = ", ".join("1fr" if side == "left" else "auto" for side in sides)
    return (
        f"#data-table(\n  columns: ({columns},),\n  heads: 1,\n  rows: {len(body)},\n"
        f"  table.header({cells(head, True).strip()}),\n"
        + "".join(cells(row, False) for row in body)
        + ")"
    )


def _inline(tokens: list[Token]) -> str:
    return "".join(map(_span, tokens))


def _span(token: Token) -> str:
    """Set an inline token; the semicolon ends each call, whatever text follows."""
    inner = _inline(token.get("children", []))
    match token["type"]:
        case "emphasis":
            return f"#emph[{inner}];"
        case "strong":
            return f"#strong[{inner}];"
        case "codespan":
            return f"#raw({quote(token['raw'])});"
        case "softbreak":
            return "\n"
        case "linebreak":
            return "#linebreak();"
        case "link" if url := safe_link(token):
            return f"#link({quote(url)})[{inner or escape(url)}];"
        case "inline_math":
            return escape(math_source(token))
        case "inline_html" if is_break(token):
            return "#linebreak();"
        case _:
            return inner or escape(text_in(token))
