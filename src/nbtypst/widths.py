"""How wide the columns of a table are, and what becomes of one that the page is too narrow for.

Its type becomes smaller, to a limit; its longest words break; it is cut into parts, each with the
first column again; or it has a page turned on its side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from nbtypst.blocks import Cell, Table
from nbtypst.read_tables import walk

Floats = NDArray[np.float64]

# Type in points, from the usual to the smallest, with the characters across an upright page.
_SIZES = {9.5: 108, 8.5: 124, 7.5: 138}
_TURNED = 1.5
# How often width is shifted between columns at the most; a handful of times does.
_SHIFTS = 20
# From here on a table is set small: columns that get narrow, or rows that fill the page.
_WIDE, _LONG = 7, 28
# What the space between two columns and a bar with its space take, in characters.
_GAP, _BAR = 3, 13
# Where a table is too wide, longer words than these break: in heads, in the body.
_HEAD_WORD, _WORD = 14, 24
_WHOLE = 1000
# How wide letters are against the mean of running text.
_WEIGHTS = dict.fromkeys("il.,;:'|fjtr()[]- ", 0.65) | dict.fromkeys("mwMW%@", 1.75)


@dataclass(frozen=True)
class Layout:
    """A table, or a part of one, as it fits the page: Typst's widths, type size in points.

    `words` is the longest word, in characters, that stays whole in heads and in the body.
    `part` is its number where the table is cut, from 1, and how many there are.
    """

    table: Table
    widths: list[str]
    size: float
    words: tuple[int, int] = (_WHOLE, _WHOLE)
    landscape: bool = False
    part: tuple[int, int] = (1, 1)


def fitted(table: Table) -> list[Layout]:
    """Return a table so that no page is too narrow for it."""
    usual = 8.5 if is_small(table) else 9.5
    sizes = [size for size in _SIZES if size <= usual]
    tight = (_HEAD_WORD, _WORD)
    for words, size in [*(((_WHOLE, _WHOLE), s) for s in sizes), *((tight, s) for s in sizes)]:
        if widths := column_widths(table, _SIZES[size], words):
            return [Layout(table, widths, size, words)]
    size = sizes[-1]
    parts = _cut(table, _SIZES[size], tight)
    if len(parts) > 2 and (widths := column_widths(table, _SIZES[size] * _TURNED, tight)):
        return [Layout(table, widths, size, tight, landscape=True)]
    return [
        replace(_forced(part, size, tight), part=(number, len(parts)))
        for number, part in enumerate(parts, start=1)
    ]


def _forced(table: Table, size: float, words: tuple[int, int]) -> Layout:
    """Fit a table by breaking words as short as it takes, in the end letter by letter."""
    for least in (1.0, 0.6, 0.3, 0.1):
        cut = (max(int(words[0] * least), 1), max(int(words[1] * least), 1))
        if widths := column_widths(table, _SIZES[size], cut):
            return Layout(table, widths, size, cut)
    return Layout(table, ["1fr"] * table.width, size, (1, 1))


def _cut(table: Table, page: float, words: tuple[int, int]) -> list[Table]:
    """Cut a table between columns into parts that fit; all begin with the columns of row heads."""
    heads = {(y, x) for y, x, cell in walk(table.body, table.width) if cell.head}
    first = 0
    while first < table.width - 1 and any((y, first) in heads for y in range(len(table.body))):
        first += 1
    first = max(first, 1)
    least = _needs(table, words)[1] + _GAP
    if least[:first].sum() > page / 2:
        first = 0
    free = page - float(least[:first].sum())

    def fill(room: float) -> list[list[int]]:
        parts: list[list[int]] = []
        left = 0.0
        for x in range(first, table.width):
            if not parts or left < least[x]:
                parts.append([])
                left = room
            parts[-1].append(x)
            left -= float(least[x])
        return parts

    parts = fill(free)
    # As even as it goes: the narrowest page that needs no more parts.
    for share in np.arange(0.95, 0.3, -0.05):
        if len(tried := fill(free * float(share))) == len(parts):
            parts = tried
    return [_columns(table, [*range(first), *part]) for part in parts]


def _columns(table: Table, columns: list[int]) -> Table:
    """Return some columns of a table; a cell over several is cut where they end."""

    def kept(rows: list[list[Cell]]) -> list[list[Cell]]:
        cut: list[list[Cell]] = [[] for _ in rows]
        for y, x, cell in walk(rows, table.width):
            span = len(set(range(x, x + cell.colspan)) & set(columns))
            if span:
                cut[y].append(replace(cell, colspan=span))
        return cut

    return replace(table, head=kept(table.head), body=kept(table.body), width=len(columns))


def is_small(table: Table) -> bool:
    """Tell whether a table is to be set in small type: it has many columns or many rows."""
    return table.width > _WIDE or len(table.body) > _LONG


def column_widths(
    table: Table, page: float = 0.0, words: tuple[int, int] = (_WHOLE, _WHOLE)
) -> list[str]:
    """Return Typst's widths: shares of the page, so chosen that the table takes few lines.

    Every column asks for what its longest text needs. Where that is more than the page has,
    columns give way, each time the one whose loss adds the fewest lines; figures and single
    words stay whole. Empty where the page, in characters, is too narrow for that.
    """
    page = (page or _SIZES[8.5 if is_small(table) else 9.5]) - _GAP * table.width
    needs, least, room = _needs(table, words)
    widths = np.maximum(needs.max(axis=0, initial=1), least)
    page -= float(room.sum())
    if least.sum() > page:
        return []
    widths = _fit(widths, least, page, lambda tried: _lines(needs, len(table.head), tried))
    return [f"{width:.0f}fr" for width in widths + room + _GAP]


def _needs(table: Table, words: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """Return what each cell needs, the least each column needs, and the room for bars.

    In mean characters; a cell over several rows has as many lines.
    """
    needs = np.zeros((len(table.head) + len(table.body), table.width))
    least, room = np.ones(table.width), np.zeros(table.width)
    for y, x, cell in _placed(table):
        if cell.colspan > 1:
            continue
        body = y >= len(table.head)
        longest = max(map(_length, cell.text.split("\n")))
        word = max(map(_length, cell.text.split()), default=1)
        figure = body and cell.side == "right" and cell.number
        word = min(longest if figure else word, _WHOLE if figure else words[body] * 1.1)
        needs[y, x] = longest if cell.rowspan == 1 else max(word, longest / cell.rowspan)
        least[x] = max(least[x], word)
        room[x] = max(room[x], _BAR if cell.bar else 0)
    return needs, least, room


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
