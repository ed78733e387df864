"""The units a report compares with: named one by one, by region or by class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.errors import ParameterError
from helpers.index import units
from helpers.index.definition import Index
from helpers.index.spelling import fold
from helpers.index.units import Unit, Units

OWN = ("region", "class")
"""Words for the units that share the region, or a class, of the report's unit."""


def parted(index: Index, text: str, everybody: Units, unit_sets: Sequence[str]) -> list[str]:
    """Part a list of names: by commas, semicolons or lines; by spaces, if the whole names nothing.

    Parameters
    ----------
    unit_sets
        The sets in which the whole may be a name.
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    known = any(find(index, everybody, one, text) for one in unit_sets)
    return parts if len(parts) != 1 or known else text.split()


def choose(index: Index, asked: str, unit_set: str, unit: Unit | None = None) -> tuple[str, ...]:
    """Return the codes of the units asked for, in the order of the table of units.

    Parameters
    ----------
    asked
        Units, regions or classes; ``region`` or ``class`` for those of the report's own unit.
        Empty for `peers` of index.yml; ``all`` for none.
    unit_set
        The set that the report ranks.
    unit
        The unit the report is about, which is always among them; None for a whole table.

    Returns
    -------
    tuple of str
        Empty where nothing is asked for.

    Raises
    ------
    ParameterError
        When something asked for is no unit, region or class of the set, or fewer than two units
        are left to compare.
    """
    everybody = units.load(index)
    there = everybody.of(unit_set)
    told = list(index.spec.peers)
    if asked.strip():
        told = parted(index, asked, everybody, [unit_set])
    elif unit is None:
        return ()  # a whole table is asked for, so it is shown whole
    if not told or told == ["all"]:
        return ()
    found = {unit.code} if unit else set()
    for name in told:
        if name in OWN and unit is not None:
            found |= {u.code for u in there if _shared(u, unit, name)}
        elif named := find(index, everybody, unit_set, name):
            found |= named
        else:
            own = " (whose own? this report is about a whole table)" * (name in OWN)
            raise ParameterError(
                f"no unit, region or class {name!r} in {index.name} {unit_set}{own}; "
                f"regions and classes: {groups(there)}"
            )
    if len(found) < 2:
        raise ParameterError(
            f"peers {', '.join(told)}: no other unit of {index.name} {unit_set} is among them; "
            "name units, or fill in region or class in the table of units"
        )
    return tuple(u.code for u in there if u.code in found)


def find(index: Index, everybody: Units, unit_set: str, name: str) -> set[str]:
    """Return the codes that a unit's, region's or class's name stands for; none if it does not."""
    if found := _group(everybody.of(unit_set), _translated(index, name)):
        return found
    code = everybody.settle(name, unit_set)
    return {code} if code else set()


def groups(there: Sequence[Unit]) -> str:
    """List the regions and classes of some units."""
    found = sorted({group for u in there for group in (u.region, *u.classes) if group})
    return ", ".join(found) or "none; fill in region or class in the table of units"


def _shared(one: Unit, own: Unit, name: str) -> bool:
    if name == "region":
        return bool(own.region) and one.region == own.region
    return bool(set(one.classes) & set(own.classes))


def _group(there: Sequence[Unit], name: str) -> set[str]:
    wanted = fold(name)
    return {u.code for u in there if wanted in {fold(g) for g in (u.region, *u.classes) if g}}


def _translated(index: Index, name: str) -> str:
    """Return a region's name as the table of units has it, given in any language."""
    for words in index.regions.values():
        for region, said in words.items():
            if fold(said) == fold(name):
                return region
    return name
