"""A change of rank taken apart: from the old rank, part by part, to the new one."""

import numpy as np
import pandas as pd

from helpers import show
from helpers.palette import HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.rows import warn
from helpers.words import Words

ROW_MM = 6.8


@theme.styled
def waterfall(
    contributions: pd.DataFrame,
    rank_from: float,
    rank_to: float,
    words: Words,
    *,
    unit_name: str,
    years: tuple[int, int],
    indicator: str = "",
    comparable: bool = True,
) -> show.Figure:
    """Draw how contributions lead from one rank to another.

    Parameters
    ----------
    contributions
        Columns ``part``, ``label``, ``contribution`` (places, positive is a rise), in the
        order in which they are to be read, top to bottom.
    rank_from, rank_to
        The two ranks.
    words
        The language.
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
    amounts = contributions["contribution"].to_numpy(dtype=float)
    change = rank_from - rank_to
    if not len(amounts) or not np.isclose(amounts.sum(), change, atol=1e-6):
        raise ValueError(
            f"contributions add up to {amounts.sum():g}; expected the change {change:g} "
            f"({rank_from:g} to {rank_to:g})"
        )
    stops = rank_from - np.concatenate([[0.0], np.cumsum(amounts)])
    names = [str(years[0]), *contributions["label"].astype(str), str(years[1])]
    fig, ax, left = theme.row_axes(names, ROW_MM, right=5, top=1, bottom=10, widest=65)
    span = max(stops.max() - stops.min(), 4.0)
    ax.set_xlim(stops.max() + 0.14 * span, stops.min() - 0.14 * span)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ticks = [tick for tick in ax.get_xticks() if tick >= 1 and float(tick).is_integer()]
    ax.set_xticks(ticks, [words.number(tick) for tick in ticks])
    ax.set_xlim(stops.max() + 0.14 * span, stops.min() - 0.14 * span)
    ax.grid(True, axis="x")
    ax.set_xlabel(words._("rank (1 is best)"), loc="right", labelpad=2)
    for row, name in enumerate(names):
        theme.name_row(ax, row, name, left, strong=row in (0, len(names) - 1))
    # Each stop is carried down to the next row, so that the eye can follow the sum.
    for row, stop in enumerate(stops):
        ax.plot([stop, stop], [row, row + 1], color=MUTED, lw=0.7, ls=(0, (2, 2)), zorder=1)
    for row, amount in enumerate(amounts, start=1):
        color = theme.direction(amount)
        ax.barh(row, -amount, left=stops[row - 1], height=0.56, color=color, zorder=2)
        shift = 7 if amount >= 0 else -7, 0  # to the side of better, or of worse ranks
        text = words.signed(amount, 2)
        theme.write(ax, text, (stops[row], row), shift, rim=True, weight="bold", color=color)
    for row, place in ((0, rank_from), (len(names) - 1, rank_to)):
        ax.plot(place, row, "o", ms=7, color=HIGHLIGHT, zorder=3)
        shift = 7 if change <= 0 or row > 0 else -7, 0
        text, style = words.ordinal(place), {"weight": "bold", "color": HIGHLIGHT}
        theme.write(ax, text, (place, row), shift, rim=True, **style)
    ax.axhline(0.5, color=RULE, lw=0.5, zorder=0.5)
    ax.axhline(len(names) - 1.5, color=RULE, lw=0.5, zorder=0.5)

    listed = [
        f"{label} {words.signed(amount, 2)}"
        for label, amount in zip(contributions["label"], amounts, strict=True)
    ]
    caption = words._(
        "{unit}, {year_from} to {year_to}: {change} = {parts}.",
        unit=f"{unit_name} ({indicator})" if indicator else unit_name,
        year_from=years[0],
        year_to=years[1],
        change=words.signed(change),
        parts="; ".join(listed),
    )
    caption = theme.sentence([caption, warn(words, comparable)])
    ranks = words._(
        "From {rank_from} to {rank_to}.",
        rank_from=words.ordinal(rank_from),
        rank_to=words.ordinal(rank_to),
    )
    return theme.finish(fig, theme.sentence([caption, ranks]), caption)
