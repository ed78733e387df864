"""Read the tables of an HTML output, such as pandas' frames and Styler."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

from bs4 import Tag

from nbtypst.blocks import Cell, KeyFigures, Origin, Side, Table, Token
from nbtypst.colours import as_hex, declarations, readable, rules_by_id
from nbtypst.context import Context

_SIDE = re.compile(r"\s*(left|right|center|start|end)", re.I)
_SIDES: dict[str, Side] = {
    "left": "left", "start": "left", "right": "right", "end": "right", "center": "center",
}  # fmt: skip
# No table set for people is wider or taller; a span beyond it is a slip or an attack.
_MOST = 1000
# What a cell may hold and still be said by its text alone.
_PLAIN = {"br", "p", "div", "meter"}


def is_layout(table: Tag) -> bool:
    """Tell whether a table only puts other things side by side; they are then read one by one."""
    return table.find("table") is not None or table.get("role") == "presentation"


def read_cards(table: Tag, origin: Origin) -> KeyFigures:
    """Return the cards of a table of class `key-figures`."""
    labels = [_text(cell) for cell in table.select("thead th")]
    rows = [[_text(cell) for cell in row("td")] for row in table.select("tbody tr")]
    values, notes = [*rows, [], []][:2]
    pad = [""] * len(labels)
    cards = zip(values + pad, labels, notes + pad, strict=False)
    return KeyFigures([(value, label, note) for value, label, note in cards], origin)


def read_table(
    table: Tag, page: Tag, context: Context, flows: Callable[[Tag], list[Token]]
) -> Table:
    """Return a table; its width is 0 where it has no cells.

    `page` holds the style sheets, `flows` reads the content of a cell that has formatting. It
    is kept, so are the colours that it, its row or a Styler states. A text
    that the house's `number` matches reads as a number.
    """
    styles: dict[str, dict[str, str]] = {}
    for sheet in page.find_all("style"):
        styles |= rules_by_id(sheet.get_text())
    head: list[list[Cell]] = []
    body: list[list[Cell]] = []
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    for row in sorted(rows, key=lambda row: row.parent is not None and row.parent.name == "tfoot"):
        section = row.find_parent(["thead", "tbody", "tfoot", "table"])
        found = [c for c in row.find_all(["td", "th"]) if c.find_parent("tr") is row]
        cells = [_read_cell(cell, row, styles, context, flows) for cell in found]
        only_heads = bool(cells) and all(cell.head for cell in cells)
        in_head = section is not None and section.name == "thead"
        # Without a thead, leading rows of nothing but th are the header.
        if in_head or (only_heads and not body and table.find("thead") is None):
            head.append(cells)
        else:
            body.append(cells)
    width = max((sum(c.colspan for c in row) for row in head + body), default=0)
    width = min(max(width, _widest(head), _widest(body)), _MOST)
    caption = table.find("caption", recursive=False)
    filled = Table(
        _fill(head, width), _fill(body, width), width, context.origin,
        _text(caption) if isinstance(caption, Tag) else "",
    )  # fmt: skip
    return _keep_room_for_bars(_align(filled))


def _read_cell(
    cell: Tag,
    row: Tag,
    styles: dict[str, dict[str, str]],
    context: Context,
    flows: Callable[[Tag], list[Token]],
) -> Cell:
    said = {
        **declarations(str(row.get("style", ""))),
        **styles.get(str(cell.get("id", "")), {}),
        **declarations(str(cell.get("style", ""))),
    }
    given = _SIDE.match(said.get("text-align", str(cell.get("align", ""))))
    ground = said.get("background-color", said.get("background", str(cell.get("bgcolor", ""))))
    ink, fill = readable(as_hex(said.get("color", "")), as_hex(ground))
    text = _text(cell)
    formatted = any(tag.name not in _PLAIN for tag in cell.find_all(True))
    return Cell(
        text,
        cell.name == "th",
        _span_of(cell.get("colspan")),
        _span_of(cell.get("rowspan")),
        _SIDES[given[1].lower()] if given else "left",
        _bar(cell.find("meter")),
        bool(context.style.number.fullmatch(text)) and not (formatted and not text),
        tuple(flows(cell)) if formatted else (),
        ink,
        fill,
        said.get("font-weight") in {"bold", "600", "700", "bolder"},
    )


def _bar(meter: object) -> tuple[float, float] | None:
    """Return how far a meter is filled and could be filled, as parts of its range."""
    if not isinstance(meter, Tag):
        return None
    low, high = _number(meter.get("min"), 0.0), _number(meter.get("max"), 1.0)
    if not high > low:
        return None
    least = _number(meter.get("value"), low)
    most = _number(meter.get("data-most"), least)
    sure, possible = (min(max((value - low) / (high - low), 0.0), 1.0) for value in (least, most))
    return sure, max(sure, possible)


def _number(text: object, default: float) -> float:
    try:
        number = float(str(text))
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _span_of(value: object) -> int:
    """Return how many rows or columns a cell takes, by its attribute; 1 where that is none."""
    text = str(value or "")
    return min(max(int(text), 1), _MOST) if text.isascii() and text.isdigit() else 1


def _text(element: Tag) -> str:
    parts: list[str] = []
    for node in element.descendants:
        if isinstance(node, Tag):
            if node.name in {"br", "p", "div", "li", "tr"}:
                parts.append("\n")
        elif type(node).__name__ == "NavigableString":
            parts.append(re.sub(r"\s+", " ", str(node)))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def walk(rows: list[list[Cell]], width: int) -> Iterable[tuple[int, int, Cell]]:
    """Yield each cell with its row and column as a browser places it."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            if x >= width:
                break
            free = 1
            while free < cell.colspan and x + free < width and (y, x + free) not in taken:
                free += 1
            rowspan = min(cell.rowspan, len(rows) - y)
            if (free, rowspan) != (cell.colspan, cell.rowspan):
                cell = replace(cell, colspan=free, rowspan=rowspan)
            if rowspan == free == 1:
                taken.add((y, x))
            else:
                taken |= set(product(range(y, y + rowspan), range(x, x + free)))
            yield y, x, cell


def _widest(rows: list[list[Cell]]) -> int:
    return max((x + cell.colspan for _, x, cell in walk(rows, _MOST)), default=0)


def _fill(rows: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Cut spans that leave the section and put empty cells where a row is short."""
    placed = {(y, x): cell for y, x, cell in walk(rows, width)}
    filled: list[list[Cell]] = [[] for _ in rows]
    taken = set[tuple[int, int]]()
    for y, x in product(range(len(rows)), range(width)):
        if (y, x) not in taken:
            cell = placed.get((y, x), Cell(number=True))
            filled[y].append(cell)
            taken |= set(product(range(y, y + cell.rowspan), range(x, x + cell.colspan)))
    return filled


def _columns(rows: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Return the cells that start and end in each of the `width` columns."""
    columns: list[list[Cell]] = [[] for _ in range(width)]
    for _, x, cell in walk(rows, width):
        if cell.colspan == 1:
            columns[x].append(cell)
    return columns


def _align(table: Table) -> Table:
    """Put figures to the right, their column heads with them, where nothing else is said.

    pandas' frames ask for right-aligned heads over every column, texts too; so the body
    decides, by the alignment it states or, where it states none, by what it holds.
    """
    stated = any(cell.side != "left" for row in table.body for cell in row)
    sides: list[Side] = []
    for cells in _columns(table.body, table.width):
        numbers = bool(cells) and all(cell.number for cell in cells)
        first: Side = cells[0].side if cells else "left"
        sides.append(first if stated else "right" if numbers else "left")

    def settle(rows: list[list[Cell]], heads: bool) -> list[list[Cell]]:
        settled: list[list[Cell]] = [[] for _ in rows]
        for y, x, cell in walk(rows, table.width):
            over_group = heads and cell.colspan > 1
            side: Side = "center" if over_group else sides[x] if heads or not stated else cell.side
            settled[y].append(cell if cell.side == side else replace(cell, side=side))
        return settled

    return replace(table, head=settle(table.head, True), body=settle(table.body, False))


def _keep_room_for_bars(table: Table) -> Table:
    """Let the texts of a column with bars start at one line, those without a bar too."""
    barred = {x for _, x, cell in walk(table.body, table.width) if cell.bar}
    if not barred:
        return table
    body: list[list[Cell]] = [[] for _ in table.body]
    for y, x, cell in walk(table.body, table.width):
        room = (0.0, 0.0) if x in barred and cell.colspan == 1 else None
        body[y].append(replace(cell, bar=cell.bar or room))
    return replace(table, body=body)
