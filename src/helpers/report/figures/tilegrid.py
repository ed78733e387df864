"""Viet Nam as a grid of equal tiles, one per unit, coloured by change of rank.

The layout, ``tilegrid.csv``, keeps each unit beside those it borders, so far as a grid can;
Hoàng Sa and Trường Sa have tiles of their own, in the colour of the unit they belong to.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.typing import ColorType

from helpers import show
from helpers.palette import CONTEXT, INK
from helpers.report.figures import theme
from helpers.report.figures.rows import compare, label_of, records, select_changes, warn
from helpers.words import Words

TILE_MM: Final = (15.6, 9.6)
NAME_SIZE: Final = 7.0
KEY_COLUMN: Final = 6.35  # the north-east corner of the grid is sea


@lru_cache
def read_layout() -> pd.DataFrame:
    """Return the layout: ``unit_set``, ``unit``, ``part``, ``row``, ``col``.

    ``part`` is empty but for tiles that show a named part of a unit.
    """
    texts = {"unit_set": str, "unit": str, "part": str}
    with files("helpers.report.figures").joinpath("tilegrid.csv").open("rb") as file:
        return pd.read_csv(file, dtype=texts, keep_default_na=False)


@theme.styled
def tile_grid(
    changes: pd.DataFrame,
    year_from: int,
    year_to: int,
    indicator: str,
    words: Words,
    *,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> show.Figure:
    """Draw the change of rank of every unit where it lies.

    Parameters
    ----------
    changes
        The processed table, of one unit set.
    year_from, year_to, indicator
        Which change.
    words
        The language.
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
    scale = Normalize(-limit, limit)
    wide, high = TILE_MM
    fig, ax = _lay_out((int(layout["col"].max()) + 1) * wide, (int(layout["row"].max()) + 1) * high)
    for tile in records(layout):
        change = float(moved.get(tile.unit, np.nan))
        face = theme.DIVERGING(scale(change)) if np.isfinite(change) else "white"
        name = names.get(tile.unit, tile.unit)
        lines = (tile.part, f"({name})") if tile.part else (name, words.signed(change))
        x, y = tile.col * wide, tile.row * high
        _draw_tile(ax, x, y, face, lines, strong=not tile.part)
    for tile in records(layout[(layout["unit"] == highlight) & (layout["part"] == "")]):
        corner = (tile.col * wide + 0.4, tile.row * high + 0.4)
        ax.add_patch(Rectangle(corner, wide - 0.8, high - 0.8, fc="none", ec=INK, lw=1.8, zorder=3))
    _draw_key(ax, scale, words)

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
    return theme.finish(fig, theme.sentence([caption, *extremes]), caption)


def _lay_out(width: float, height: float) -> tuple[Figure, Axes]:
    """Make axes whose data coordinates are millimetres from the top left of the grid."""
    fig = theme.figure(height_mm=height + 1)
    ax = theme.axes(fig)
    left = (theme.TEXT_WIDTH_MM - width) / 2
    ax.set_xlim(-left, theme.TEXT_WIDTH_MM - left)
    ax.set_ylim(height + 0.5, -0.5)
    ax.axis("off")
    return fig, ax


def _draw_tile(
    ax: Axes, x: float, y: float, face: ColorType, lines: tuple[str, str], *, strong: bool
) -> None:
    """Draw a tile with a name over a second line, which is bold for a value."""
    wide, high = TILE_MM
    edge = CONTEXT if face == "white" else "white"
    ax.add_patch(Rectangle((x, y), wide, high, fc=face, ec=edge, lw=1.2, zorder=2))
    name = theme.wrap(lines[0], wide - 1.4, NAME_SIZE).split("\n")
    last = 0.88 if len(name) > 1 else 0.78
    first = 0.30 if len(name) > 1 else 0.40
    baselines = [*(first + 0.26 * i for i in range(len(name))), last]
    for text, height in zip([*name, lines[1]], baselines, strict=True):
        value = strong and height == last
        style: Any = {"size": theme.BODY, "weight": "bold"} if value else {"size": NAME_SIZE}
        at = x + wide / 2, y + high * height
        ax.text(*at, text, ha="center", va="baseline", zorder=4, **style)


def _draw_key(ax: Axes, scale: Normalize, words: Words) -> None:
    """Draw the colour scale in the sea, with its ends in places."""
    wide, high = TILE_MM
    left, right, top = KEY_COLUMN * wide, 8.9 * wide, 0.55 * high
    shades = np.linspace(0, 1, 60)
    edges = np.linspace(left, right, 61)
    for shade, start, end in zip(shades, edges[:-1], edges[1:], strict=True):
        color = theme.DIVERGING(shade)
        ax.add_patch(Rectangle((start, top), end - start, 2.6, fc=color, ec="none", lw=0))
    middle = (left + right) / 2
    for x, value, side in (
        (left, scale.vmin, "left"), (middle, 0.0, "center"), (right, scale.vmax, "right"),
    ):  # fmt: skip
        ax.text(x, top + 3.4, words.signed(value), ha=side, va="top", **theme.NOTE)
    heading = words._("places risen (+) or fallen (−)")
    ax.text(left, top - 1, heading, ha="left", va="bottom", **theme.NOTE)
