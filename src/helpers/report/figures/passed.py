"""Who passed whom: the pairs of units that add up to a change of rank."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers import show
from helpers.methods.attribute import passed
from helpers.palette import CONTEXT, FALL, HIGHLIGHT, RISE
from helpers.report.figures import theme
from helpers.report.figures.labels import Label, beside, column_width_mm, line_mm
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


@theme.styled
def who_passed_whom(
    ranks: pd.DataFrame,
    unit: str,
    year_from: int,
    year_to: int,
    indicator: str,
    words: Words,
    *,
    most: int = 30,
    labels: Mapping[str, str] | None = None,
    comparable: bool | None = None,
) -> show.Figure:
    """Draw the units that a unit passed and those that passed it, from one year to another.

    Parameters
    ----------
    ranks
        The processed table.
    unit, year_from, year_to, indicator
        Whose change, and of what.
    words
        The language.
    most
        How many are named each way; of more, those that moved most against the unit.
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
    crossed = table[table["gain"] != 0]
    crossed = crossed.assign(size=(crossed["rank_to"] - crossed["rank_from"]).abs())
    named = crossed.sort_values("size", ascending=False).groupby("gain").head(most)
    named = named.sort_values(["rank_to", "rank_from"])
    left, named = named[named["rank_to"].isna()], named.dropna(subset="rank_to")
    name = str(mine.unit_name)

    def now(row: Any, color: str, weight: str = "normal") -> Label:
        return Label(row.rank_to, f"{words.number(row.rank_to)}  {row.unit_name}", color, weight)

    def before(row: Any, color: str, weight: str = "normal") -> Label:
        return Label(
            row.rank_from, f"{row.unit_name}  {words.number(row.rank_from)}", color, weight
        )

    column = [now(row, RISE if row.gain > 0 else FALL) for row in records(named)]
    column.append(now(mine, HIGHLIGHT, "bold"))
    start = [before(mine, HIGHLIGHT, "bold"), *(before(row, RISE) for row in records(left))]
    units = int(table[["rank_from", "rank_to"]].max().max())
    height = max(75.0, min(235.0, len(column) * line_mm(theme.BODY) + 20))
    fig = theme.figure(height_mm=height)
    room, right = max(column_width_mm(start) + 6, 32), column_width_mm(column) + 14
    ax = theme.axes(fig, left=room, right=right, top=7, bottom=8)
    theme.rank_axis(ax, units, "y", grid=False)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 1], [str(year_from), str(year_to)])
    ax.xaxis.tick_top()
    ax.set_yticks([])
    for row in records(table):
        color = {1: RISE, -1: FALL, 0: CONTEXT}[row.gain]
        width = 1.1 if row.gain else 0.6
        if row.Index == unit:
            color, width = HIGHLIGHT, 2.6
        ax.plot(
            [0, 1], [row.rank_from, row.rank_to], color=color, marker="o", lw=width,
            ms=2.5 + width, clip_on=False, zorder=1 + width,
        )  # fmt: skip
    beside(ax, 1.0, column, offset_mm=10)
    beside(ax, 0.0, start, side="left")
    by, past = int((crossed["gain"] < 0).sum()), int((crossed["gain"] > 0).sum())
    for place, color, text in (
        (0.0, FALL, words.n("{n} unit passed it", "{n} units passed it", by)),
        (0.5, RISE, words.n("it passed {n} unit", "it passed {n} units", past)),
    ):
        ax.text(place, -0.01, text, transform=ax.transAxes, color=color, weight="bold", va="top")
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
    if comparable is None:
        cells = ranks[(ranks["unit"] == unit) & (ranks["indicator"] == indicator)]
        cells = cells[cells["year"].isin((year_from, year_to))]
        comparable = len(set(cells["scheme"])) == 1
    caption = theme.sentence([caption, warn(words, comparable)])
    lists = [
        words._("Passed by: {units}.", units=_list(crossed, -1)) if by else "",
        words._("Passed: {units}.", units=_list(crossed, 1)) if past else "",
    ]
    return theme.finish(fig, theme.sentence([caption, *lists]), caption)


def _list(crossed: pd.DataFrame, gain: int) -> str:
    ordered = crossed[crossed["gain"] == gain].sort_values("rank_to")
    return ", ".join(np.asarray(ordered["unit_name"], dtype=str))
