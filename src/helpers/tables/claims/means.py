"""Claims about all units together: means, their growth, the highest score.

Where announced growth rates do not follow from the means of the same indicator, a search
over the other ways to divide one mean by another says which of them gives all the rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from helpers.tables.claims.evidence import Evidence, Tables, origin
from helpers.tables.claims.verdict import CONTRADICTED, Judged, fit, growth, judge, judge_change
from helpers.tables.processed import as_dicts

_SAME = ["unit_set", "year", "vs_year", "measure"]


def mean_of(tables: Tables, unit_set: str, year: int, indicator: str) -> Evidence | None:
    """Return the mean score of an indicator, with its interval; None unless all are known."""
    if (unit_set, year, indicator) not in tables.full:
        return None
    rows = tables.intervals
    rows = rows[
        (rows["unit_set"] == unit_set) & (rows["year"] == year) & (rows["indicator"] == indicator)
    ]
    low, value, high = (float(rows[end].mean()) for end in ("low", "score", "high"))
    return Evidence(low, value, high, "high", "table", f"n = {len(rows)}")


def judge_national(tables: Tables, row: Mapping[str, Any]) -> Judged:
    """Return the verdict on an announced mean, growth rate or highest score."""
    unit_set, year, name = row["unit_set"], int(row["year"]), row["indicator"]
    value, half = float(row["value"]), tables.half_of(row)
    size = tables.size[unit_set, year]
    needed = f"table:{year}:{size}"
    if row["measure"] == "highest":
        return _judge_highest(tables, row, needed)
    if row["measure"] == "mean":
        return judge(value, half, _means(tables, unit_set, year, name, row), needed)
    earlier = int(row["vs_year"])
    return judge_change(
        value,
        half,
        _means(tables, unit_set, earlier, name),
        _means(tables, unit_set, year, name),
        (earlier, year),
        kind="relative" if row["measure"].endswith("_relative") else "score",
        own=origin(row["source"]),
        needed=(f"mean:{earlier}", f"mean:{year}"),
    )


def explain(tables: Tables, checked: pd.DataFrame) -> pd.DataFrame:
    """Say of contradicted growth rates which other comparison gives all of them.

    Parameters
    ----------
    checked
        The claims with their verdicts.

    Returns
    -------
    DataFrame
        The same, with ``reading`` filled where one rule gives every contradicted rate of the
        same years.
    """
    checked = checked.copy()
    for _, rates in unexplained(checked):
        rules = comparisons(tables, rates)
        best = rules[rules["explains"] == len(rates)]
        # One rate alone can be met by chance; only a rule for several says something.
        if len(rates) < 2 or best.empty:
            continue
        pairs = list(zip(best["base_year"], best["shift"], strict=True))
        row: Any
        for place, row in rates.iterrows():
            told = [_quotient(tables, row, base, n) for base, n in pairs]
            checked.loc[place, "reading"] = "; ".join(told)
    return checked


def unexplained(checked: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Go through the contradicted growth rates, those of the same two years together."""
    wrong = checked[
        (checked["measure"] == "mean_change_relative") & (checked["verdict"] == CONTRADICTED)
    ]
    yield from wrong.groupby(_SAME)


def comparisons(tables: Tables, rates: pd.DataFrame) -> pd.DataFrame:
    """Count for every comparison of means how many announced growth rates it gives.

    A comparison divides each indicator's mean of the announced year by the mean, in some
    earlier year, of the indicator so many columns farther in the order of the table (pillars,
    then the headline, then the first pillar again). No shift is the plain growth rate.

    Parameters
    ----------
    rates
        Rows of claims of one year: unit_set, year, indicator, value, value_text, file.

    Returns
    -------
    DataFrame
        base_year, shift, explains; the rules that explain most come first.
    """
    order = _order(tables)
    unit_set, year = rates["unit_set"].iloc[0], int(rates["year"].iloc[0])
    counted = []
    for base in (y for y in tables.index.years if y < year):
        for shift in range(len(order)):
            explains = 0
            for row in as_dicts(rates):
                divisor = _column_after(tables, row["indicator"], shift)
                after = mean_of(tables, unit_set, year, row["indicator"])
                before = mean_of(tables, unit_set, base, divisor)
                if after is None or before is None:
                    continue
                rate, half = float(row["value"]), tables.half_of(row)
                explains += fit(*growth(before, after), rate, half) != CONTRADICTED
            counted.append((base, shift, explains))
    table = pd.DataFrame(counted, columns=["base_year", "shift", "explains"])
    return table.sort_values("explains", ascending=False, kind="stable", ignore_index=True)


def _order(tables: Tables) -> list[str]:
    return [*tables.index.pillars, tables.index.headline]


def _column_after(tables: Tables, indicator: str, shift: int) -> str:
    order = _order(tables)
    return order[(order.index(indicator) + shift) % len(order)] if indicator in order else indicator


def _quotient(tables: Tables, row: Mapping[Any, Any], base: int, shift: int) -> str:
    """Write the two means a rule divides, and what they give."""
    year, name = int(row["year"]), row["indicator"]
    divisor = _column_after(tables, name, shift)
    after, before = _known_mean(tables, row, year, name), _known_mean(tables, row, base, divisor)
    return (
        f"{name} {year} ({after.value:.4f}) / {divisor} {base} ({before.value:.4f}) "
        f"= {after.value / before.value - 1:+.1%}"
    )


def _known_mean(tables: Tables, row: Mapping[Any, Any], year: int, indicator: str) -> Evidence:
    mean = mean_of(tables, row["unit_set"], year, indicator)
    assert mean is not None  # a rule that explains a rate has both its means
    return mean


def _means(
    tables: Tables,
    unit_set: str,
    year: int,
    indicator: str,
    claim: Mapping[str, Any] | None = None,
) -> list[Evidence]:
    """Return the recomputed mean, or else what was announced."""
    if recomputed := mean_of(tables, unit_set, year, indicator):
        return [recomputed]
    return tables.announced((unit_set, year, indicator), claim)


def _judge_highest(tables: Tables, row: Mapping[str, Any], needed: str) -> Judged:
    """Hold "the highest score is so much, and this unit's" against the tables."""
    unit_set, year, name = row["unit_set"], int(row["year"]), row["indicator"]
    cell = unit_set, year, name, row["unit"]
    first = tables.ranks_for(cell)
    judged = judge(float(row["value"]), tables.half_of(row), tables.scores_for(cell, row), needed)
    if first and all(one.low > 1 for one in first):
        return judged._replace(
            verdict=CONTRADICTED, evidence=f"rank: {first[0].value:g} [{first[0].source}]"
        )
    return judged
