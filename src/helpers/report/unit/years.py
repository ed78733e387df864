"""What the report says of the years: the best and the worst rank, and which do not compare."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.show import literal
from helpers.words import Words


def path(case: Case) -> show.Text:
    """Say the best and the worst place of all years, and whether the years compare."""
    w, ranks = case.words, case.path["rank"].dropna()
    heading = w._("The path over the years")
    if len(ranks) < 2:
        return section(heading, w._("Only one year has a rank."))
    best, worst = ranks.min(), ranks.max()
    said: dict[str, Any] = {"n": len(ranks), "best": w.ordinal(best), "worst": w.ordinal(worst)}
    if best == worst:
        text = w._("In all {n} years with a known rank it was {best}.", **said)
    else:
        text = w._(
            "Of the {n} years with a known rank, the best rank was {best} ({years_best}), the "
            "worst {worst} ({years_worst}).",
            years_best=_years_of(ranks == best, w),
            years_worst=_years_of(ranks == worst, w),
            **said,
        )
    rows = case.own(case.changes, case.index.headline)
    crossed = rows[~rows["comparable"] & (rows["year_to"] > ranks.index.min())]
    if len(crossed):
        text += " " + w._("The scheme changed in between, so these ranks do not all compare.")
    if case.absent:
        text += " " + w._("It was not ranked in {years}.", years=w.list(map(str, case.absent)))
    return section(heading, text)


def breaks(case: Case) -> show.Text:
    """Say which years do not compare, and why."""
    rows = case.own(case.changes, case.index.headline)
    rows = rows[~rows["comparable"]].sort_values("year_to")
    return show.Text(
        "\n".join(
            f"- {row['year_from']}–{row['year_to']}: "
            + literal(case.index.break_reason(row["year_from"], row["year_to"], case.words.lang))
            for row in rows.to_dict("records")
        )
    )


def _years_of(chosen: pd.Series, w: Words) -> str:
    """Name the years that are chosen; of many, how many they are and the first."""
    years = [str(year) for year in chosen.index[chosen]]
    if len(years) <= 2:
        return w.list(years)
    return w.n("{n} year, first in {year}", "{n} years, first in {year}", len(years), year=years[0])
