"""A change of rank taken apart: the places that each part gained or lost."""

import numpy as np
import pandas as pd

from helpers.palette import MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.canvas import BODY, Drawing, Scale, text_width
from helpers.report.figures.rows import warn
from helpers.words import Words


@theme.figure
def contributions(
    parts: pd.DataFrame,
    words: Words,
    *,
    rank_from: float,
    rank_to: float,
    unit_name: str,
    years: tuple[int, int],
    indicator: str = "",
    comparable: bool = True,
) -> theme.Made:
    """Draw the places gained (to the right) and lost (to the left) by each part, and their sum.

    Parameters
    ----------
    parts
        Columns ``part``, ``label``, ``contribution`` (places, positive is a rise), in the
        order in which they are to be read, top to bottom.
    words
        The language.
    rank_from, rank_to
        The two ranks.
    unit_name, years
        Whose ranks, and of which years.
    indicator
        The label of the index or indicator, for the caption.
    comparable
        False for years under unlike schemes, which the caption then says.

    Raises
    ------
    ValueError
        If there are no contributions or they do not add up to the change.
    """
    amounts = parts["contribution"].to_numpy(dtype=float)
    change = rank_from - rank_to
    if not len(amounts) or not np.isclose(amounts.sum(), change, atol=1e-6):
        raise ValueError(
            f"contributions add up to {amounts.sum():g}; expected the change {change:g} "
            f"({rank_from:g} to {rank_to:g})"
        )
    decimals = 0 if np.allclose(amounts, np.round(amounts)) else 1
    texts = [theme.signed(words, amount, decimals) for amount in (*amounts, change)]
    names = [*parts["label"].astype(str), words._("change")]
    wide = max(text_width(text, BODY + 1, bold=True) for text in texts) + 6

    def draw(width: float) -> Drawing:
        last = len(amounts)
        rows = theme.rows(
            width, names, top=13, bottom=2, strong=[n == last for n in range(last + 1)]
        )
        drawing = rows.drawing
        ends = min(0.0, *amounts, change), max(0.0, *amounts, change)
        # Room for a number on a side only where a bar goes there.
        left = rows.left + (wide if ends[0] < 0 else 2)
        x = Scale(*ends, left, rows.right + 10 - (wide if ends[1] > 0 else 2))
        drawing.lines([((x(0), rows.top), (x(0), rows.bottom))], MUTED, 0.8, z=3, cap=None)
        line = rows.ends[-2]
        drawing.lines([((0, line), (width, line))], RULE, 0.6, z=0, cap=None)
        for text, anchor in ((words._("places lost"), "end"), (words._("places gained"), "start")):
            side = 5 if anchor == "start" else -5
            room = x(0) + side + (text_width(text) if side > 0 else -text_width(text))
            if 0 <= room <= width:
                drawing.text(x(0) + side, 8.5, text, anchor=anchor, **theme.NOTE)  # type: ignore[arg-type]
        for y, amount, text in zip(rows.y, (*amounts, change), texts, strict=True):
            a, b = sorted((float(x(0)), float(x(amount))))
            color = theme.direction(amount)
            if b > a:
                drawing.boxed([(a, y - 5, b, y + 5)], color)
            right = amount > 0 or (amount == 0 and ends[0] == 0)
            at = b + 4 if right else a - 4
            drawing.text(at, y, text, bold=True, color=color, middle=True,
                         anchor="start" if right else "end")  # fmt: skip
        return drawing

    listed = [f"{label} {text}" for label, text in zip(parts["label"], texts, strict=False)]
    caption = words._(
        "{unit}, {year_from} to {year_to}: the change of {change}, part by part.",
        unit=f"{unit_name} ({indicator})" if indicator else unit_name,
        year_from=years[0],
        year_to=years[1],
        change=words.signed(change),
    )
    caption = theme.sentence([caption, warn(words, comparable)])
    ranks = words._(
        "From {rank_from} to {rank_to}.",
        rank_from=words.ordinal(rank_from),
        rank_to=words.ordinal(rank_to),
    )
    return draw, theme.sentence([caption, f"{'; '.join(listed)}.", ranks]), caption
