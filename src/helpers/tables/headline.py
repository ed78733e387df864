"""The headline taken apart: the parts that are known of every unit, and the rest as one.

An index seldom publishes all its finest indicators for all units. What is known still takes
the headline apart exactly: each finest indicator that every unit has is a part, weighed as
the year's scheme weighs it, and whatever the headline holds beyond those is one more part.
Accounts of a rank change and analyses of its robustness rest on the same parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers import tables
from helpers.errors import DataError
from helpers.index import catalog, units
from helpers.index.catalog import Index
from helpers.methods.attribute import MAX_PARTS, shapley
from helpers.tables import rank
from helpers.tables.score import forms

REST = "rest"
OTHERS = "others"
# Weights are ratios of small whole numbers: less than this is nothing.
_EPS = 1e-9


@dataclass(frozen=True)
class Parts:
    """The headline of one unit set and year as a weighted mean of parts.

    Attributes
    ----------
    headline
        Score by unit, shape (n,), turned so that more is better, as are the parts.
    scores
        Parts on the scale of the scores, shape (n, p). The last column is `REST` where some
        of the finest indicators are not known of all units.
    weights
        What each part counts in the headline, shape (p,): shares that sum to 1, or points
        where the scheme adds points up.
    half
        Half the width of each score's interval, shape (n, p): how far rounding blurs it.
    held
        The finest indicators that the rest holds; empty if there is none.
    """

    headline: pd.Series
    scores: pd.DataFrame
    weights: pd.Series
    half: pd.DataFrame
    held: tuple[str, ...]

    @property
    def contributions(self) -> pd.DataFrame:
        """The parts as points of the headline, shape (n, p): they sum to it."""
        return self.scores * self.weights


@dataclass(frozen=True)
class Headlines:
    """The tables of an index in which every listed unit has a headline score.

    Attributes
    ----------
    intervals
        The processed table of that name.
    full
        The units of each such table, by unit set and year.
    published
        The processed table of that name, for indices that are built from raw values.
    changes
        The processed table of that name, where ranks are not all the scores' own.
    """

    index: Index
    intervals: pd.DataFrame
    full: dict[tuple[str, int], frozenset[str]]
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame | None = None

    def pairs(self) -> list[tuple[str, int, int]]:
        """Return unit set and years of neighbouring tables that compare."""
        pairs = []
        for unit_set in dict.fromkeys(unit_set for unit_set, _year in self.full):
            years = sorted(year for one, year in self.full if one == unit_set)
            for before, after in pairwise(years):
                if not self.index.break_reason(before, after):
                    pairs.append((unit_set, before, after))
        return pairs

    def take_apart(self, unit_set: str, *years: int, most: int | None = None) -> tuple[Parts, ...]:
        """Take the headline of one or several years apart into the same parts.

        Parameters
        ----------
        years
            Years whose parts are to compare: a part is known only if it is in all of them.
        most
            How many parts at the most, the rest included; the lightest join the rest.

        Returns
        -------
        tuple of Parts
            One for each year. Where no indicator is unknown there is no rest: what rounding
            leaves between the headline and the weighted mean is spread over the parts. Where
            none is known the rest is all there is.

        Raises
        ------
        DataError
            When a year has no full table.
        """
        for year in years:
            if (unit_set, year) not in self.full:
                there = ", ".join(f"{one} {when}" for one, when in sorted(self.full)) or "none"
                raise DataError(
                    f"{self.index.name}: no table of {unit_set} {year} in which every unit has a "
                    f"headline score; full tables: {there}"
                )
        weights: Any = pd.DataFrame({year: self._weights(year) for year in years}).fillna(0.0)
        whole = {year: self._wide(unit_set, year) for year in years}
        known = [name for name in weights.index if all(name in whole[y]["score"] for y in years)]
        if self.index.headline in weights.index:
            known = []  # of a year whose scheme gives no weights the headline is all there is
        if most is not None and len(known) + (len(known) < len(weights)) > most:
            heaviest = weights.loc[known].max(axis=1).sort_values(ascending=False, kind="stable")
            known = [name for name in known if name in set(heaviest.index[: most - 1])]
        held = tuple(weights.index.drop(known))
        return tuple(
            _assemble(self.index.headline, whole[year], weights[year], known, held)
            for year in years
        )

    def _weights(self, year: int) -> pd.Series:
        """Return what every finest indicator counts in a year's headline."""
        form: Any = forms(self.index, self.index.scheme(year)).loc[self.index.headline]
        counted: pd.Series = form[form > _EPS]
        return counted

    def _wide(self, unit_set: str, year: int) -> Any:
        """Return the columns (low | score | high, indicator) known of all units of a table."""
        rows = self.intervals[
            (self.intervals["unit_set"] == unit_set) & (self.intervals["year"] == year)
        ]
        wide: Any = rows.pivot(index="unit", columns="indicator", values=["low", "score", "high"])
        wide = wide.loc[sorted(self.full[unit_set, year])].dropna(axis="columns")
        return wide * self.index.direction(year, self.index.headline)


def open_headlines(name: str) -> Headlines:
    """Read the processed tables of an index and find the full ones.

    Raises
    ------
    ParameterError
        When there is no such index.
    DataError
        When its tables have not been made.
    """
    index = catalog.load(name)
    published = tables.read(index.name, "published")
    intervals = tables.read(index.name, "intervals")
    listed = rank.listed(index, units.load(index), published, intervals)
    headlines = find_full(index, intervals, listed, published)
    if index.as_printed:
        return replace(headlines, changes=tables.read(index.name, "changes"))
    return headlines


def find_full(
    index: Index,
    intervals: pd.DataFrame,
    listed: dict[tuple[str, int], set[str]],
    published: pd.DataFrame | None = None,
) -> Headlines:
    """Find the tables in which every listed unit has a headline score."""
    rows = intervals[(intervals["indicator"] == index.headline) & intervals["score"].notna()]
    scored: dict[Any, set[str]] = {
        group: set(codes) for group, codes in rows.groupby(["unit_set", "year"])["unit"]
    }
    full = {
        group: frozenset(codes)
        for group, codes in listed.items()
        if len(codes) > 1 and codes <= scored.get(group, set())
    }
    told = pd.DataFrame() if published is None else published
    return Headlines(index, intervals, dict(sorted(full.items())), told)


def describe(headlines: Headlines) -> pd.DataFrame:
    """Return what every full table's parts count, and how far rounding blurs them.

    Returns
    -------
    DataFrame
        ``unit_set``, ``year``, ``part``, ``weight``, and ``rounding``: half the width of the
        widest interval.
    """
    described = [pd.DataFrame(columns=["unit_set", "year", "part", "weight", "rounding"])]
    for unit_set, year in headlines.full:
        (taken,) = headlines.take_apart(unit_set, year)
        facts = {"weight": taken.weights, "rounding": taken.half.max()}
        table = pd.DataFrame(facts).rename_axis("part").reset_index()
        described.append(table.assign(unit_set=unit_set, year=year)[list(described[0])])
    return pd.concat(described[1:] or described, ignore_index=True)


def contributions_table(headlines: Headlines) -> pd.DataFrame:
    """Share out every comparable rank change over its parts and the others.

    Returns
    -------
    DataFrame
        The table ``contributions``: Shapley shares in places by unit and part, the other
        units' as part `OTHERS`. A unit's shares of a pair of years sum to its change; changes of
        ranks that are not the scores' own have none.
    """
    names = {code: unit.name for code, unit in units.load(headlines.index).by_code.items()}
    shared = []
    for unit_set, *years in headlines.pairs():
        before, after = headlines.take_apart(unit_set, *years, most=MAX_PARTS)
        shares = shapley(
            before.contributions,
            after.contributions,
            scores_before=before.headline,
            scores_after=after.headline,
            others=OTHERS,
        )
        long = shares.rename_axis("unit").melt(
            ignore_index=False, var_name="part", value_name="contribution"
        )
        shared.append(
            long.reset_index().assign(unit_set=unit_set, year_from=years[0], year_to=years[1])
        )
    columns = ["unit_set", "year_from", "year_to", "unit", "part", "contribution"]
    table = pd.concat(shared) if shared else pd.DataFrame(columns=columns)
    if headlines.changes is not None:
        key = ["unit_set", "year_from", "year_to", "unit"]
        moves = headlines.changes
        moves = moves[
            (moves["indicator"] == headlines.index.headline) & moves["own_effect"].notna()
        ]
        table = table.merge(moves[key], on=key)
    return table.assign(index=headlines.index.name, unit_name=table["unit"].map(names))


def _assemble(
    headline: str, whole: Any, weights: pd.Series, known: list[str], held: tuple[str, ...]
) -> Parts:
    """Return the parts of one year's table of intervals."""
    total, scores, share = whole["score"][headline], whole["score"][known], weights[known]
    half = (whole["high"] - whole["low"])[known].abs() / 2
    left = total - scores @ share
    weight = float(weights.sum() - share.sum())
    if held and weight > _EPS:
        blur = (whole["high"] - whole["low"])[headline].abs() / 2 + half @ share
        scores, half = scores.assign(**{REST: left / weight}), half.assign(**{REST: blur / weight})
        share = pd.concat([share, pd.Series({REST: weight})])
    else:
        # Nothing else counts: what is left is rounding, and how much of it each part bears is
        # not known.
        spread = left / share.sum()
        scores, half = scores.add(spread, axis="index"), half.add(spread.abs(), axis="index")
        if held:  # ... in another year
            scores, half = scores.assign(**{REST: 0.0}), half.assign(**{REST: 0.0})
            share = pd.concat([share, pd.Series({REST: 0.0})])
    return Parts(
        total,
        scores.rename_axis(columns=None),
        share.rename("weight"),
        half.rename_axis(columns=None),
        held,
    )
