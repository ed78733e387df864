"""Who passed whom: the pairs of units that add up to a change of rank."""

from collections.abc import Mapping

import pandas as pd

from helpers.methods.attribute import passed
from helpers.palette import FALL, RISE
from helpers.report.figures import theme
from helpers.report.figures.moves import Move, draw_moves
from helpers.report.figures.rows import label_of, records, select_ranks, warn
from helpers.words import Words


def find_passed(ranks: pd.DataFrame, unit: str, years: tuple[int, int]) -> pd.DataFrame:
    """Return the units that were better on one side of a change of rank only.

    With competition ranks a unit's rank is one more than the number of units strictly better,
    so the units that stopped being better less those that became better are the change.

    Parameters
    ----------
    ranks
        Rows of one indicator, with columns ``year``, ``unit``, ``unit_name``, ``rank``.
    unit, years
        Whose change.

    Returns
    -------
    DataFrame
        Index ``unit``; ``unit_name``, ``rank_from``, ``rank_to``, and ``gain``: +1 where the
        unit passed it, -1 where it passed the unit, 0 otherwise. A unit without a rank in one
        of the years, as it joined or left the table, is not better in that year.
    """
    table = ranks[ranks["year"].isin(years)].pivot(index="unit", columns="year", values="rank")
    table = table.reindex(columns=list(years)).dropna(how="all")
    table = table.astype(float).set_axis(["rank_from", "rank_to"], axis=1)
    if unit not in table.dropna().index:
        raise ValueError(f"{unit!r} has no rank in both {years[0]} and {years[1]}")
    # Ranks are better the lower they are, and are told apart exactly.
    pairs = passed(-table["rank_from"], -table["rank_to"], unit, tolerance=0.0)
    gain = pairs.set_index("other")["contribution"].reindex(table.index, fill_value=0)
    names = ranks.sort_values("year").drop_duplicates("unit", keep="last")
    return table.assign(
        unit_name=names.set_index("unit")["unit_name"].reindex(table.index), gain=gain
    )


@theme.figure
def who_passed_whom(
    ranks: pd.DataFrame,
    words: Words,
    *,
    unit: str,
    year_from: int,
    year_to: int,
    indicator: str,
    most: int = 15,
    labels: Mapping[str, str] | None = None,
    comparable: bool | None = None,
) -> theme.Made:
    """Draw the units that a unit passed and those that passed it, the farthest from it first.

    One list, in the order of how many places now lie between (`by_distance`); the unit's own
    two ranks are lines down the rows.

    Parameters
    ----------
    ranks
        The processed table.
    words
        The language.
    unit, year_from, year_to, indicator
        Whose change, and of what.
    most
        How many are drawn; the caption says how many are not.
    labels
        The index's own labels by indicator.
    comparable
        Whether the years compare, which the caption says where they do not; by default they
        do if the table has them under one scheme.

    Raises
    ------
    ValueError
        If the unit's rank is not known in both years.
    """
    rows = select_ranks(ranks, unit, indicator)
    table = find_passed(rows, unit, (year_from, year_to))
    mine = next(records(table.loc[[unit]]))
    crossed = by_distance(table[table["gain"] != 0], mine.rank_to)
    both = crossed.dropna(subset=["rank_from", "rank_to"])
    moves = [
        Move(
            str(r.unit_name),
            r.rank_from,
            r.rank_to,
            color=RISE if r.gain > 0 else FALL,
            note=words.number(abs(r.rank_to - mine.rank_to)),
        )
        for r in records(both.head(most))
    ]
    units = int(table[["rank_from", "rank_to"]].max().max())
    by, past = int((crossed["gain"] < 0).sum()), int((crossed["gain"] > 0).sum())
    name, years = str(mine.unit_name), (year_from, year_to)
    caption = words._(
        "{indicator}, {year_from} to {year_to}: {unit} was passed by {by} and itself passed "
        "{past}: {change}.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        unit=name,
        by=words.number(by),
        past=words.number(past),
        change=words.signed(past - by),
    )
    left = len(crossed) - len(moves)
    rest = words.n("{n} nearer to it is not drawn.", "{n} nearer to it are not drawn.", left)
    if comparable is None:
        cells = ranks[(ranks["unit"] == unit) & (ranks["indicator"] == indicator)]
        cells = cells[cells["year"].isin(years)]
        comparable = len(set(cells["scheme"])) == 1
    caption = theme.sentence([caption, rest if left else "", warn(words, comparable)])
    lists = [
        words._("Passed by: {units}.", units=_list(crossed, -1)) if by else "",
        words._("Passed: {units}.", units=_list(crossed, 1)) if past else "",
    ]
    own = mine.rank_from, mine.rank_to, name
    return (
        lambda width: draw_moves(
            width, moves, units, years, words, own=own, heading=words._("places apart")
        ),
        theme.sentence([caption, *lists]),
        caption,
    )


def by_distance(crossed: pd.DataFrame, rank_to: float) -> pd.DataFrame:
    """Sort units by the places that now lie between them and a rank, the farthest first.

    Columns ``rank_from``, ``rank_to``; one that left the table comes last.
    """
    gap = (crossed["rank_to"] - rank_to).abs()
    order = crossed.assign(_gap=gap).sort_values(
        ["_gap", "rank_to", "rank_from"], ascending=[False, True, True], kind="stable"
    )
    return order.drop(columns="_gap")


def _list(crossed: pd.DataFrame, gain: int) -> str:
    return ", ".join(crossed.loc[crossed["gain"] == gain, "unit_name"].astype(str))
