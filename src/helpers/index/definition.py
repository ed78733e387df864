"""What is known of one index: ``index.yml`` and ``structure.csv`` together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from helpers.index import cells
from helpers.index.model import Spec, Table, told
from helpers.index.places import raw
from helpers.index.structure import Structure

POINTERS = ("file", "key", "column", "unit", "year", "indicator", "measure", "vs_year")
"""The columns of a table that points at figures in an article's table."""


@dataclass(frozen=True)
class Index:
    """What ``index.yml`` (`spec`) and ``structure.csv`` say about one index."""

    name: str
    spec: Spec
    structure: Structure

    @property
    def folder(self) -> Path:
        """The folder of the index's raw files."""
        return raw(self.name)

    @property
    def headline(self) -> str:
        """The indicator whose rank is the unit's place."""
        return self.spec.headline

    @property
    def pillars(self) -> list[str]:
        """The indicators shown beside the headline, in the order of the report."""
        return list(self.spec.pillars)

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest possible score; infinite where an end is left open."""
        return _ends(self.spec.scale)

    def scale_of(self, indicator: str) -> tuple[float, float]:
        """Return the lowest and the highest possible score of an indicator."""
        return _ends(self.spec.scales.get(indicator, self.spec.scale))

    def is_exact(self, indicator: str) -> bool:
        """Tell whether the figures of an indicator are published without rounding."""
        exact = self.spec.exact
        return exact if isinstance(exact, bool) else indicator in exact

    @property
    def years(self) -> list[int]:
        """All years with a scheme, oldest first."""
        return sorted(self.spec.years)

    @property
    def sets(self) -> list[str]:
        """The names of all unit sets."""
        return list(self.spec.unit_sets)

    @property
    def packs(self) -> list[str]:
        """The folders of ``data/raw`` with figures on the systems behind single units' ranks."""
        return sorted(set(self.spec.figures_of.values()))

    def packs_of(self, unit: str) -> list[str]:
        """Return the folder of a unit's figures: one name, or none."""
        return [name for code, name in self.spec.figures_of.items() if code == unit]

    @property
    def schemes(self) -> dict[int, str]:
        """The name of the scheme of each year."""
        return {year: spec.scheme for year, spec in self.spec.years.items()}

    def scheme(self, year: int) -> str:
        """Return the name of the scheme a year was scored by."""
        return self.spec.years[year].scheme

    def unit_sets(self, year: int) -> list[str]:
        """Return the unit sets that exist in a year: all, unless the year names its own."""
        return list(self.spec.years[year].unit_sets) or self.sets

    def direction(self, year: int, indicator: str) -> int:
        """Return 1 where more of an indicator is better in a year's scheme, -1 where less is.

        Built scores are turned already.
        """
        row = self.structure.row(indicator, self.scheme(year))
        return row.direction if row is not None and self.spec.build is None else 1

    @property
    def default_unit(self) -> str:
        """The unit of a report that names none; empty where the index has no such unit."""
        return self.spec.default_unit

    def label(self, indicator: str, lang: str, year: int | None = None) -> str:
        """Return an indicator's label, as the scheme of `year` calls it if it does."""
        return self.structure.label(indicator, lang, "" if year is None else self.scheme(year))

    def text(self, field: str, lang: str) -> str:
        """Return a field of ``index.yml`` that is given in several languages; empty if it is not.

        Where it is not given in that language it is the English text, else the first.
        """
        words: Mapping[str, str] = getattr(self.spec, field)
        return str(told(words, lang) or "")

    def break_reason(self, year_from: int, year_to: int, lang: str = "en") -> str:
        """Return why two years do not compare, or an empty string where they do."""
        before, after = self.scheme(year_from), self.scheme(year_to)
        family = self._family(after)
        if self._family(before)[-1] == family[-1]:
            return ""
        # A scheme's reason is about the years before its own first one, and about no others.
        for scheme in family:
            begins = min((y for y in self.years if self.scheme(y) == scheme), default=year_to)
            reason = told(self.spec.schemes[scheme].break_, lang)
            if reason and year_from < begins <= year_to:
                return str(reason)
        words = {"en": f"Scheme {before} became {after}", "vi": f"Từ {before} sang {after}"}
        return str(told(words, lang))

    def _family(self, scheme: str) -> list[str]:
        """Return a scheme, the one it compares with, the one that compares with, and so on."""
        chain = [scheme]
        while other := self.spec.schemes[chain[-1]].compares_with:
            chain.append(other)
        return chain

    @property
    def tables(self) -> tuple[Table, ...]:
        """The published tables, in the order of trust."""
        return self.spec.tables

    @property
    def sampled(self) -> bool:
        """Whether standard errors of the scores are published."""
        return any(table.errors for table in self.tables)

    def key(self, table: Table) -> str:
        """Return how processed tables name the file of a table: its path from the root."""
        return f"data/raw/{self.name}/{table.file}"

    @cached_property
    def trust(self) -> dict[str, int]:
        """The files of the tables by their keys; the lower number is trusted more."""
        return {self.key(table): number for number, table in enumerate(self.tables)}

    @cached_property
    def complete(self) -> set[str]:
        """The keys of the files that list every unit."""
        return {self.key(table) for table in self.tables if table.complete}

    @cached_property
    def as_printed(self) -> set[str]:
        """The keys of the files that list every unit and whose printed ranks are the ranks."""
        told = {self.key(t) for t in self.tables if (t.ranked_by or self.spec.ranks) == "published"}
        return self.complete & told

    @property
    def units_files(self) -> list[Path]:
        """The table of units; of a folder of ``data/raw`` that several share, its aliases too."""
        named = self.spec.units
        if named.endswith(".csv"):
            return [self.folder / named]
        return [raw(named, "units.csv"), raw(named, "aliases.csv")]

    @property
    def regions_file(self) -> Path:
        """The names of the regions of Viet Nam in other languages, for all province indices."""
        return raw("provinces", "regions.csv")

    @cached_property
    def regions(self) -> dict[str, dict[str, str]]:
        """Language to region to its name there: by index.yml, else as all province indices have."""
        shared = cells.read(self.regions_file, ("region",)) if self.regions_file.is_file() else ()
        found: dict[str, dict[str, str]] = {}
        for _number, row in shared:
            for column, said in row.items():
                if column.startswith("name_") and said:
                    found.setdefault(column.removeprefix("name_"), {})[row["region"]] = said
        own = self.spec.regions
        return {lang: {**found.get(lang, {}), **own.get(lang, {})} for lang in {*found, *own}}

    def map_files(self) -> list[Path]:
        """Return the files by which maps are drawn: of all unit sets, as index.yml names them."""
        named = (name for one in self.spec.map.values() for name in (one.outlines, one.tiles))
        return [raw(name) for name in named if name]

    def files(self) -> list[Path]:
        """Return every file the processed tables of this index are made from."""
        return list(self._files)

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        found = {self.folder / "index.yml", self.folder / "structure.csv"}
        found |= {self.folder / table.file for table in self.tables}
        found |= {self.folder / t.extracted_from for t in self.tables if t.extracted_from}
        for table in self.tables:
            if table.claims:
                found |= {raw(row["file"]) for row in self.claims(table.file)}
        found |= set(self.units_files)
        return tuple(sorted(found))

    def claims(self, file: str) -> list[dict[str, str]]:
        """Return the rows of a table that points at figures in an article's table."""
        return [row for _number, row in cells.read(self.folder / file, POINTERS)]


def _ends(scale: tuple[float | None, float | None]) -> tuple[float, float]:
    low, high = scale
    return -math.inf if low is None else low, math.inf if high is None else high
