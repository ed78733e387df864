"""Where a table begins and ends in a grid of cells, and what its columns are called.

The header is the block of rows right above the first row of data, never a row below one. A
table has titles above, footnotes below, footnote columns beside the figures and blank rows
between: they are set aside, and said.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import OPEN
from helpers.newindex.cellkinds import ENDS, kind_of, looks_numeric
from helpers.newindex.grid import Grid
from helpers.newindex.layout import SHORT, fill_down, refuse_shifted, side_by_side, stacked

_LOOKED_AT = 400  # rows that show what a column holds
_DEEPEST = 5  # rows of a header


@dataclass
class Table:
    """A published table, ready to be understood.

    Attributes
    ----------
    frame
        Its cells as text, columns named by the header; the index counts the rows of the CSV.
    name
        Of the sheet; empty in a text file.
    said
        What was set aside or renamed, a line each.
    plain
        Whether the published file is itself that table as CSV.
    title
        The texts above the table.
    dates
        Columns in which a spreadsheet holds dates, with their number and the first cell.
    """

    frame: pd.DataFrame
    name: str = ""
    said: list[str] = field(default_factory=list)
    plain: bool = False
    title: str = ""
    dates: dict[str, tuple[int, str]] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the table as CSV in UTF-8."""
        buffer = io.StringIO()
        write = csv.writer(buffer, lineterminator="\n")
        write.writerow(self.frame.columns)
        write.writerows(self.frame.to_numpy().tolist())
        return buffer.getvalue().encode("utf-8")


def settle(file: str, grid: Grid) -> Table:
    """Find the table in a grid.

    Raises
    ------
    DataError
        When no rows of data are found, or no header above them.
    """
    where = f"{file}, sheet {grid.name!r}" if grid.name else file
    width = max((len(row) for row in grid.rows.values()), default=0)
    rows = {number: row + [""] * (width - len(row)) for number, row in grid.rows.items()}
    numbers = list(rows)
    kinds = _kinds([rows[n] for n in numbers])
    data = [n for n in numbers[:_LOOKED_AT] if _is_data(rows[n], kinds)]
    if not data:
        raise DataError(f"{where}: no rows with a name and a number found; give a table with both")
    middle = sorted(_filled(rows[n]) for n in data[:_LOOKED_AT])[len(data[:_LOOKED_AT]) // 2]
    first = next(n for n in data if 2 * _filled(rows[n]) >= min(middle, 4))
    head = _header(numbers[: numbers.index(first)], rows, kinds)
    if not head:
        raise DataError(
            f"{where}, row {first}: no header above the first row of data; give each column its "
            "name in a row above"
        )
    last = next(n for n in reversed(numbers) if _is_data(rows[n], kinds))
    above = [n for n in numbers if n < head[0]]
    # A unit may have a name and a mark only: the table goes on to a note or a blank row.
    end = last
    while end + 1 in rows and _filled(rows[end + 1]) > 1:
        end += 1
    below = [n for n in numbers if n > end]
    body = [n for n in numbers if head[-1] < n <= end]
    names = _join(head, rows, grid)
    fill_down(grid, rows, body)
    if blocks := side_by_side(names):
        return settle(file, stacked(grid, rows, head[-1], names, blocks))
    if not grid.name:
        refuse_shifted(where, names, rows, body, kinds)
    plain = grid.plain and head == [numbers[0]] == [1] and all(_own(head, rows, names))
    if plain:
        body = [n for n in numbers if n > 1]
    kept, said = _columns(names, [rows[n] for n in body], head, rows)
    plain = plain and list(kept.values()) == rows[1][: len(kept)] and len(kept) == width
    frame = pd.DataFrame(
        [[rows[n][place] for place in kept] for n in body],
        # The rows as a spreadsheet counts them in the CSV that is kept.
        index=body if plain else range(2, len(body) + 2),
        columns=list(kept.values()),
        dtype="str",
    )
    table = Table(
        frame,
        grid.name,
        list(grid.said),
        plain,
        " ".join(text for n in above for text in rows[n] if text),
    )
    if not plain:
        table.said += _said(head, above, below, rows)
        table.said += said
    _note_dates(table, grid, kept, body)
    return table


def _filled(row: list[str]) -> int:
    """Count the filled cells of a row; a text that goes over all of them is one."""
    texts = [text for text in row if text]
    return 1 if len(set(texts)) == 1 and not looks_numeric(texts[0]) else len(texts)


def _kinds(rows: list[list[str]]) -> list[str]:
    """Return what each column holds: ``n`` numbers, ``y`` years, ``t`` texts, or nothing."""
    shown = (
        rows if len(rows) <= _LOOKED_AT else [*rows[: _LOOKED_AT // 2], *rows[-_LOOKED_AT // 2 :]]
    )
    found = []
    for column in zip(*shown, strict=True):
        count = Counter(kind_of(text) for text in column if text)
        rest = count["n"] + count["y"] + count["t"]
        if not rest:
            found.append("m" if count["m"] else "")
        elif count["y"] > max(count["n"], 0.6 * count["t"], 1):
            found.append("y")
        else:
            found.append("n" if count["n"] + count["y"] >= 0.4 * rest else "t")
    return found


def _is_data(row: list[str], kinds: list[str]) -> bool:
    """Tell whether a row holds data: numbers in columns of numbers, and something beside."""
    held = [(kind, kind_of(text)) for kind, text in zip(kinds, row, strict=True) if text]
    if len(held) < 2:
        return False
    numbers = sum(kind == "n" and own == "n" for kind, own in held)
    others = sum(kind == "n" and own in "ty" for kind, own in held)
    marks = sum(kind in "nm" and own == "m" for kind, own in held)
    if numbers:
        return numbers + marks >= others
    # A column of numbers may hold a year among them (1999 patents); a header holds them only.
    return marks > 0 and others == 0 and any(own == "t" for kind, own in held if kind == "t")


def _header(above: list[int], rows: dict[int, list[str]], kinds: list[str]) -> list[int]:
    """Return the rows of the header: those with several cells right above the first data."""
    # A heading of the first group of rows, and a row of data unlike the others, are no header.
    while above and _filled(rows[above[-1]]) < 2 <= sum(map(bool, kinds)):
        above = above[:-1]
    while len(above) > 1 and any(kind_of(text) == "n" for text in rows[above[-1]]):
        above = above[:-1]
    if not above:
        return []
    head = [above[-1]]
    first = next((n for n, kind in enumerate(kinds) if kind), 0)
    for number in reversed(above[:-1]):
        cells = [place for place, text in enumerate(rows[number]) if text]
        spans = len(cells) > 1 or cells[0] > first
        title = cells[0] == first and len(rows[number][first]) > 40
        data = any(kind_of(text) == "n" for text in rows[number])
        if number != head[0] - 1 or not spans or title or data or len(head) == _DEEPEST:
            break
        head.insert(0, number)
    return head


def _join(head: list[int], rows: dict[int, list[str]], grid: Grid) -> list[str]:
    """Return the columns' names: what stands in and above each; a merged cell names them all."""
    lines = {n: list(rows[n]) for n in head}
    covered = set()
    for top, left, bottom, right in grid.spans:
        for number in range(max(top, head[0]), min(bottom, head[-1]) + 1):
            if number in lines and top in rows:
                covered.add(number)
                for place in range(left, min(right + 1, len(lines[number]))):
                    lines[number][place] = rows[top][left] if left < len(rows[top]) else ""
    for number in head[:-1]:
        if number not in covered:  # without merged cells a name goes on over the blanks beside it
            text = ""
            for place, own in enumerate(rows[number]):
                below = any(rows[n][place] for n in head if n > number)
                begins = any(rows[n][place] for n in head if n < number)
                text = own or (text if below and not begins else "")
                lines[number][place] = own or text
    return [
        " ".join(dict.fromkeys(t for n in head if (t := lines[n][place]) and not ENDS.fullmatch(t)))
        for place in range(len(lines[head[0]]))
    ]


def _own(head: list[int], rows: dict[int, list[str]], names: list[str]) -> list[bool]:
    return [bool(rows[head[-1]][place]) for place in range(len(names))]


def _columns(
    names: list[str], body: list[list[str]], head: list[int], rows: dict[int, list[str]]
) -> tuple[dict[int, str], list[str]]:
    """Return the columns to keep, by their place, and what is said of the others."""
    kept: dict[int, str] = {}
    said: list[str] = []
    notes, renamed = [], []
    own = [max((rows[n][place] for n in head), key=len) for place in range(len(names))]
    for place, name in enumerate(names):
        filled = [row[place] for row in body if row[place]]
        if not filled and (not own[place] or len(head) > 1):
            continue
        marks = all(len(text) <= SHORT and not looks_numeric(text) for text in filled)
        few = not own[place] or (len(own[place]) <= 2 and len(filled) < 0.5 * len(body))
        if filled and place and marks and few and not any(map(str.isdigit, own[place])):
            notes.append(_letter(place))
            continue
        if name in ("", OPEN):
            if len(filled) < 0.1 * len(body) and any(kept.values()):
                said.append(
                    f"column {_letter(place)} has no name and {len(filled)} cells: left out"
                )
                continue
            name = f"column {_letter(place)}"
        base, number = name, 1
        while name in kept.values():
            number += 1
            name = f"{base} ({number})"
        if number > 1:
            renamed.append(name)
        kept[place] = name
    if notes:
        said.append(f"columns of footnote marks, left out: {', '.join(notes)}")
    if renamed:
        said.append(f"columns of equal names, numbered: {', '.join(renamed[:10])}")
    return kept, said


def _letter(place: int) -> str:
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _said(
    head: list[int], above: list[int], below: list[int], rows: dict[int, list[str]]
) -> list[str]:
    said = []
    if above:
        title = next(text for n in above for text in rows[n] if text)
        said.append(f"above the header, left out ({_rows(above)}): {title[:60]}")
    if len(head) > 1:
        said.append(f"a header of {len(head)} rows ({head[0]} to {head[-1]}), joined")
    if below:
        note = next(text for n in below for text in rows[n] if text)
        said.append(f"below the table, left out ({_rows(below)}): {note[:60]}")
    return said


def _rows(numbers: list[int]) -> str:
    return f"{len(numbers)} rows" if len(numbers) > 1 else "1 row"


def _note_dates(table: Table, grid: Grid, kept: dict[int, str], body: list[int]) -> None:
    lines = set(body)
    for number, place in sorted(grid.dates):
        if number in lines and place in kept:
            count, cell = table.dates.get(kept[place], (0, f"{_letter(place)}{number}"))
            table.dates[kept[place]] = (count + 1, cell)
