"""Units where they lie, as they are or as equal tiles, coloured by change of rank or by rank."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.palette import CONTEXT, INK, MUTED
from helpers.report.figures import theme
from helpers.report.figures.canvas import (
    BODY,
    SMALL,
    WHITE,
    Box,
    Drawing,
    text_box,
    text_width,
    wrap,
)
from helpers.report.figures.shades import STEPS, Shades, shades_of
from helpers.words import Words

NAME_SIZE: Final = 6.75  # 9 pixels on a phone
LINE: Final = 7.4
SPECK: Final = (
    0.05  # degrees; what is smaller is drawn as a dot where it lies far out, else left out
)

FAR: Final = 1.0

Rings = Mapping[str, Sequence[Sequence[tuple[float, float]]]]


@theme.figure
def tile_map(
    table: pd.DataFrame,
    words: Words,
    *,
    indicator: str,
    year_to: int,
    tiles: Sequence[tuple[str, str, int, int]],
    year_from: int | None = None,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw every unit as a tile of one size, with its name and its change of rank, or its rank.

    Parameters
    ----------
    table
        The processed table of changes, of one unit set; or that of ranks, without `year_from`.
    words
        The language.
    indicator, year_from, year_to
        Which change, or which year's ranks.
    tiles
        Unit, part of it, row and column (`helpers.index.geometry.tiles`).
    highlight
        A unit whose tile is framed.
    labels
        The index's own labels by indicator.
    names
        Names of the units that have no row in the table.

    Raises
    ------
    ValueError
        If there is no such change or rank, or no place for one of the units.
    """
    shown = shades_of(table, words, indicator, year_from, year_to, labels)
    _all_placed(shown, {unit for unit, *_ in tiles})

    def draw(width: float) -> Drawing:
        wide, high = width / (1 + max(t[3] for t in tiles)), 42.0 if width < 350 else 27.5
        drawing = Drawing(width, (1 + max(t[2] for t in tiles)) * high + 1)
        for unit, part, row, col in tiles:
            face = shown.color(unit)
            box = (
                col * wide + 0.6,
                row * high + 0.6,
                (col + 1) * wide - 0.6,
                (row + 1) * high - 0.6,
            )
            drawing.boxed([box], face, rim=CONTEXT if face == WHITE else None)
            name = shown.names.get(unit) or (names or {}).get(unit, "")
            value = shown.write(shown.of[unit]) if unit in shown.of else words.number(None)
            _label(drawing, box, (part, f"({name})") if part else (name, value), bold=not part)
            if unit == highlight and not part:
                a, b, c, d = box
                ring = ((a, b), (c, b), (c, d), (a, d), (a, b - 0.9))
                drawing.lines([ring], INK, 1.8, z=3, cap=None)
        # The north-east corner of the grid is sea.
        left = wide * (1.35 + max((t[3] for t in tiles if t[2] < 2), default=0))
        _draw_key(drawing, (left, width - 2), 0.55 * high, shown)
        return drawing

    return draw, theme.sentence([shown.caption, shown.detail]), shown.caption


@theme.figure
def outline_map(
    table: pd.DataFrame,
    words: Words,
    *,
    indicator: str,
    year_to: int,
    outlines: Rings,
    year_from: int | None = None,
    places: Mapping[str, tuple[float, float]] | None = None,
    credit: str = "",
    named: int = 2,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw every unit in its outline, coloured by change of rank, or by rank.

    Parameters
    ----------
    table
        The processed table of changes, of one unit set; or that of ranks, without `year_from`.
    words
        The language.
    indicator, year_from, year_to
        Which change, or which year's ranks.
    outlines
        By unit its rings, longitude and latitude (`helpers.index.geometry.outlines`).
    places
        Names of parts far out, and where they are written: longitude and latitude.
    credit
        Whose outlines these are, for the caption.
    named
        How many of the units at either end are named.
    highlight
        A unit that is framed and named.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no such change or rank, or no outline of one of the units.
    """
    shown = shades_of(table, words, indicator, year_from, year_to, labels)
    _all_placed(shown, set(outlines))
    rings = {unit: [np.array(ring) for ring in parts] for unit, parts in outlines.items()}
    lands = {u: [r for r in p if np.ptp(r, axis=0).max() >= SPECK] for u, p in rings.items()}
    far = {unit: _far(parts, lands[unit]) for unit, parts in rings.items()}
    everything = np.concatenate([ring for parts in rings.values() for ring in parts])
    (west, south), (east, north) = everything.min(axis=0), everything.max(axis=0)
    flat = float(np.cos(np.radians((south + north) / 2)))

    def draw(width: float) -> Drawing:
        scale = min((width - 4) / ((east - west) * flat), 430 / (north - south))
        drawing = Drawing(width, (north - south) * scale + 6)

        def at(points: Any) -> Any:
            x, y = np.asarray(points, dtype=float).T
            return np.stack([2 + (x - west) * flat * scale, 3 + (north - y) * scale], axis=-1)

        for unit, parts in lands.items():
            drawing.areas([at(r) for r in parts], shown.color(unit), rim=MUTED, rim_width=0.35)
            if len(far[unit]):
                x, y = at(far[unit]).T
                drawing.dots(x, y, 2.2, MUTED, z=3)
                drawing.dots(x, y, 1.3, shown.color(unit), z=3.5)
            if unit == highlight:
                drawing.areas([at(r) for r in parts], "none", rim=INK, rim_width=1.5, z=4)
        left = float(at([(west + 0.55 * (east - west), north)])[0, 0])
        _draw_key(drawing, (left, min(width - 2, left + 150)), 22, shown)
        for name, spot in (places or {}).items():
            unit = min((u for u, dots in far.items() if len(dots)), key=partial(_gap, far, spot))
            x, y = at([spot])[0]
            text = f"{name}\n({shown.names[unit]})" if unit in shown.names else name
            wide = text_width(text, SMALL)
            x = min(max(x, wide / 2 + 1), width - wide / 2 - 1)
            drawing.text(x, min(y, drawing.height - 14), text, anchor="middle", **theme.NOTE)
        ordered = sorted(shown.of, key=lambda u: (-shown.share(shown.of[u]), u))
        wanted = [u for u in [highlight, *ordered[:named], *ordered[len(ordered) - named :]] if u]
        for unit in dict.fromkeys(wanted):
            if lands.get(unit):
                _name(drawing, at(max(lands[unit], key=len)), shown, unit, bold=unit == highlight)
        return drawing

    source = words._("Outlines: {credit}.", credit=credit) if credit else ""
    caption = theme.sentence([shown.caption, source])
    return draw, theme.sentence([caption, shown.detail]), caption


def _far(rings: Sequence[Any], lands: Sequence[Any]) -> Any:
    """Return where parts of a unit lie that are far from its greatest land: one dot a place."""
    if not lands:
        return np.empty((0, 2))
    main = max(lands, key=len)
    middles = np.array([ring.mean(axis=0) for ring in rings])
    off = np.abs(np.clip(middles, main.min(axis=0), main.max(axis=0)) - middles).max(axis=1)
    middles = middles[off > FAR]
    _places, first = np.unique(np.round(middles / 0.12), axis=0, return_index=True)
    return middles[np.sort(first)]


def _gap(far: Mapping[str, Any], spot: tuple[float, float], unit: str) -> float:
    return float(np.abs(far[unit] - spot).sum(axis=1).min())


def _name(drawing: Drawing, ring: Any, shown: Shades, unit: str, *, bold: bool) -> None:
    """Name a unit on its outline or to a side of it, where there is room."""
    text = f"{shown.names[unit]} {shown.write(shown.of[unit])}"
    (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
    wide, y = text_width(text, SMALL, bold), (y0 + y1) / 2 + 2.5
    for left in ((x0 + x1 - wide) / 2, x1 + 3, x0 - wide - 3):
        for up in (0, -9, 9):
            if drawing.is_free(text_box(left, y + up, text, SMALL, bold)):
                drawing.text(left, y + up, text, size=SMALL, bold=bold, rim=True)
                return


def _all_placed(shown: Shades, places: set[str]) -> None:
    lost = sorted(set(shown.of) - places)
    if lost:
        raise ValueError(f"no place on the map for {', '.join(lost[:3])}; see `map` in index.yml")


def _label(drawing: Drawing, box: Box, lines: tuple[str, str], *, bold: bool) -> None:
    """Write a name over a second line, which is bold for a value."""
    left, top, right, bottom = box
    room, middle = right - left - 1, (left + right) / 2
    name, value = wrap(lines[0], room, NAME_SIZE), wrap(lines[1], room, NAME_SIZE)
    size = BODY if bold else NAME_SIZE
    lowest = bottom - 2.6 - LINE * value.count("\n")
    for text, y, one, strong in ((name, top + 7.4, NAME_SIZE, False), (value, lowest, size, bold)):
        for n, line in enumerate(text.split("\n")):
            drawing.text(middle, y + LINE * n, line, anchor="middle", size=one, bold=strong)


def _draw_key(drawing: Drawing, sides: tuple[float, float], top: float, shown: Shades) -> None:
    """Draw the colour scale, with what its ends mean."""
    left, right = sides
    heading = wrap(shown.heading, right - left + 6, SMALL)
    top += 9.6 * heading.count("\n")
    edges = np.linspace(left, right, 2 * STEPS + 2)
    for n in range(2 * STEPS + 1):
        shade = shown.shade(n / (2 * STEPS))
        drawing.boxed([(edges[n], top, edges[n + 1] + 0.2, top + 7)], shade)
    for x, value, side in zip((left, (left + right) / 2, right), shown.ends,
                              ("start", "middle", "end"), strict=True):  # fmt: skip
        drawing.text(x, top + 15, shown.write(value), anchor=side, **theme.NOTE)  # type: ignore[arg-type]
    drawing.text(left, top - 4 - 9.6 * heading.count("\n"), heading, **theme.NOTE)
