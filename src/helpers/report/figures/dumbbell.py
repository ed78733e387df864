"""Two ranks a row and the move between them: a unit's, by indicator."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.report.figures import theme
from helpers.report.figures.moves import Move, draw_moves
from helpers.report.figures.rows import compare, label_of, select_changes, warn
from helpers.words import Words


@theme.figure
def dumbbell(
    changes: pd.DataFrame,
    words: Words,
    *,
    unit: str,
    year_from: int,
    year_to: int,
    labels: Mapping[str, str] | None = None,
    indicators: Sequence[str] | None = None,
) -> theme.Made:
    """Draw a unit's change of rank in each indicator between two years.

    Parameters
    ----------
    changes
        The processed table.
    words
        The language.
    unit, year_from, year_to
        Whose change, and when.
    labels
        The index's own labels by indicator; their order is the order of the rows where
        `indicators` does not give one.
    indicators
        Which rows, top to bottom, that of the index itself first; all when left out.

    Raises
    ------
    ValueError
        If the unit has no change between the years.
    """
    rows = select_changes(changes, year_from, year_to, unit=unit).set_index("indicator")
    wanted = indicators or sorted(rows.index, key=list(labels or rows.index).index)
    starts, ends = rows["rank_from"].to_dict(), rows["rank_to"].to_dict()
    moves = [
        Move(label_of(labels, i), starts[i], ends[i], n == 0)
        for n, i in enumerate(wanted)
        if i in starts
    ]
    same_set = changes[changes["unit_set"].isin(rows["unit_set"].unique())]
    units = int(same_set[["rank_from", "rank_to"]].max().max())
    years = year_from, year_to
    parts = [
        words._(
            "{indicator} {change} ({rank_from} → {rank_to})",
            indicator=move.label,
            change=words.signed(move.change),
            rank_from=words.number(move.rank_from),
            rank_to=words.number(move.rank_to),
        )
        for move in moves
    ]
    name = str(rows["unit_name"].iloc[0])
    caption = _say_message(name, moves, (year_from, year_to), words)
    warning = warn(words, compare(rows))
    alt = theme.sentence([caption, warning, f"{'; '.join(parts)}."])
    return (
        lambda width: draw_moves(width, moves, units, years, words),
        alt,
        theme.sentence([caption, warning]),
    )


def _say_message(name: str, moves: Sequence[Move], years: tuple[int, int], words: Words) -> str:
    """Say how many indicators below the first, which is the index itself, rose, and which most."""
    moves = [move for move in moves if not move.strong] or moves
    best, worst = max(moves, key=lambda m: m.change), min(moves, key=lambda m: m.change)
    filled: dict[str, Any] = {
        "unit": name,
        "year_from": years[0],
        "year_to": years[1],
        "up": words.number(sum(move.change > 0 for move in moves)),
        "down": words.number(sum(move.change < 0 for move in moves)),
        "best": f"{best.label} ({words.signed(best.change)})",
        "worst": f"{worst.label} ({words.signed(worst.change)})",
    }
    if best.change > 0 > worst.change:  # and so there are two at the least
        return words._(
            "From {year_from} to {year_to} {unit} rose in {up} of {total} indicators, most in "
            "{best}, and fell in {down}, most in {worst}.",
            total=words.number(len(moves)),
            **filled,
        )
    if best.change > 0:
        return words.n(
            "From {year_from} to {year_to} {unit} rose in {n} indicator, {best}.",
            "From {year_from} to {year_to} {unit} rose in {up} of {n} indicators, most in {best}.",
            len(moves),
            **filled,
        )
    if worst.change < 0:
        return words.n(
            "From {year_from} to {year_to} {unit} fell in {n} indicator, {worst}.",
            "From {year_from} to {year_to} {unit} fell in {down} of {n} indicators, most in "
            "{worst}.",
            len(moves),
            **filled,
        )
    return words.n(
        "From {year_from} to {year_to} {unit} kept its rank in {n} indicator.",
        "From {year_from} to {year_to} {unit} kept its rank in all {n} indicators.",
        len(moves),
        **filled,
    )
