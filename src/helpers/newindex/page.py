"""Saved web pages: the cells of each table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpers.errors import DataError
from helpers.newindex import limits
from helpers.newindex.grid import Grid, tidy


def read(name: str, content: bytes) -> Iterator[Grid]:
    """Yield the innermost tables of a page, by their number from 1.

    Raises
    ------
    DataError
        When the file holds no page, or a table is beyond the limits.
    """
    from lxml import etree, html

    if not content.strip():
        raise DataError(f"{name}: the file is empty; save the page anew")
    known = content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"charset" in content[:4096].lower()
    parser = html.HTMLParser(encoding=None if known else "utf-8")
    try:
        tree: Any = html.fromstring(content, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DataError(f"{name}: not readable as a page; save it anew") from error
    for number, table in enumerate(tree.iter("table"), start=1):
        if table.find(".//table") is None:  # else laid out by tables: the inner ones count
            grid = Grid(str(number), _rows(f"{name}, table {number}", table))
            if grid.rows:
                yield grid


def _rows(name: str, table: Any) -> dict[int, list[str]]:
    """Return the rows of a table; a cell over several rows or columns is repeated in each."""
    rows: dict[int, list[str]] = {}
    counter = limits.Counter(name)
    pending: dict[int, tuple[int, str]] = {}
    for number, line in enumerate(table.iter("tr"), start=1):
        row: list[str] = []
        cells = iter([cell for cell in line if cell.tag in ("td", "th")])
        while True:
            if len(row) in pending:
                left, text = pending.pop(len(row))
                if left > 1:
                    pending[len(row)] = (left - 1, text)
                row.append(text)
                continue
            if (cell := next(cells, None)) is None:
                break
            for mark in cell.xpath(".//sup | .//script | .//style"):
                mark.drop_tree()  # a footnote's mark must not become a digit of the figure
            text = tidy(cell.text_content())
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            if len(row) + across > limits.COLUMNS:
                raise limits.refuse(
                    f"{name}, row {number}", f"a cell over {across:,} columns",
                    f"{limits.COLUMNS:,}", "take the attribute out of the page",
                )  # fmt: skip
            if down > limits.ROWS:
                raise limits.refuse(
                    f"{name}, row {number}", f"a cell over {down:,} rows",
                    f"{limits.ROWS:,}", "take the attribute out of the page",
                )  # fmt: skip
            for _column in range(across):
                if down > 1:
                    pending[len(row)] = (down - 1, text)
                row.append(text)
        counter.row(number, row)
        if any(row):
            rows[number] = row
    return rows


def _span(cell: Any, which: str) -> int:
    """Return how many rows or columns a cell takes; 1 where its attribute is no number above 0."""
    text = cell.get(which, "").strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else 1
