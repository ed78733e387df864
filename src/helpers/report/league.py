"""A whole league table in one year: everything a report about it draws on, read once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers import tables
from helpers.errors import ParameterError
from helpers.index import catalog, peers, units
from helpers.index.catalog import Index
from helpers.index.model import told
from helpers.index.units import Unit
from helpers.report import among
from helpers.tables import rank
from helpers.tables.headline import OTHERS, REST
from helpers.words import MISSING, Words, use

SURE = 0.95  # of the recalculations: then a direction hardly hangs on the choices


@dataclass(frozen=True, eq=False)  # one is itself, so that what is found of it can be kept
class League:
    """A unit set, a year and its tables up to that year.

    Attributes
    ----------
    ranks, changes, published, intervals, robust, robust_changes, contributions,
    claims, disagreements
        The processed tables, cut to the unit set and to years up to `year`.
    peers
        The codes of the units asked for: those a unit is compared with, itself among them; in a
        report on a whole table all that there are. Empty where nothing was asked for.
    """

    index: Index
    unit_set: str
    year: int
    words: Words
    ranks: pd.DataFrame
    changes: pd.DataFrame
    published: pd.DataFrame
    intervals: pd.DataFrame
    robust: pd.DataFrame
    robust_changes: pd.DataFrame
    contributions: pd.DataFrame
    claims: pd.DataFrame
    disagreements: pd.DataFrame
    peers: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def indicators(self) -> list[str]:
        """The headline and the pillars."""
        return [self.index.headline, *self.index.pillars]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels by indicator, the headline and the pillars first."""
        names = dict.fromkeys([*self.indicators, *self.index.structure.indicators])
        return {name: self.index.label(name, self.words.lang, self.year) for name in names}

    @property
    def subjects(self) -> list[Unit]:
        """The units the report is about."""
        return list(self.units.values())

    def own(self, table: pd.DataFrame) -> Any:
        """Return the rows of a table that the report is about."""
        return table

    def pointed_at(self) -> list[str]:
        """Return the files that the report draws on beside the published tables."""
        return []

    def decimals(self, indicator: str) -> int:
        """Return the decimals an indicator is published with in the report's year."""
        row = self.index.structure.row(indicator, self.index.scheme(self.year))
        return 2 if row is None or not row.decimals else row.decimals

    @cached_property
    def nouns(self) -> dict[str, str]:
        """What its units are called in running text: ``word`` one of them, ``words`` many."""
        w, spec = self.words, self.index.spec
        one = str(told(spec.unit_word, w.lang) or w._("unit"))
        return {"word": one, "words": self.index.text("unit_words", w.lang)}

    @property
    def unit_head(self) -> str:
        """The head of a column of units."""
        word = self.nouns["word"]
        return word[:1].upper() + word[1:]

    @cached_property
    def computed(self) -> list[int]:
        """The years in which its units were not ranked themselves: their members' means were."""
        years = {
            year
            for rule in self.index.spec.derived
            if rule.unit_set == self.unit_set
            for year in rule.years
        }
        return sorted(year for year in years if year <= self.year)

    def place(self, rank: Any, year: int, *, dated: bool = False) -> str:
        """Write a rank of the headline with the number of units ranked, and its year if wanted.

        A rank in words, a band, stands as it is.
        """
        w = self.words
        if not isinstance(rank, str) and pd.isna(rank):
            return MISSING
        band = isinstance(rank, str)
        place = w._(
            "{ordinal} of {units}",
            ordinal=rank if band else w.ordinal(rank),
            number=rank if band else w.number(rank),
            units=w.number(self.size(year)),
        )
        if not dated:
            return place
        if year in self.computed:
            return w._("{place} ({year}, computed here)", place=place, year=year)
        return w._("{place} ({year})", place=place, year=year)

    def rank_of(self, row: Any) -> str:
        """Write a rank, with the ranks that rounding leaves open where there are several."""
        w, (low, high) = self.words, row[["rank_low", "rank_high"]]
        if pd.isna(row["rank"]):
            return w.range(low, high)
        rank = w.number(row["rank"])
        return rank if pd.isna(low) or low == high else f"{rank} ({w.range(low, high)})"

    def part(self, name: str) -> str:
        """Return what a part of a change is called: an indicator, the rest, or the others."""
        w = self.words
        if name == OTHERS:
            text = w._("the other {words}' scores", **self.nouns)
        elif name == REST:
            text = self.index.text("rest", w.lang) or w._("all the rest")
        else:
            text = self.labels[name]
        return text[:1].upper() + text[1:]

    def size(self, year: int) -> int:
        """Return how many units were ranked in a year."""
        return len(self._listed[self.unit_set, year])

    @cached_property
    def _listed(self) -> dict[tuple[str, int], set[str]]:
        return rank.listed(self.index, self.everybody, self.published, self.intervals)

    @cached_property
    def everybody(self) -> units.Units:
        """All units of the index; of a table of peers, those."""
        return among.only(units.load(self.index).spoken_in(self.words.lang), self.peers)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units of the unit set by code."""
        return {unit.code: unit for unit in self.everybody.of(self.unit_set)}

    @cached_property
    def standings(self) -> Any:
        """The headline's ranks of the year, best first, by unit."""
        rows = self._headline(self.ranks)
        rows = rows[(rows["year"] == self.year) & rows["rank"].notna()]
        return rows.sort_values(["rank", "unit"]).set_index("unit")

    @cached_property
    def arrivals(self) -> Any:
        """The headline's changes from the year before to the year, by unit."""
        rows = self._headline(self.changes)
        before = max((year for year in self.ranks["year"] if year < self.year), default=0)
        here = (rows["year_to"] == self.year) & (rows["year_from"] == before)
        return rows[here].set_index("unit")

    @cached_property
    def full_years(self) -> list[int]:
        """The years whose tables are known in full, by scores or by ranks alone, oldest first."""
        known = self._headline(self.ranks).groupby("year")[["rank", "score"]].count()
        return [
            int(year)
            for year, row in known.sort_index().iterrows()
            if row["rank"] == self.size(int(str(year))) and row["score"] in (0, row["rank"])
        ]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Neighbouring years whose tables are both full, oldest first."""
        return list(pairwise(self.full_years))

    @cached_property
    def explained_pair(self) -> tuple[int, int] | None:
        """The newest years whose changes are explained, None if there are none."""
        rows = self._headline(self.changes).dropna(subset="own_effect")
        if rows.empty:
            return None
        newest = rows.sort_values("year_to").iloc[-1]
        return int(newest["year_from"]), int(newest["year_to"])

    @cached_property
    def moves(self) -> Any:
        """The headline's changes between the explained years, the greatest rise first."""
        rows = self._headline(self.of_pair(self.changes)).dropna(subset="change")
        return rows.sort_values(["change", "rank_to"], ascending=[False, True], ignore_index=True)

    def of_pair(self, table: pd.DataFrame) -> Any:
        """Return a table's rows of the explained years; none if nothing is explained."""
        if self.explained_pair is None:
            return table.iloc[:0]
        years = (table["year_from"], table["year_to"])
        first, last = (
            column == year for column, year in zip(years, self.explained_pair, strict=True)
        )
        return table[first & last]

    def ranks_of(self, year: int) -> pd.Series:
        """Return the headline's ranks of a year, by unit."""
        rows = self._headline(self.ranks)
        ranks: pd.Series = rows[rows["year"] == year].set_index("unit")["rank"]
        return ranks.astype(float)

    @cached_property
    def regions(self) -> dict[str, str]:
        """The region of every unit that has one, in the language of the report."""
        names = self.index.regions.get(self.words.lang, {})
        return {
            code: str(names.get(unit.region, unit.region))
            for code, unit in self.units.items()
            if unit.region
        }

    @property
    def as_printed(self) -> Any:
        """The ranks that are as printed where the scores give others (``ranks: published``)."""
        both = self.ranks.dropna(subset=["rank", "rank_scores"])
        return self.own(both[both["rank"] != both["rank_scores"]])

    def _headline(self, table: pd.DataFrame) -> Any:
        return table[table["indicator"] == self.index.headline]


def read_tables(index: Index, unit_set: str, lang: str) -> dict[str, pd.DataFrame]:
    """Read the processed tables that reports draw on, cut to a unit set, names in a language."""
    names = [field.name for field in fields(League) if field.name in tables.CONTRACTS]
    read = {name: tables.read(index.name, name) for name in names}
    cut = {name: table[table["unit_set"] == unit_set] for name, table in read.items()}
    called = {u.code: u.called(lang) for u in units.load(index).of(unit_set) if u.names}
    if not called:
        return cut
    return {
        name: table.assign(unit_name=table["unit"].map(called).fillna(table["unit_name"]))
        if "unit_name" in table
        else table
        for name, table in cut.items()
    }


def up_to(cut: dict[str, pd.DataFrame], year: int) -> dict[str, pd.DataFrame]:
    """Leave out what is known only after a year."""
    return {
        name: table[table["year" if "year" in table else "year_to"] <= year]
        for name, table in cut.items()
    }


def open_league(index: str, unit_set: str, year: int, lang: str, chosen: str = "") -> League:
    """Read the tables for a report on a whole league table.

    Parameters
    ----------
    unit_set
        Empty for that of the index's default unit.
    year
        0 for the newest year of which the whole table is known.
    chosen
        Units, regions or classes: the table is then theirs alone, and they are ranked among
        themselves (`helpers.report.among`).

    Raises
    ------
    ParameterError
        When the unit set or a unit is unknown, or its table of that year is not known in full.
    """
    this = catalog.load(index)
    wanted = unit_set or units.default_set(this, year or this.years[-1])
    if wanted not in this.sets:
        raise ParameterError(
            f"no unit set {wanted!r} in {this.name}; there are: {', '.join(this.sets)}"
        )
    only = peers.choose(this, chosen, wanted)
    cut = read_tables(this, wanted, lang)
    if only:
        cut = among.tables_among(this, cut, units.load(this).spoken_in(lang), only)
    everything = League(this, wanted, max(this.years), use(lang), **cut, peers=only)
    years = everything.full_years
    when = year or (years[-1] if years else 0)
    if when not in years:
        known = ", ".join(map(str, years)) or "none"
        raise ParameterError(
            f"{this.name} {wanted}: the table of {when} is not known in full; full ones: {known}"
        )
    return League(this, wanted, when, use(lang), **up_to(cut, when), peers=only)
