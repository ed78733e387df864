"""One unit in one year: everything a report about it draws on, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.errors import ParameterError
from helpers.index import catalog, peers, units
from helpers.index.asked import became, find_unit
from helpers.index.units import Unit
from helpers.methods.attribute import own_and_others, passed
from helpers.report.league import League, read_tables, up_to
from helpers.words import use


@dataclass(frozen=True, eq=False)
class Case(League):
    """A unit in a league table."""

    unit: Unit

    @cached_property
    def path(self) -> Any:
        """The unit's ranks of the headline, one row per year, oldest first."""
        return self.own(self.ranks, self.index.headline).sort_values("year").set_index("year")

    @property
    def now(self) -> Any:
        """The unit's row of the headline in the year of the report."""
        return self.path.loc[self.year]

    @property
    def stands(self) -> str:
        """Its place in the year of the report; a band where no more is printed."""
        banded = pd.isna(self.now["rank"])
        return self.place(self.rank_of(self.now) if banded else self.now["rank"], self.year)

    @cached_property
    def banded(self) -> list[int]:
        """The years in which a band is all that is known of its rank."""
        rows = self.path[self.path["rank"].isna() & self.path["rank_low"].notna()]
        return [int(year) for year in rows.index]

    @cached_property
    def of_year(self) -> Any:
        """The unit's rows in the year of the report by indicator, in the order of the labels."""
        rows = self.own(self.ranks)
        rows = rows[rows["year"] == self.year].set_index("indicator")
        return rows.reindex([name for name in self.labels if name in rows.index])

    @cached_property
    def previous(self) -> Any:
        """The headline's change that ends in the year of the report, if there is one."""
        rows = self.own(self.changes, self.index.headline)
        rows = rows[(rows["year_to"] == self.year) & rows["change"].notna()]
        return None if rows.empty else rows.iloc[0]

    @cached_property
    def everybody(self) -> units.Units:
        """All units of the index: a unit is ranked among all, whomever it is compared with."""
        return units.load(self.index).spoken_in(self.words.lang)

    @property
    def subjects(self) -> list[Unit]:
        """The unit."""
        return [self.unit]

    def pointed_at(self) -> list[str]:
        """Return where claims on the unit were printed, and the figures behind its ranks."""
        claims = self.own(self.published)["source"].str.split("#").str[0]
        packs = self.index.packs_of(self.unit.code)
        return [*claims, *(f"data/raw/{pack}/indicators.csv" for pack in packs)]

    def own(self, table: pd.DataFrame, indicator: str | None = None) -> Any:
        """Return the unit's rows of a table, of one indicator if given."""
        rows = table[table["unit"] == self.unit.code]
        return rows if indicator is None else rows[rows["indicator"] == indicator]

    @cached_property
    def explained(self) -> Any:
        """The newest change of the headline whose own and others' effects are known."""
        rows = self.own(self.changes, self.index.headline).dropna(subset="own_effect")
        return None if rows.empty else rows.sort_values("year_to").iloc[-1]

    @cached_property
    def crossed(self) -> Any:
        """The newest change of which whom it passed is known: that explained, else by ranks."""
        if self.explained is not None:
            return self.explained
        rows = self.own(self.changes, self.index.headline).dropna(subset="change")
        rows = rows[rows["comparable"] & rows["year_to"].isin(self.full_years)]
        rows = rows[rows["year_from"].isin(self.full_years)].sort_values("year_to")
        # Ranks that are no competition ranks do not tell who passed whom.
        rows = [row for _n, row in rows.iterrows() if len(self.away(row)) == 0]
        rows = [row for row in rows if self._met(row)["contribution"].sum() == row["change"]]
        return rows[-1] if rows else None

    def away(self, change: Any) -> list[int]:
        """Return the years inside a change, in which the unit was not ranked."""
        years = sorted(self.ranks["year"].unique())
        return [int(y) for y in years if change["year_from"] < y < change["year_to"]]

    @cached_property
    def absent(self) -> list[int]:
        """The years whose tables list the units ranked, and not this one."""
        years = sorted(self._headline(self.ranks)["year"].unique())
        listed = self._listed
        return [int(y) for y in years if self.unit.code not in listed[self.unit_set, int(y)]]

    @property
    def pair(self) -> tuple[int, int]:
        """The two years of the change that is shown part by part."""
        return int(self.crossed["year_from"]), int(self.crossed["year_to"])

    def score_table(self, year: int) -> pd.DataFrame:
        """Return all units' scores of a year, units by the headline and the pillars."""
        rows = self.ranks[
            (self.ranks["year"] == year) & self.ranks["indicator"].isin(self.indicators)
        ]
        return rows.pivot(index="unit", columns="indicator", values="score")

    def standing(self, year: int) -> pd.DataFrame:
        """Return the scores of a year turned so that more is better, as ranks are taken."""
        table = self.score_table(year)
        turn = [float(self.index.direction(year, str(name))) for name in table]
        return table * pd.Series(turn, index=table.columns)

    @cached_property
    def moved(self) -> list[str]:
        """The indicators whose change is known in the pair of years shown, headline first."""
        if self.crossed is None:
            return []
        pair = self.own(self.changes).dropna(subset="change")
        pair = pair[(pair["year_from"] == self.pair[0]) & (pair["year_to"] == self.pair[1])]
        return [name for name in self.labels if name in set(pair["indicator"])]

    @cached_property
    def effects(self) -> Any:
        """Own and others' effect of the explained change, by indicator, with both orders' ranks."""
        assert self.explained is not None
        before, after = (self.standing(int(self.explained[y])) for y in ("year_from", "year_to"))
        shared = [i for i in self.indicators if i in before and i in after]
        table = own_and_others(before[shared], after[shared])
        return table.loc[self.unit.code].reindex(shared)

    @cached_property
    def met(self) -> pd.DataFrame:
        """The units that changed sides with it in the change shown (``attribute.passed``)."""
        return self._met(self.crossed)

    def _met(self, change: Any) -> pd.DataFrame:
        years = int(change["year_from"]), int(change["year_to"])
        if self.explained is not None:
            before, after = (self.standing(year)[self.index.headline] for year in years)
            rows = passed(before, after, self.unit.code)
            for end in ("score_from", "score_to"):
                rows[end] *= self.index.direction(self.year, self.index.headline)
        else:  # a rank is the better the lower it is, and exact
            before, after = (self.ranks_of(year) for year in years)
            rows = passed(-before, -after, self.unit.code, tolerance=0.0)
            rows = rows.assign(
                rank_from=rows["other"].map(before),
                rank_to=rows["other"].map(after),
                score_from=float("nan"),
                score_to=float("nan"),
            )
        rows = rows[rows["contribution"] != 0]
        return rows.assign(name=[self.units[code].name for code in rows["other"]])


def open_case(index: str, unit: str, year: int, lang: str, compared: str = "") -> Case:
    """Read the tables for one report.

    Parameters
    ----------
    unit
        A name, alias, slug or code; empty for the index's default unit.
    year
        0 for the newest year in which the unit has a rank or a band of ranks.
    compared
        Units, regions or classes to compare with (`helpers.index.peers`); empty for `peers` of
        index.yml.

    Raises
    ------
    ParameterError
        When the unit or one of its peers is unknown or has no rank in that year.
    """
    this = catalog.load(index)
    index = this.name
    code = find_unit(this, unit, year).code
    one = units.load(this).spoken_in(lang).by_code[code]
    cut = read_tables(this, one.unit_set, lang)
    own = cut["ranks"][
        (cut["ranks"]["unit"] == code) & (cut["ranks"]["indicator"] == this.headline)
    ]
    years = sorted(own.loc[own["rank"].notna() | own["rank_low"].notna(), "year"])
    when = year or (years[-1] if years else 0)
    if when not in years:
        known = ", ".join(map(str, years)) or "none"
        into = became(units.load(this).made_of(code, [one.unit_set]))
        raise ParameterError(
            f"{one.name} ({code}) has no rank in {when}; years with one: {known}{into}"
        )
    chosen = peers.choose(this, compared, one.unit_set, one)
    until = up_to(cut, int(when))
    return Case(this, one.unit_set, int(when), use(lang), **until, unit=one, peers=chosen)
