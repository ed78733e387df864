"""How wide the columns of a table are, and when its type is small."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from nbtypst.blocks import Cell, Table
from nbtypst.read_tables import walk

Floats = NDArray[np.float64]

# Characters across a page, in the type of a table and in small type.
_PAGE, _SMALL_PAGE = 108, 124
# How often width is shifted between columns at the most; a handful of times does.
_SHIFTS = 20
# From here on a table is set small: columns that get narrow, or rows that fill the page.
_WIDE, _LONG = 7, 28
# What the space between two columns and a bar with its space take, in characters.
_GAP, _BAR = 3, 13
# How wide letters are against the mean of running text.
_WEIGHTS = dict.fromkeys("il.,;:'|fjtr()[]- ", 0.65) | dict.fromkeys("mwMW%@", 1.75)


def is_small(table: Table) -> bool:
    """Tell whether a table is to be set in small type: it has many columns or many rows."""
    return table.width > _WIDE or len(table.body) > _LONG


def column_widths(table: Table) -> list[str]:
    """Return Typst's widths: shares of the page, so chosen that the table takes few lines.

    Every column asks for what its longest text needs. Where that is more than the page has,
    columns give way, each time the one whose loss adds the fewest lines; figures and single
    words stay whole.
    """
    page = float(_SMALL_PAGE if is_small(table) else _PAGE) - _GAP * table.width
    placed = [(y, x, cell) for y, x, cell in _placed(table) if cell.colspan == 1]
    # What each cell needs, in mean characters; a cell over several rows has as many lines.
    needs = np.zeros((len(table.head) + len(table.body), table.width))
    least = np.ones(table.width)
    room, figures = np.zeros(table.width), np.zeros(table.width, bool)
    for y, x, cell in placed:
        body = y >= len(table.head)
        longest = max(map(_length, cell.text.split("\n")))
        word = max(map(_length, cell.text.split()), default=1)
        figure = body and cell.side == "right"
        needs[y, x] = longest if cell.rowspan == 1 else max(word, longest / cell.rowspan)
        least[x] = max(least[x], longest if figure else word)
        room[x] = max(room[x], _BAR if cell.bar else 0)
        figures[x] |= figure
    widths = np.maximum(needs.max(axis=0, initial=1), least)
    page -= float(room.sum())
    if least.sum() > page:
        if figures.all():
            return ["1fr"] * table.width
        shares = room + least + _GAP
        return ["auto" if f else f"{s:.0f}fr" for s, f in zip(shares, figures, strict=True)]
    widths = _fit(widths, least, page, lambda tried: _lines(needs, len(table.head), tried))
    return [f"{width:.0f}fr" for width in widths + room + _GAP]


def _fit(widths: Floats, least: Floats, page: float, lines: Callable[[Floats], float]) -> Floats:
    """Narrow columns until the page holds them, then shift width where that saves lines."""
    if widths.sum() <= page:
        return widths
    while (excess := widths.sum() - page) > 0:
        step = max(1.0, excess // 30)
        tries = [
            _moved(widths, x, -step, least) for x in range(len(widths)) if widths[x] > least[x]
        ]
        widths = min(tries, key=lambda tried: (lines(tried), tried.max()))
    for _ in range(_SHIFTS):
        tries = [
            _moved(_moved(widths, x, -step, least), y, step, least)
            for x, y in permutations(range(len(widths)), 2)
            for step in (1.0, 3.0, 9.0)
            if widths[x] - step >= least[x]
        ]
        better = min(tries, key=lines, default=widths)
        if lines(better) >= lines(widths):
            break
        widths = better
    return widths


def _moved(widths: Floats, column: int, by: float, least: Floats) -> Floats:
    moved = widths.copy()
    moved[column] = max(moved[column] + by, least[column])
    return moved


def _length(text: str) -> float:
    """Return how long a text is, in mean characters."""
    return sum(_WEIGHTS.get(c, 1.15 if c.isdigit() or c.isupper() else 1.05) for c in text)


def _lines(needs: Floats, heads: int, widths: Floats) -> float:
    """Count the lines of a table with columns of these widths.

    Heads count less than rows, and lines that make no row taller a little.
    """
    # A text that breaks loses about half a word a line.
    broken = np.ceil(needs / np.maximum(widths - 3, 1))
    lines = np.where(needs <= widths + 1e-9, 1, np.maximum(broken, 2))
    tall = lines.max(axis=1)
    return float(0.9 * tall[:heads].sum() + tall[heads:].sum() + 0.1 * lines.sum())


def _placed(table: Table) -> list[tuple[int, int, Cell]]:
    below = len(table.head)
    return [
        *walk(table.head, table.width),
        *((y + below, x, cell) for y, x, cell in walk(table.body, table.width)),
    ]
