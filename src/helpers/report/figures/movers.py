"""The units that rose and fell most between two years."""

from collections.abc import Mapping

import pandas as pd

from helpers.report.figures import theme
from helpers.report.figures.moves import Move, draw_moves
from helpers.report.figures.rows import compare, label_of, records, select_changes, warn
from helpers.words import Words


@theme.figure
def biggest_movers(
    changes: pd.DataFrame,
    words: Words,
    *,
    year_from: int,
    year_to: int,
    indicator: str,
    top: int = 8,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw the units that rose most, then those that fell most.

    Parameters
    ----------
    changes
        The processed table, of one unit set.
    words
        The language.
    year_from, year_to, indicator
        Which change.
    top
        How many each way; fewer where fewer moved.
    highlight
        A unit that is set off, and added where it is not among them.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no such change, or nobody moved.
    """
    rows = select_changes(changes, year_from, year_to, indicator=indicator)
    ordered = rows.sort_values(["change", "rank_to"], ascending=[False, True])
    rose = ordered[ordered["change"] > 0].head(top)
    fell = ordered[ordered["change"] < 0].tail(top)
    if rose.empty and fell.empty:
        raise ValueError(f"no unit moved from {year_from} to {year_to} in {indicator!r}")
    chosen = ordered[ordered["unit"].isin({*rose["unit"], *fell["unit"], highlight} - {None})]
    moves = [
        Move(row.unit_name, row.rank_from, row.rank_to, row.unit == highlight)
        for row in records(chosen)
    ]
    units = int(rows[["rank_from", "rank_to"]].max().max())
    risers = int((chosen["change"] > 0).sum())
    caption = words._(
        "{indicator}, {year_from} to {year_to}: {ends}.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        ends=words.list(
            phrase.format(unit=row.unit_name, change=words.signed(row.change))
            for phrase, ends in (
                (words._("{unit} rose most ({change})"), rose.head(1)),
                (words._("{unit} fell most ({change})"), fell.tail(1)),
            )
            for row in records(ends)
        ),
    )
    caption = theme.sentence([caption, warn(words, compare(rows))])
    details = "; ".join(
        f"{move.label} {words.signed(move.change)} "
        f"({words.number(move.rank_from)} → {words.number(move.rank_to)})"
        for move in moves
    )
    years = year_from, year_to
    return (
        lambda width: draw_moves(width, moves, units, years, words, divide=risers),
        theme.sentence([caption, f"{details}."]),
        caption,
    )
