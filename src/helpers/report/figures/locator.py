"""Where a unit lies: a small grid of equal tiles, the better the rank the darker.

Hoàng Sa and Trường Sa have tiles of their own, in the shade of the unit they belong to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.palette import HIGHLIGHT, INK, MUTED
from helpers.report.figures import theme
from helpers.report.figures.canvas import SMALL, WHITE, Drawing, text_width
from helpers.report.figures.rows import records
from helpers.words import Words

WIDTH = 112.0
Tile = tuple[str, str, int, int]  # unit, part (empty for the unit itself), row, column


@dataclass(frozen=True)
class Locator:
    """The tiles of a unit set with the ranks of a year."""

    tiles: pd.DataFrame  # row, col, share: 0 for the worst rank, 1 for the best; mine
    name: str
    year: int

    def draw(self, drawing: Drawing, left: float, top: float, bottom: float, words: Words) -> None:
        """Draw the tiles into a box of `WIDTH` and name the unit in the sea."""
        columns, lines = int(self.tiles["col"].max()) + 1, int(self.tiles["row"].max()) + 1
        wide, high = WIDTH / columns, (bottom - top) / lines
        drawing.text(left, top - 9, words._("rank in {year}: darker is better", year=self.year),
                     **theme.NOTE)  # fmt: skip
        for share, tiles in self.tiles.groupby("share"):
            boxes = [
                (left + t.col * wide + 0.5, top + t.row * high + 0.5,
                 left + (t.col + 1) * wide - 0.5, top + (t.row + 1) * high - 0.5)
                for t in records(tiles)
            ]  # fmt: skip
            drawing.boxed(boxes, _shade(float(str(share))))
        for tile in records(self.tiles[self.tiles["part"] != ""]):
            lines_of = tile.part.split(" ")
            for n, word in enumerate(lines_of):
                drawing.text(left + (tile.col + 1) * wide, top + tile.row * high - 3
                             - 7 * (len(lines_of) - 1 - n), word, anchor="end", size=6.5,
                             color=MUTED)  # fmt: skip
        for tile in records(self.tiles[self.tiles["mine"]]):
            x, y = left + tile.col * wide, top + tile.row * high
            frame = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y - 0.8))
            drawing.lines([frame], INK, 1.8, z=4, cap=None)
            # West of the grid's waist there is room for the name.
            beside = top + 0.55 * (bottom - top)
            drawing.text(left, beside, self.name, size=SMALL, bold=True)
            near = y + high if y < beside else y
            start = (left + 6, beside - 8 if y < beside else beside + 3)
            end = (x + wide / 2, near)
            if abs(y + high / 2 - beside) < 16:  # beside the name: not through its accents
                start = (left + text_width(self.name, SMALL, bold=True) + 3, beside - 2.5)
                end = (x, y + high / 2)
            drawing.lines([(start, end)], INK, 0.6, z=4)


def find(
    ranks: pd.DataFrame, unit: str, indicator: str, year: int, tiles: Sequence[Tile]
) -> Locator | None:
    """Return the tiles with the ranks of a year; None where a ranked unit has no tile."""
    rows = ranks[(ranks["indicator"] == indicator) & (ranks["year"] == year)]
    rows = rows[rows["rank"].notna()].set_index("unit")
    layout = pd.DataFrame(tiles, columns=["unit", "part", "row", "col"])
    if unit not in rows.index or not rows.index.isin(layout["unit"]).all():
        return None
    place = rows["rank"].astype(float)
    share = 1 - (place - 1) / max(place.max() - 1, 1)
    tiled = layout.assign(
        share=layout["unit"].map(share).round(1).fillna(0.0),
        mine=(layout["unit"] == unit) & (layout["part"] == ""),
    )
    return Locator(tiled, str(rows.loc[unit, "unit_name"]), year)


def _shade(share: float) -> str:
    """Return the highlight's colour, the paler the smaller the share."""
    ends = [np.array([int(c.lstrip("#")[i : i + 2], 16) for i in (0, 2, 4)])
            for c in (WHITE.replace("fff", "ffffff"), HIGHLIGHT)]  # fmt: skip
    mixed = ends[0] + (0.12 + 0.68 * share) * (ends[1] - ends[0])
    return "#" + "".join(f"{round(float(v)):02x}" for v in mixed)
