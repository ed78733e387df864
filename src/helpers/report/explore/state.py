"""What the explorer is set to, and what follows from it: no widgets, no pictures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import ParameterError
from helpers.index import catalog
from helpers.index.asked import find_unit, search
from helpers.index.catalog import Index
from helpers.index.units import Unit
from helpers.report.explore import dials
from helpers.report.explore.dials import Dials
from helpers.report.figures.passed import find_passed
from helpers.report.league import read_tables, up_to
from helpers.report.unit.case import Case
from helpers.tables.headline import open_headlines
from helpers.words import use


class Explorer:
    """A unit in a league table, with weights and own scores that can be changed.

    Set it by its methods; what it shows is read from its properties, which follow at once.

    Attributes
    ----------
    case
        The unit, the year and the tables up to it, as reports have them.
    year_from
        The year that changes are told from.
    weights
        What each part of the headline counts, in per cent, as set.
    own
        The unit's own scores by part, as printed, where they were changed.
    goal
        The rank to be reached.
    """

    def __init__(self, index: str = "", unit: str = "", year: int = 0, lang: str = "vi") -> None:
        self.weights: dict[str, float] = {}
        self.own: dict[str, float] = {}
        self.goal = 1
        self._open(catalog.load(index), unit, year, lang)

    def choose_index(self, name: str) -> None:
        """Take another index, with its default unit and its newest year."""
        self._open(catalog.load(name), "", 0, self.lang)

    def choose_unit(self, text: str) -> None:
        """Take another unit by name, alias, slug or code, in the same year where it is ranked.

        Raises
        ------
        ParameterError
            When no unit goes by that name.
        """
        self._open(self.index, text, self.year, self.lang)

    def choose_years(self, year_from: int, year: int) -> None:
        """Take the table of another year, and the year before it that changes are told from.

        Where that is not before it, it is the last one that is.
        """
        self._open(self.index, self.unit.code, year, self.lang)
        if year_from in self.years and year_from < self.year:
            self.year_from = year_from

    def choose_lang(self, lang: str) -> None:
        """Say all in another language; nothing else changes."""
        kept = self.year_from, dict(self.weights), dict(self.own), self.goal
        self._open(self.index, self.unit.code, self.year, lang)
        self.year_from, self.weights, self.own, self.goal = kept

    def set_weight(self, part: str, percent: float) -> None:
        """Let a part count so much; the sum of all is brought to 100."""
        self.weights[self._known(part)] = max(float(percent), 0.0)

    def set_own(self, part: str, score: float) -> None:
        """Give the unit another score in a part, as it would be printed."""
        self.own[self._known(part)] = float(score)

    def set_goal(self, rank: int) -> None:
        """Ask what it would take to reach a rank."""
        self.goal = min(max(int(rank), 1), len(self.ranks_as_is))

    def reset(self) -> None:
        """Take weights and scores back to those that were published."""
        self.own = {}
        self.weights = dict(self.published_weights)

    def search(self, text: str) -> list[Unit]:
        """Return the units of the table whose names hold what was typed, diacritics or not."""
        there = set(self.ranks_as_is.index)
        return search([u for u in self.case.units.values() if u.code in there], text)

    @property
    def index(self) -> Index:
        """The index."""
        return self.case.index

    @property
    def unit(self) -> Unit:
        """The unit that is looked at."""
        return self.case.unit

    @property
    def year(self) -> int:
        """The year whose table is ranked."""
        return self.case.year

    @property
    def lang(self) -> str:
        """The language."""
        return self.case.words.lang

    @property
    def parts(self) -> list[str]:
        """The parts of the headline that can be turned; one where no more is published."""
        return list(self.dials.weights.index)

    @property
    def ranks(self) -> pd.Series:
        """The rank of every unit under the weights and own scores that are set."""
        return self.dials.ranks(self.weights, self.unit.code, self._own())

    @property
    def rank(self) -> int:
        """The unit's rank as set."""
        return int(self.ranks[self.unit.code])

    @property
    def rank_as_is(self) -> int:
        """The unit's rank by the scores that were published."""
        return int(self.ranks_as_is[self.unit.code])

    @property
    def shares(self) -> dict[str, float]:
        """What each part counts, as set, in per cent of the whole."""
        taken = self.dials.shares(self.weights)
        return dict(zip(self.parts, (100 * taken / taken.sum()).tolist(), strict=True))

    @property
    def total(self) -> float:
        """The unit's headline as set, as it would be printed."""
        totals = self.dials.totals(self.weights, self.unit.code, self._own())
        return float(totals[self.unit.code]) * self.dials.sign

    def scores(self) -> dict[str, float]:
        """Return the unit's score in each part as set, as printed."""
        known: Any = self.dials.scores.loc[self.unit.code] * self.dials.sign
        return {**{str(name): float(score) for name, score in known.items()}, **self.own}

    def ends(self, part: str) -> tuple[float, float]:
        """Return between which scores a part can be set, as printed: the worst and the top."""
        worst = min(self.dials.scores[part].min(), self.dials.scores.loc[self.unit.code, part])
        low, high = sorted(self.dials.sign * x for x in (worst, self.dials.top[part]))
        return float(low), float(high)

    def band(self) -> tuple[int, int, np.ndarray[Any, Any]]:
        """Return the ranks that hold nine of ten draws of weights around those set, and all."""
        drawn = self.dials.drawn_ranks(self.weights, self.unit.code, self._own())
        low, high = np.quantile(drawn, [0.05, 0.95], method="nearest")
        return int(low), int(high), drawn

    def least_gains(self) -> pd.DataFrame:
        """Return the least gain in each part alone that gives the goal, the smallest first."""
        found = self.dials.least_gains(self.weights, self.unit.code, self.goal)
        return found.sort_values(["possible", "gain"], ascending=[False, True])

    def passed(self) -> pd.DataFrame:
        """Return who passed the unit and whom it passed between the two years."""
        rows = self.case.ranks
        rows = rows[rows["indicator"] == self.index.headline]
        rows = rows.assign(rank=rows["rank"].astype(float)).dropna(subset="rank")
        try:
            return find_passed(rows, self.unit.code, (self.year_from, self.year))
        except ValueError:  # not ranked in both
            return find_passed(rows, self.unit.code, (self.year, self.year)).iloc[:0]

    def changes(self) -> pd.DataFrame:
        """Return the unit's change in each indicator between the two years: places, and ranks."""
        rows = self.case.own(self.case.ranks)
        wide = rows.pivot(index="indicator", columns="year", values="rank").astype(float)
        if not {self.year_from, self.year} <= set(wide.columns):
            return pd.DataFrame(columns=["rank_from", "rank_to", "change"])
        found: Any = wide[[self.year_from, self.year]].set_axis(["rank_from", "rank_to"], axis=1)
        found = found.reindex([name for name in self.case.labels if name in found.index]).dropna()
        both: pd.DataFrame = found.assign(change=found["rank_from"] - found["rank_to"])
        return both

    def table(self) -> pd.DataFrame:
        """Return all units: rank as set and as published, the shift, and the headline as set."""
        ranks = self.ranks
        names = {code: unit.name for code, unit in self.case.units.items()}
        totals = self.dials.totals(self.weights, self.unit.code, self._own()) * self.dials.sign
        table = pd.DataFrame(
            {
                "unit": [names.get(str(code), str(code)) for code in ranks.index],
                "rank": ranks,
                "as_is": self.ranks_as_is,
                "shift": self.ranks_as_is - ranks,
                "score": totals,
            },
            index=ranks.index.rename(None),
        )
        return table.sort_values(["rank", "unit"])

    def _known(self, part: str) -> str:
        if part not in self.dials.weights.index:
            raise ParameterError(f"no part {part!r} here; there are: {', '.join(self.parts)}")
        return part

    def _own(self) -> dict[str, float]:
        return {name: score * self.dials.sign for name, score in self.own.items()}

    def _open(self, index: Index, unit: str, year: int, lang: str) -> None:
        """Read what is needed; of a unit without a table in that year take its newest one."""
        one = find_unit(index, unit or self._first(index))
        cut = _tables(index.name, one.unit_set, lang)
        headline = cut["ranks"][cut["ranks"]["indicator"] == index.headline]
        own = headline[(headline["unit"] == one.code) & headline["rank"].notna()]
        ranked = [int(one) for one in sorted(own["year"].unique())]
        full = [y for y in ranked if (one.unit_set, y) in _headlines(index.name).full]
        if not full:
            raise ParameterError(
                f"{one.name} ({one.code}): no year in which the scores of its whole table are known"
            )
        when = year if year in full else full[-1]
        words = use(lang)
        until: Any = up_to(cut, when)
        self.case = Case(index, one.unit_set, when, words, **until, unit=one)
        self.years, self.full_years = ranked, full
        self.year_from = max((y for y in ranked if y < when), default=when)
        before = getattr(self, "dials", None)
        self.dials: Dials = _dials(index.name, one.unit_set, when)
        self.ranks_as_is = self.dials.ranks({})
        share = 100 * self.dials.weights / self.dials.weights.sum()
        self.published_weights = {str(k): float(v) for k, v in share.items()}
        if self.dials is not before:
            self.weights = dict(self.published_weights)
        self.own = {}
        self.goal = max(1, self.rank_as_is - 5)

    @staticmethod
    def _first(index: Index) -> str:
        if index.default_unit:
            return index.default_unit
        full = _headlines(index.name).full
        if not full:
            raise ParameterError(f"{index.name}: no table in which every unit has a headline score")
        return str(min(full[max(full, key=lambda key: key[1])]))


@lru_cache(maxsize=8)
def _tables(index: str, unit_set: str, lang: str) -> dict[str, pd.DataFrame]:
    return read_tables(catalog.load(index), unit_set, lang)


@lru_cache(maxsize=4)
def _headlines(index: str) -> Any:
    return open_headlines(index)


@lru_cache(maxsize=32)
def _dials(index: str, unit_set: str, year: int) -> Dials:
    return dials.take(_headlines(index), unit_set, year)


def forget() -> None:
    """Read tables anew: those of an index may have been made since."""
    for cached in (_tables, _headlines, _dials):
        cached.cache_clear()


def indices(lang: str) -> dict[str, str]:
    """Return the names of the indices there are, by what they are called."""
    return {catalog.load(name).text("label", lang) or name: name for name in catalog.names()}
