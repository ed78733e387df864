"""What a command asks for (an index, a year, languages, units), checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.errors import ParameterError
from helpers.index import catalog, peers, units
from helpers.index.asked import find_among, find_unit
from helpers.index.catalog import Index
from helpers.index.units import Unit
from helpers.words import languages


@dataclass(frozen=True)
class Asked:
    """An index, a year of it and languages, checked."""

    index: Index
    year: int
    langs: list[str]


def ask(index_name: str, year: str, langs: str) -> Asked:
    """Check what was asked for.

    Parameters
    ----------
    year
        A year; the newest when empty.
    langs
        Languages parted by spaces.

    Raises
    ------
    ParameterError
        When index, year or language is not known.
    """
    index = catalog.load(index_name)
    when = index.years[-1] if not year else _year(index, year)
    wanted = list(dict.fromkeys(langs.replace(",", " ").split()))
    for lang in wanted:
        if lang not in languages():
            raise ParameterError(f"no language {lang!r}; there are: {', '.join(languages())}")
    if not wanted:
        raise ParameterError(f"no language asked for; there are: {', '.join(languages())}")
    return Asked(index, when, wanted)


def choose_units(asked: Asked, texts: str, unit_set: str = "") -> list[Unit]:
    """Return the units that are named, else all of a unit set, else of the default unit's set.

    Parameters
    ----------
    texts
        Codes, slugs, names or aliases, parted by commas, semicolons or new lines; or by
        spaces, where the whole is not the name of one unit.

    Raises
    ------
    ParameterError
        When a unit is not known.
    """
    everybody = units.load(asked.index)
    sets = asked.index.unit_sets(asked.year)
    if not texts.strip():
        default = asked.index.default_unit and find_unit(asked.index, "", asked.year).unit_set
        return everybody.of(unit_set or default or sets[0])
    parts = peers.parted(asked.index, texts, everybody, sets)
    found = [find_among(everybody, asked.index, part, asked.year) for part in parts]
    return list(dict.fromkeys(found))


def choose_set(asked: Asked, unit_set: str) -> str:
    """Return the unit set that is named, else that of the index's default unit.

    Raises
    ------
    ParameterError
        When the year has no such set.
    """
    there = asked.index.unit_sets(asked.year)
    if unit_set and unit_set not in there:
        raise ParameterError(
            f"no unit set {unit_set!r} in {asked.index.name} {asked.year}; "
            f"there are: {', '.join(there)}"
        )
    return unit_set or units.default_set(asked.index, asked.year)


def _year(index: Index, text: str) -> int:
    years = ", ".join(map(str, index.years))
    if not text.isascii() or not text.isdigit() or int(text) not in index.years:
        raise ParameterError(f"no year {text!r} in {index.name}; there are: {years}")
    return int(text)
