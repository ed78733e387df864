"""Viet Nam as a grid of equal tiles, one per unit, coloured by change of rank.

The layout, ``tilegrid.csv``, keeps each unit beside those it borders, so far as a grid can;
Hoàng Sa and Trường Sa have tiles of their own, in the colour of the unit they belong to.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from helpers.palette import CONTEXT, INK
from helpers.report.figures import theme
from helpers.report.figures.canvas import (
    BODY,
    SMALL,
    WHITE,
    Box,
    Drawing,
    wrap,
)
from helpers.report.figures.rows import compare, label_of, records, select_changes, warn
from helpers.words import Words

NAME_SIZE: Final = 6.75  # 9 pixels on a phone
LINE: Final = 7.4
KEY_COLUMN: Final = 6.35  # the north-east corner of the grid is sea


@lru_cache
def read_layout() -> pd.DataFrame:
    """Return the layout: ``unit_set``, ``unit``, ``part``, ``row``, ``col``.

    ``part`` is empty but for tiles that show a named part of a unit.
    """
    texts = {"unit_set": str, "unit": str, "part": str}
    with files("helpers.report.figures").joinpath("tilegrid.csv").open("rb") as file:
        return pd.read_csv(file, dtype=texts, keep_default_na=False)


@theme.figure
def tile_grid(
    changes: pd.DataFrame,
    words: Words,
    *,
    year_from: int,
    year_to: int,
    indicator: str,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw the change of rank of every unit where it lies.

    Parameters
    ----------
    changes
        The processed table, of one unit set.
    words
        The language.
    year_from, year_to, indicator
        Which change.
    highlight
        A unit whose tile is framed.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no such change, or no layout for its units.
    """
    rows = select_changes(changes, year_from, year_to, indicator=indicator)
    layout = read_layout()
    sets = rows["unit_set"].astype(str).unique()
    layout = layout[layout["unit_set"].isin(sets)]
    unplaced = rows.loc[~rows["unit"].isin(layout["unit"]), "unit"]
    if len(sets) != 1 or not unplaced.empty:
        found = f"unit sets {', '.join(sets)}; not in the layout: {', '.join(unplaced[:3]) or '-'}"
        raise ValueError(f"found {found}; expected one unit set that tilegrid.csv lays out")

    known = changes.drop_duplicates("unit")
    names = dict(zip(known["unit"].astype(str), known["unit_name"].astype(str), strict=True))
    moved = rows.set_index("unit")["change"].astype(float)
    limit = max(1.0, float(moved.abs().max()))

    def draw(width: float) -> Drawing:
        columns = int(layout["col"].max()) + 1
        wide, high = width / columns, 42.0 if width < 350 else 27.5
        drawing = Drawing(width, (int(layout["row"].max()) + 1) * high + 1)
        for tile in records(layout):
            change = float(moved.get(tile.unit, np.nan))
            face = theme.diverging((change / limit + 1) / 2) if np.isfinite(change) else WHITE
            box = (tile.col * wide + 0.6, tile.row * high + 0.6,
                   (tile.col + 1) * wide - 0.6, (tile.row + 1) * high - 0.6)  # fmt: skip
            drawing.boxed([box], face, rim=CONTEXT if face == WHITE else None)
            name = names.get(tile.unit, tile.unit)
            lines = (tile.part, f"({name})") if tile.part else (name, words.signed(change))
            _label_tile(drawing, box, lines, bold=not tile.part)
            if tile.unit == highlight and not tile.part:
                a, t, c, d = box
                ring = [((a, t), (c, t), (c, d), (a, d), (a, t - 0.9))]
                drawing.lines(ring, INK, 1.8, z=3, cap=None)
        _draw_key(drawing, KEY_COLUMN * wide, width - 2, high, limit, words)
        return drawing

    caption = words._(
        "{indicator}, {year_from} to {year_to}: {up} up, {down} down, {still} unchanged.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        up=words.number((moved > 0).sum()),
        down=words.number((moved < 0).sum()),
        still=words.number((moved == 0).sum()),
    )
    caption = theme.sentence([caption, warn(words, compare(rows))])
    ends = moved.sort_values(ascending=False, kind="stable")
    rose, fell = (
        ", ".join(f"{names[str(unit)]} {words.signed(change)}" for unit, change in extreme.items())
        for extreme in (ends[ends > 0].head(5), ends[ends < 0].tail(5)[::-1])
    )
    extremes = [
        words._("Rose most: {units}.", units=rose) if rose else "",
        words._("Fell most: {units}.", units=fell) if fell else "",
    ]
    return draw, theme.sentence([caption, *extremes]), caption


def _label_tile(drawing: Drawing, box: Box, lines: tuple[str, str], *, bold: bool) -> None:
    """Write a name over a second line, which is bold for a value."""
    left, top, right, bottom = box
    room, middle = right - left - 1, (left + right) / 2
    name, value = wrap(lines[0], room, NAME_SIZE), wrap(lines[1], room, NAME_SIZE)
    lowest = bottom - 2.6 - LINE * value.count("\n")
    for text, y, style in (
        (name, top + 7.4, {"size": NAME_SIZE}),
        (value, lowest, {"size": BODY, "bold": True} if bold else {"size": NAME_SIZE}),
    ):
        for n, line in enumerate(text.split("\n")):
            drawing.text(middle, y + LINE * n, line, anchor="middle", **style)  # type: ignore[arg-type]


def _draw_key(
    drawing: Drawing, left: float, right: float, high: float, limit: float, words: Words
) -> None:
    """Draw the colour scale in the sea, with its ends in places."""
    edges = np.linspace(left, right, 21)
    top = 0.55 * high
    for start, end in pairwise(edges):
        shade = theme.diverging((start + end - 2 * left) / 2 / (right - left))
        drawing.boxed([(start, top, end + 0.2, top + 7)], shade)
    middle = (left + right) / 2
    for x, value, side in ((left, -limit, "start"), (middle, 0.0, "middle"), (right, limit, "end")):
        drawing.text(x, top + 15, words.signed(value), anchor=side, **theme.NOTE)  # type: ignore[arg-type]
    heading = wrap(words._("places risen (+) or fallen (−)"), right - left + 6, SMALL)
    drawing.text(left, top - 4 - 9.6 * heading.count("\n"), heading, **theme.NOTE)
