"""How tables lie in a grid: merged cells, several side by side, rows that an accident shifted."""

from __future__ import annotations

from helpers.errors import DataError
from helpers.newindex.cellkinds import kind_of, looks_numeric
from helpers.newindex.grid import Grid

SHORT = 3  # letters of a footnote's mark


def side_by_side(names: list[str]) -> list[list[int]]:
    """Return the columns of each of several tables with the same heads, set beside each other."""
    named = [place for place, name in enumerate(names) if name]
    for width in range(2, len(named) // 2 + 1):
        blocks = [named[at : at + width] for at in range(0, len(named), width)]
        heads = {tuple(names[place] for place in block) for block in blocks}
        if len(heads) == 1 and len(set(*heads)) == width:
            return blocks
    return []


def stacked(
    grid: Grid, rows: dict[int, list[str]], head: int, names: list[str], blocks: list[list[int]]
) -> Grid:
    """Return the tables of a grid one below the other."""
    far = max(rows)
    one = Grid(grid.name, {n: row for n, row in rows.items() if n < head}, said=list(grid.said))
    one.said.append(f"{len(blocks)} tables side by side, put one below the other")
    one.rows[head] = [names[place] for place in blocks[0]]
    for number, block in enumerate(blocks):
        for row in (n for n in rows if n > head):
            if any(cells := [rows[row][place] for place in block]):
                one.rows[row + number * far] = cells
        one.dates |= {(r + number * far, block.index(p)) for r, p in grid.dates if p in block}
    return one


def fill_down(grid: Grid, rows: dict[int, list[str]], body: list[int]) -> None:
    """Give each row of a merged cell its text: tied units share the cell of their rank."""
    lines = set(body)
    for top, left, bottom, right in grid.spans:
        if top in lines and bottom > top and left == right and left < len(rows[top]):
            for number in range(top + 1, bottom + 1):
                if number in lines:
                    rows[number][left] = rows[top][left]


def refuse_shifted(
    where: str, names: list[str], rows: dict[int, list[str]], body: list[int], kinds: list[str]
) -> None:
    """Refuse a row of a text file that an unquoted delimiter has given more cells than heads."""
    width = max((place for place, name in enumerate(names, start=1) if name), default=0)
    for number in body:
        over = [text for text in rows[number][width:] if text]
        told = zip(kinds[:width], rows[number], strict=False)
        moved = any(kind == "n" and text and kind_of(text) == "t" for kind, text in told)
        if over and (moved or any(len(text) > SHORT or looks_numeric(text) for text in over)):
            count = width + len(over)
            raise DataError(
                f"{where}, row {number}: {count} cells under {width} columns; mend the row's "
                "commas and quotes, or give each column its name"
            )
