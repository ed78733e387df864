"""The unit that somebody asks for, by whatever name they know it, in a year or over all years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.errors import ParameterError
from helpers.index import catalog, units
from helpers.index.definition import Index
from helpers.index.spelling import fold
from helpers.index.units import Unit, Units

if TYPE_CHECKING:
    from helpers.show import Table


def find_unit(index: Index, text: str, year: int = 0) -> Unit:
    """Return the unit meant: among those that exist in the year, the first unit set first.

    Parameters
    ----------
    text
        A name, alias, slug or code, diacritics or not; empty for the index's default unit.
    year
        0 for any year: of a name that several unit sets share, the one of the newest year.

    Raises
    ------
    ParameterError
        When no unit goes by that name, or it is none in that year.
    """
    return find_among(units.load(index), index, text, year)


def find_among(everybody: Units, index: Index, text: str, year: int) -> Unit:
    """Return the unit meant, as `find_unit`, among units that were read before."""
    sets = index.unit_sets(year or index.years[-1])
    gone = [name for name in index.sets if name not in sets]
    asked = text.strip() or index.default_unit
    if not asked:
        raise ParameterError(
            f"no unit asked for, and {index.name} has no default_unit; give UNIT=..."
        )
    if not year and asked in everybody.by_code:
        return everybody.by_code[asked]
    try:
        return everybody.find(asked, sets if year else [*sets, *gone])
    except ParameterError:
        try:
            former = everybody.find(asked, gone)
        except ParameterError:
            former = None
        if former is None:
            raise
    into = everybody.made_of(former.code, sets)
    if len(into) == 1 and not text:
        return into[0]  # the default unit goes on in the unit it became part of
    raise ParameterError(
        f"{former.name} ({former.code}) is no unit of {index.name} in {year}{became(into)}; "
        "ask for that one or for an earlier year"
    )


def became(into: list[Unit]) -> str:
    """Say which unit or units an earlier one became part of, to go on with; empty where none."""
    listed = ", ".join(f"{one.name} ({one.code})" for one in into)
    how = "it was split into" if len(into) > 1 else "it is part of"
    return f"; {how} {listed} since" if into else ""


def shown_unit(index: Index, text: str = "") -> str:
    """Return the code of the unit to show: the one asked for, the default one, else the first."""
    if text.strip() or index.default_unit:
        return find_unit(index, text).code
    return min(unit.code for unit in units.load(index).all)


def search(everybody: list[Unit], text: str) -> list[Unit]:
    """Return the units whose name, alias, slug or code holds what was typed so far, best first.

    Case and diacritics do not count: ``ha n`` finds Hà Nội and Hà Nam. Names that begin with it
    come before those that hold it.
    """
    wanted = fold(text)
    found = []
    for place, unit in enumerate(everybody):
        spelt = [fold(one) for one in (unit.name, unit.slug, unit.code, *unit.aliases)]
        where = min((one.find(wanted) for one in spelt if wanted in one), default=-1)
        if where >= 0:
            found.append((where > 0, place, unit))
    return [unit for *_, unit in sorted(found, key=lambda one: one[:2])]


def list_units(index: str = "") -> Table:
    """Return a table of the units of an index, with the names that are understood for each."""
    import pandas as pd

    from helpers import show

    rows = units.load(catalog.load(index)).all
    columns = {
        "name": [unit.name for unit in rows],
        "code": [unit.code for unit in rows],
        "slug": [unit.slug for unit in rows],
        "unit set": [unit.unit_set for unit in rows],
        "also": ["; ".join(unit.aliases) for unit in rows],
    }
    return show.Table(pd.DataFrame(columns))
