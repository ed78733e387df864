"""All units by all indicators: one cell a rank, the better the darker."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.palette import HIGHLIGHT, INK
from helpers.report.figures import theme
from helpers.report.figures.canvas import SMALL, Drawing, line_height, shorten, text_width, wrap
from helpers.report.figures.rows import label_of
from helpers.words import Words

ROW = 10.8


@theme.figure
def heat_table(
    ranks: pd.DataFrame,
    words: Words,
    *,
    year: int,
    indicators: Sequence[str],
    units: Sequence[str] | None = None,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw the ranks of units in several indicators, in the order of the first one.

    On a phone the columns are numbered, and their names stand below.

    Parameters
    ----------
    ranks
        The processed table, of one unit set.
    words
        The language.
    year, indicators
        Whose ranks; the first orders the rows.
    units
        Which units; all when left out.
    highlight
        A unit that is set off.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no rank of the first indicator in that year.
    """
    rows = ranks[(ranks["year"] == year) & ranks["indicator"].isin(list(indicators))]
    table = rows.pivot(index="unit", columns="indicator", values="rank").astype("Float64")
    if indicators[0] not in table or table[indicators[0]].dropna().empty:
        raise ValueError(f"no rank of {indicators[0]!r} in {year} in the table of ranks")
    last = table.max()
    table = table.reindex(columns=list(indicators)).dropna(subset=indicators[0])
    if units is not None:
        table = table[table.index.isin(list(units))]
    table = table.sort_values(indicators[0], kind="stable")
    known = rows.drop_duplicates("unit").set_index("unit")["unit_name"].astype(str)
    names = [known[unit] for unit in table.index]
    places = table.to_numpy(dtype=float, na_value=np.nan)
    share = 1 - (places - 1) / np.maximum(1.0, last.reindex(list(indicators)).to_numpy(float) - 1)
    titles = [label_of(labels, indicator) for indicator in indicators]

    def draw(width: float) -> Drawing:
        narrow = width < 350
        left = min(width * 0.32, max(text_width(name, SMALL, bold=True) for name in names) + 6)
        wide = (width - left) / len(titles)
        heads = [str(n) for n in range(1, len(titles) + 1)]
        heads = heads if narrow else [wrap(t, wide - 3, SMALL) for t in titles]
        line = line_height(SMALL)
        top = line * (1 + max(head.count("\n") for head in heads)) + 4
        foot = [f"{n}  {title}" for n, title in enumerate(titles, 1)] if narrow else []
        drawing = Drawing(width, top + ROW * len(names) + 2 + (line + 1) * len(foot))
        for n, head in enumerate(heads):
            above = top - 5 - line * head.count("\n")
            drawing.text(left + wide * (n + 0.5), above, head, anchor="middle", **theme.NOTE)
        for y, (unit, name) in enumerate(zip(table.index, names, strict=True)):
            middle, own = top + ROW * (y + 0.5), unit == highlight
            drawing.text(1, middle, shorten(name, left - 4, SMALL, own), size=SMALL, bold=own,
                         color=HIGHLIGHT if own else INK, middle=True)  # fmt: skip
            for x, place in enumerate(places[y]):
                if np.isfinite(place):
                    cell = ((left + wide * x + 0.4, middle), (left + wide * (x + 1) - 0.4, middle))
                    shade = theme.sequential(round(float(share[y, x]) * 12) / 12)
                    drawing.lines([cell], shade, ROW - 0.6, cap=None)
                    drawing.text(left + wide * (x + 0.5), middle, words.number(place), size=SMALL,
                                 anchor="middle", middle=True, bold=own)  # fmt: skip
        for n, text in enumerate(foot):
            drawing.text(1, top + ROW * len(names) + (line + 1) * (n + 1) - 2, text, **theme.NOTE)
        return drawing

    caption = words._(
        "The ranks of {units} in {n} indicators, {year}; the darker, the better.",
        units=words.number(len(names)), n=words.number(len(titles)), year=year,
    )  # fmt: skip
    chosen = [u for u in table.index if u == highlight] or list(table.index[:1])
    own = table.loc[chosen[0]]
    details = "; ".join(
        f"{title} {words.number(place)}" for title, place in zip(titles, own, strict=True)
    )
    return draw, theme.sentence([caption, f"{known[chosen[0]]}: {details}."]), caption
