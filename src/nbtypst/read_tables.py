"""Read the tables of an HTML output, such as pandas' frames and Styler."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from bs4 import BeautifulSoup, Tag

from nbtypst.blocks import Cell, KeyFigures, Origin, Side, Table

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIDE = re.compile(r"text-align\s*:\s*(left|right|center|start|end)", re.I)
_SIDES: dict[str, Side] = {
    "left": "left", "start": "left", "right": "right", "end": "right", "center": "center",
}  # fmt: skip
# No table set for people is wider or taller; a span beyond it is a slip or an attack.
_MOST = 1000


def read_tables(html: str, origin: Origin, number: re.Pattern[str]) -> list[Table | KeyFigures]:
    """Return the tables of an HTML fragment in their order; nested ones are flattened.

    `number` matches the whole text of a cell that reads as a number.
    """
    soup = BeautifulSoup(html, "lxml")
    styles = _sides_by_id(soup)
    outermost = [t for t in soup.find_all("table") if t.find_parent("table") is None]
    read: list[Table | KeyFigures] = []
    for table in outermost:
        if "key-figures" in (table.get("class") or []):
            read.append(_read_cards(table, origin))
        elif (done := _read_table(table, styles, origin, number)).width:
            read.append(done)
    return read


def text_of(html: str) -> str:
    """Return the visible text of an HTML fragment."""
    soup = BeautifulSoup(html, "lxml")
    for hidden in soup(["style", "script", "template", "head"]):
        hidden.decompose()
    return _text(soup)


def _read_cards(table: Tag, origin: Origin) -> KeyFigures:
    labels = [_text(cell) for cell in table.select("thead th")]
    rows = [[_text(cell) for cell in row("td")] for row in table.select("tbody tr")]
    values, notes = [*rows, [], []][:2]
    pad = [""] * len(labels)
    cards = zip(values + pad, labels, notes + pad, strict=False)
    return KeyFigures([(value, label, note) for value, label, note in cards], origin)


def _read_table(
    table: Tag, styles: dict[str, Side], origin: Origin, number: re.Pattern[str]
) -> Table:
    head: list[list[Cell]] = []
    body: list[list[Cell]] = []
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue
        section = row.find_parent(["thead", "tbody", "tfoot", "table"])
        found = [c for c in row.find_all(["td", "th"]) if c.find_parent("tr") is row]
        cells = [_read_cell(cell, row, styles, number) for cell in found]
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
        _fill(head, width), _fill(body, width), width, origin, _text(caption) if caption else ""
    )
    return _keep_room_for_bars(_align(filled))


def _read_cell(cell: Tag, row: Tag, styles: dict[str, Side], number: re.Pattern[str]) -> Cell:
    side = styles.get(str(cell.get("id", "")))
    for owner in (cell, row):
        given = _SIDE.search(str(owner.get("style", "")))
        if side is None and given:
            side = _SIDES[given[1].lower()]
    text = _text(cell)
    return Cell(
        text,
        cell.name == "th",
        _span_of(cell.get("colspan")),
        _span_of(cell.get("rowspan")),
        side or "left",
        _bar(cell.find("meter")),
        bool(number.fullmatch(text)),
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


def _sides_by_id(soup: BeautifulSoup) -> dict[str, Side]:
    """Read the alignments a Styler keeps in its style element, by the cells' ids."""
    sides: dict[str, Side] = {}
    for style in soup.find_all("style"):
        for selectors, rules in _RULE.findall(style.get_text()):
            if given := _SIDE.search(rules):
                for selector in selectors.split(","):
                    sides[selector.strip().lstrip("#")] = _SIDES[given[1].lower()]
    return sides


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
            cell = replace(cell, colspan=free, rowspan=min(cell.rowspan, len(rows) - y))
            taken |= set(product(range(y, y + cell.rowspan), range(x, x + free)))
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
            settled[y].append(replace(cell, side=side))
        return settled

    return replace(table, head=settle(table.head, True), body=settle(table.body, False))


def _keep_room_for_bars(table: Table) -> Table:
    """Let the texts of a column with bars start at one line, those without a bar too."""
    barred = {x for _, x, cell in walk(table.body, table.width) if cell.bar}
    body: list[list[Cell]] = [[] for _ in table.body]
    for y, x, cell in walk(table.body, table.width):
        room = (0.0, 0.0) if x in barred and cell.colspan == 1 else None
        body[y].append(replace(cell, bar=cell.bar or room))
    return replace(table, body=body)
