"""An index of the catalogue as the frames and structure tables that the analyses work on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.errors import DataError, ParameterError
from helpers.index import units
from helpers.index.catalog import Index
from helpers.methods.robust import Inputs
from helpers.tables.built import materials
from helpers.tables.headline import Headlines, Parts, open_headlines


def look_up(
    name: str, unit_set: str | None = None, years: Sequence[int] | None = None
) -> list[Inputs]:
    """Return the scores and the structure of one or several years of an index.

    Parameters
    ----------
    name
        The index's name.
    unit_set
        None for that of the index's default unit.
    years
        None for the newest full table.

    Raises
    ------
    ParameterError
        When the index, unit set or year is unknown.
    DataError
        When its tables have not been made, or hold the headline alone.
    """
    headlines = open_headlines(name)
    return frames(headlines, *_choose(headlines, unit_set, years))


def frames(headlines: Headlines, unit_set: str, years: Sequence[int]) -> list[Inputs]:
    """Return the scores and the structure of one or several years, on the same parts.

    Returns
    -------
    list of Inputs
        Scores by unit and part. The structure is the scheme's own where all years share one
        and every finest indicator is known; else the parts with their weights, under the
        headline. Of an index that is built: its raw values, structure and choices.

    Raises
    ------
    DataError
        When a table is not full, or holds the headline alone: there is nothing to vary.
    """
    index = headlines.index
    if index.spec.build is not None:
        return [_materials(headlines, unit_set, year) for year in years]
    taken = headlines.take_apart(unit_set, *years)
    if len(taken[0].weights) < 2:
        raise DataError(
            f"{index.name}: of {unit_set} {', '.join(map(str, years))} only the headline is known "
            "of all units; other choices need two parts at least"
        )
    schemes = {index.scheme(year) for year in years}
    whole = len(schemes) == 1 and not taken[0].held
    return [
        Inputs(
            parts.scores,
            _tree(index, *schemes) if whole else _flat(index.headline, parts),
            target=index.headline,
            scored=True,
        )
        for parts in taken
    ]


def _materials(headlines: Headlines, unit_set: str, year: int) -> Inputs:
    """Return the raw values of an index that is built, and how it is built."""
    rows = headlines.published
    rows = rows[rows["measure"] == "value"]
    values = rows[(rows["unit_set"] == unit_set) & (rows["year"] == year)]
    return materials(headlines.index, units.load(headlines.index), values, year)


def divisible(headlines: Headlines, unit_set: str, *years: int) -> bool:
    """Tell whether a table holds more than the headline, so that choices can be varied."""
    if headlines.index.spec.build is not None:
        return True
    return len(headlines.take_apart(unit_set, *years)[0].weights) > 1


def _flat(headline: str, parts: Parts) -> pd.DataFrame:
    return pd.DataFrame(
        {"indicator": parts.weights.index, "parent": headline, "weight": parts.weights.to_numpy()}
    )


def _tree(index: Index, scheme: str) -> pd.DataFrame:
    """Return the scheme's rows below the headline.

    Directions are left out: the parts have been turned already.
    """
    edges = index.structure.edges(scheme, below=index.headline)
    return pd.DataFrame(
        [{"indicator": row.indicator, "parent": row.parent, "weight": w} for row, w in edges]
    )


def _choose(
    headlines: Headlines, unit_set: str | None, years: Sequence[int] | None
) -> tuple[str, Sequence[int]]:
    """Fill in the unit set and year that were left open, and refuse unknown ones."""
    index = headlines.index
    if unit_set is None:
        unit_set = units.default_set(index, max(years or index.years))
    known = sorted({one for one, _year in headlines.full})
    if unit_set not in known:
        raise ParameterError(
            f"no full table of unit set {unit_set!r} in {index.name}; there are: {', '.join(known)}"
        )
    there = [year for one, year in headlines.full if one == unit_set]
    for year in years or ():
        if year not in there:
            raise ParameterError(
                f"no full table of {unit_set} in {year} in {index.name}; years with one: "
                f"{', '.join(map(str, there))}"
            )
    return unit_set, years or [max(there)]
