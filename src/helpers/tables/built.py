"""An index built from its raw indicators, by the choices that ``build`` in index.yml names.

Other indices are published with their scores; of one that only exists as a method, the raw
indicators are published, and normalisation, imputation, treatment of outliers and
aggregation are named in index.yml. `helpers.methods.robust.build` carries them out.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.methods.robust import Inputs, Normalisation, Options, build

GROUP = "region"
"""The column of the unit table by which ``imputation: group-mean`` groups."""


def built(index: Index, units: Units, published: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of an index and all its levels, built from published raw values.

    The finest indicators come normalised and turned, so that more is better in every row.

    Parameters
    ----------
    published
        The table of that name; its rows with measure ``value`` are used.

    Returns
    -------
    DataFrame
        unit_set, year, unit, indicator, score, status, source, and ``low`` and ``high``,
        both the score itself: a built score is not rounded.

    Raises
    ------
    DataError
        When ``build`` names an unknown choice, or the values do not allow it.
    """
    rows = published[published["measure"] == "value"]
    if rows.empty:
        raise DataError(f"{_where(index)}: build needs a table with `values:` columns; add them")
    found = []
    group: Any
    for group, values in rows.groupby(["unit_set", "year"]):
        unit_set, year = str(group[0]), int(group[1])
        given = materials(index, units, values, year)
        structure = given.structure
        composites = [name for name in structure["parent"].unique() if name]
        try:
            made = build(given)
        except ValueError as error:
            raise DataError(f"{_where(index)}, build: {year}: {error}") from error
        long = made.rename_axis(index="unit").reset_index()
        long = long.melt("unit", var_name="indicator", value_name="score").dropna()
        source = f"built from {len(structure) - structure['indicator'].isin(composites).sum()}"
        found.append(
            long.assign(
                unit_set=unit_set, year=year, status="derived", source=f"{source} indicators",
                low=long["score"], high=long["score"],
            )
        )  # fmt: skip
    return pd.concat(found, ignore_index=True)


def materials(index: Index, units: Units, values: pd.DataFrame, year: int) -> Inputs:
    """Return what one year of an index is built from, as `helpers.methods.robust.build` takes it.

    Parameters
    ----------
    values
        The raw values of one unit set and year, a row per unit and indicator.

    Returns
    -------
    Inputs
        Units by indicator, the scheme's structure, and the choices that ``build`` names.
    """
    data = values.pivot(index="unit", columns="indicator", values="value")
    data[GROUP] = [units.by_code[code].region or None for code in data.index]
    structure = _structure(index, index.scheme(year))
    return Inputs(data, structure, _options(index), index.headline)


def _options(index: Index) -> Options:
    """Return what ``build`` names as the choices of `helpers.methods.robust`."""
    named = dict(vars(index.spec.build))
    try:
        named["normalisation"] = Normalisation(**vars(named["normalisation"]))
        return Options(**named, group=GROUP if named["imputation"] == "group-mean" else None)
    except (TypeError, ValueError) as error:
        raise DataError(f"{_where(index)}, build: {error}") from error


def _structure(index: Index, scheme: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "indicator": row.indicator,
                "parent": row.parent,
                "weight": weight,
                "direction": float(row.direction),
                "denominator": row.denominator or None,
            }
            for row, weight in index.structure.edges(scheme)
        ]
    )


def _where(index: Index) -> str:
    return f"data/raw/{index.name}/index.yml"
