"""Units and the names they go by: provinces, aliases, regions, the merger of July 2025.

A unit's code is its only key. Names and statistical codes are not: 23 province names and
most codes of the General Statistics Office were given to larger units on 1 July 2025.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from helpers.errors import ParameterError
from helpers.index import cells
from helpers.index.definition import Index
from helpers.index.places import nearest, raw, refuse, relative

COLUMNS = {
    "code": "the only key to a unit",
    "name": "its name as reports print it",
    "name_vi`, `name_en": "its name in a language where that is another",
    "unit_set": "the set it is ranked in; `all` if left out",
    "slug": "its name in files, if it is not to follow from the name",
    "region": "its region, by which `group-mean` groups and reports tell units apart",
    "kind": '`province` or `municipality`: then names with "Tỉnh" or "TP." before them settle',
    "class": "classes it is compared within (`EU`, an income group), parted by `|`",
    "members": "codes of the earlier units it was made of, parted by `|`",
    "aliases": "other names it goes by, parted by `|`",
}
"""The columns of a table of units and what they hold; all but code and name may be left out."""
DEFAULT_SET = "all"
"""The unit set of a table of units that names none."""

_NAME = "name_"
_TITLE = {
    "municipality": re.compile(r"^(?:tp|thanh pho)\b|\bcity$"),
    "province": re.compile(r"^tinh\b|\bprovince$"),
}
# What may stand before or after the name of a unit that is one.
_TITLED = {
    "municipality": (("TP", ""), ("Thành phố", ""), ("Tỉnh", ""), ("", "City"), ("", "Province")),
    "province": (("Tỉnh", ""), ("", "Province")),
}
# Letters with a stroke do not decompose. Old conversions wrote the Icelandic or the African
# letter in place of the Vietnamese one; in print all three look the same.
_STROKES = str.maketrans("đðɖ", "ddd")

Marks = Counter[str]


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
                written[unit.unit_set, _as_written(text)].add(unit.code)
                for letters, marks in _spellings(text, unit.kind):
                    folded[unit.unit_set, letters].append((unit.code, marks))
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
        codes = self._written.get((unit_set, _as_written(text)), set())
        if len(codes) != 1:
            marks = _marks(text)
            known = self._folded.get((unit_set, _letters(text)), [])
            codes = {code for code, allowed in known if marks <= allowed}
        return next(iter(codes)) if len(codes) == 1 else None

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


def fold(text: str) -> str:
    """Return a text without case, diacritics and punctuation, words parted by one space."""
    text = unicodedata.normalize("NFD", text.casefold()).translate(_STROKES)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", text).strip()


def slugify(text: str) -> str:
    """Return a text as a file name can hold it: ``Bà Rịa`` -> ``ba-ria``."""
    return fold(text).replace(" ", "-")


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def _marks(text: str) -> Marks:
    """Count a text's diacritics; on which vowel a tone sits is a matter of taste."""
    return Counter(filter(unicodedata.combining, unicodedata.normalize("NFD", text)))


def _as_written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _spellings(text: str, kind: str) -> list[tuple[str, Marks]]:
    """Return the letters and marks under which a unit is found, given what kind of unit it is.

    "TP. Bắc Ninh" is a town inside the province of that name: the word for city is taken
    off, or put before it, only where the unit itself is one.
    """
    folded, marks = fold(text), _marks(text)
    found = [(folded.replace(" ", ""), marks)]
    if kind in _TITLE:
        bare = _TITLE[kind].sub("", folded).replace(" ", "")
        found.append((bare, marks))
        for before, after, title_marks in _titles(kind):
            found.append((before + bare + after, marks + title_marks if title_marks else marks))
    return [(letters, allowed) for letters, allowed in found if letters]


@cache
def _titles(kind: str) -> list[tuple[str, str, Marks]]:
    return [(_letters(a), _letters(b), _marks(a + b)) for a, b in _TITLED[kind]]


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
        own = _parted(row, "aliases")
        unit = Unit(row["code"], row["name"], key[0], slug, row.get("region") or "",
                    row.get("kind") or "unit", _parted(row, "members"),
                    (*own, *aliases.get(row["code"], ())), _parted(row, "class"),
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
