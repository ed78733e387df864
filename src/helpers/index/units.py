"""Units and the names they go by: provinces, aliases, regions, the merger of July 2025.

A unit's code is its only key. Names and statistical codes are not: 23 province names and
most codes of the General Statistics Office were given to larger units on 1 July 2025.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from helpers.errors import ParameterError
from helpers.index import cells
from helpers.index.definition import Index
from helpers.index.places import nearest, raw, refuse, relative
from helpers.index.spelling import Marks, as_written, fold, letters, marks, slugify, spellings

COLUMNS = {
    "code": "the only key to a unit",
    "name": "its name as reports print it",
    "name_vi`, `name_en": "its name in a language where that is another",
    "unit_set": "the set it is ranked in; `all` if left out",
    "slug": "its name in files, if it is not to follow from the name",
    "region": "its region, by which `group-mean` groups and reports tell units apart",
    "kind": '`province` or `municipality`: then names with "Tỉnh" or "TP." before them settle',
    "class": "classes it is compared within (`EU`, an income group), parted by `|`",
    "members": "codes of the earlier units it was made of, parted by `|`; one that several name \
was split",
    "former": "names it went by earlier, parted by `|`; they lead to it, and reports say so",
    "aliases": "other names it goes by, parted by `|`",
}
"""The columns of a table of units and what they hold; all but code and name may be left out."""
DEFAULT_SET = "all"
"""The unit set of a table of units that names none."""

_NAME = "name_"


@dataclass(frozen=True)
class Unit:
    """One ranked unit, in one unit set."""

    code: str
    name: str
    unit_set: str
    slug: str
    region: str = ""
    kind: str = "province"
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def called(self, lang: str) -> str:
        """Return what a unit is called in a language."""
        return dict(self.names).get(lang, self.name)


@dataclass(frozen=True)
class Units:
    """All units of an index, findable by code, slug, name or alias."""

    all: tuple[Unit, ...]
    _written: dict[tuple[str, str], set[str]] = field(init=False, repr=False)
    _folded: dict[tuple[str, str], list[tuple[str, Marks]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        written: dict[tuple[str, str], set[str]] = defaultdict(set)
        folded: dict[tuple[str, str], list[tuple[str, Marks]]] = defaultdict(list)
        for unit in self.all:
            names = (name for _lang, name in unit.names)
            for text in (unit.code, unit.slug, unit.name, *names, *unit.aliases):
                written[unit.unit_set, as_written(text)].add(unit.code)
                for folded_name, accents in spellings(text, unit.kind):
                    folded[unit.unit_set, folded_name].append((unit.code, accents))
        object.__setattr__(self, "_written", dict(written))
        object.__setattr__(self, "_folded", dict(folded))

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The units by their code."""
        return {unit.code: unit for unit in self.all}

    def spoken_in(self, lang: str) -> Units:
        """Return the units by their names in a language, where the table of units has one."""
        if not any(unit.names for unit in self.all):
            return self
        return Units(tuple(replace(unit, name=unit.called(lang)) for unit in self.all))

    def of(self, unit_set: str) -> list[Unit]:
        """Return the units of one unit set, in the order of their codes."""
        return sorted((u for u in self.all if u.unit_set == unit_set), key=lambda u: u.code)

    def settle(self, text: str, unit_set: str) -> str | None:
        """Return the code a published name stands for, or None if none or several do.

        Case, spaces and punctuation may differ, and diacritics may be left out or sit on
        another vowel (Hoà Bình, Hòa Bình). Letters may not differ, nor may there be diacritics
        that the name has not ("Hậ Giang" is not Hà Giang), so that a near miss settles to
        nothing rather than to the wrong unit. A name written with exactly the diacritics of
        one unit beats one that only agrees without them.
        """
        codes = self._written.get((unit_set, as_written(text)), set())
        if len(codes) != 1:
            own = marks(text)
            known = self._folded.get((unit_set, letters(text)), [])
            codes = {code for code, allowed in known if own <= allowed}
        return next(iter(codes)) if len(codes) == 1 else None

    def made_of(self, code: str, unit_sets: Collection[str]) -> list[Unit]:
        """Return the units that an earlier one became part of; several where it was split."""
        return [one for one in self.all if one.unit_set in unit_sets and code in one.members]

    def nearest(self, text: str, unit_set: str | None = None, count: int = 3) -> list[str]:
        """Return the names nearest to an unknown one, best first."""
        names = {fold(u.name): u.name for u in self.all if unit_set in (None, u.unit_set)}
        close = difflib.get_close_matches(fold(text), names, n=count, cutoff=0.6)
        return [names[key] for key in close]

    def find(self, text: str, unit_sets: list[str]) -> Unit:
        """Return the unit a user asks for by code, slug, name or alias.

        Parameters
        ----------
        text
            What the user typed.
        unit_sets
            The unit sets to look in; the first that knows the name wins.

        Raises
        ------
        ParameterError
            When none does; the message lists the nearest names.
        """
        for unit_set in unit_sets:
            if code := self.settle(text, unit_set):
                return self.by_code[code]
        close = self.nearest(text)
        hint = (
            f"nearest: {', '.join(close)}" if close else "give a name, a slug or a code of a unit"
        )
        raise ParameterError(f"no unit {text!r}; {hint}")


def load(index: Index) -> Units:
    """Return the units an index ranks."""
    return _load(*((p, p.stat().st_mtime_ns if p.is_file() else 0) for p in index.units_files))


@cache  # as long as the files are the same: a report asks for them many times
def _load(*files: tuple[Path, int]) -> Units:
    return from_table(*(path for path, _changed in files))


def where_aliases(index: Index) -> str:
    """Say where the other spellings of an index's units are kept."""
    *_, last = index.units_files
    return f"{'to' if last.stem == 'aliases' else 'under aliases in'} {relative(last)}"


def default_set(index: Index, year: int) -> str:
    """Return the unit set meant where none is named: the default unit's if it exists that year."""
    there = index.unit_sets(year)
    unit = load(index).by_code.get(index.default_unit)
    return unit.unit_set if unit is not None and unit.unit_set in there else there[0]


def provinces() -> Units:
    """Return the 63 provinces and the 34 units they became on 1 July 2025.

    The 63 carry their ISO 3166-2 code; the 34, which have none yet, the prefix ``VN34-`` and
    their GSO code.
    """
    return from_table(raw("provinces", "units.csv"), raw("provinces", "aliases.csv"))


def from_table(path: Path, spellings: Path | None = None) -> Units:
    """Return units from a table whose columns `COLUMNS` explains.

    Units whose names give the same slug get their code behind it.

    Parameters
    ----------
    path
        The table of units.
    spellings
        A table of further names, columns ``alias`` and ``unit`` (a code).

    Raises
    ------
    DataError
        When a column, code or name is missing, a code occurs twice or a member is unknown.
    """
    rows = list(cells.read(path, ("code", "name")))
    aliases = _aliases(spellings, {row["code"] for _number, row in rows}) if spellings else {}
    slugs = Counter(slugify(row["name"]) for _number, row in rows)
    mistakes: list[str] = []
    found, seen, taken = [], set(), set()
    for number, row in rows:
        where = f"{relative(path)}, row {number}"
        key = (row.get("unit_set") or DEFAULT_SET, row["code"])
        if not row["code"] or not row["name"]:
            mistakes.append(f"{where}: no code or no name; add it")
        elif key in seen:
            mistakes.append(f"{where}, column code: {key[1]} twice; keep one")
        seen.add(key)
        slug = slugify(row["name"])
        slug = f"{slug}-{slugify(row['code'])}" if slugs[slug] > 1 or not slug else slug
        slug = row.get("slug") or slug
        # A slug names files: one that another unit has got its number in the table behind it.
        slug = f"{slug}-{number}" if slug in taken else slug
        taken.add(slug)
        own, former = _parted(row, "aliases"), _parted(row, "former")
        unit = Unit(row["code"], row["name"], key[0], slug, row.get("region") or "",
                    row.get("kind") or "unit", _parted(row, "members"),
                    (*own, *former, *aliases.get(row["code"], ())), former, _parted(row, "class"),
                    tuple((c.removeprefix(_NAME), t) for c, t in row.items()
                          if c.startswith(_NAME) and t))  # fmt: skip
        mistakes += [
            f"{where}, column members: no unit {one!r}; correct the code"
            for one in unit.members
            if not any(one == other["code"] for _number, other in rows)
        ]
        found.append(unit)
    refuse(mistakes)
    return Units(tuple(found))


def _parted(row: dict[str, str], column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in row.get(column, "").split("|") if part.strip())


def _aliases(path: Path, codes: set[str]) -> dict[str, list[str]]:
    """Return the further names of each unit."""
    found: dict[str, list[str]] = defaultdict(list)
    mistakes = []
    for number, row in cells.read(path, ("alias", "unit")):
        if row["unit"] not in codes or not row["alias"]:
            mistakes.append(
                f"{relative(path)}, row {number}: found {row['alias']!r} for {row['unit']!r}, "
                f"expected a name and the code of a unit ({nearest(row['unit'], sorted(codes))}); "
                "correct it"
            )
        found[row["unit"]].append(row["alias"])
    refuse(mistakes)
    return found
