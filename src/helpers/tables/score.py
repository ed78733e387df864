"""Indicators to pillars to overall, by the structure table of each year's scheme.

A composite is the weighted arithmetic mean of its children, or their sum where weights are
points, so every indicator is a linear form over the finest indicators. What was not published
stays missing, unless index.yml asks for it by name (``derive``): then a composite can follow from
what was published even where its own children were not, the pillars of 2022 from the overall
score and the activity indices, for instance. It is the one linear combination of published
figures whose form equals its own; with several, the one that rounding blurs least.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.tables.built import built
from helpers.tables.clean.limits import ends_of, of_pairs

_GROUP = ["unit_set", "year"]
# Weights are ratios of small whole numbers: a residue above this is no rounding error.
_EPS = 1e-9


def forms(index: Index, scheme: str) -> pd.DataFrame:
    """Return every indicator of a scheme as a linear form over its finest indicators.

    Returns
    -------
    DataFrame
        One row per indicator, one column per finest indicator. A row's weights sum to one, or
        are points where the scheme adds points up.
    """
    found = pd.DataFrame.from_dict(index.structure.forms(scheme), orient="index").fillna(0.0)
    return found[[name for name in found.index if name in found]]


def combine(
    known: list[str], half: NDArray[np.float64], scheme_forms: pd.DataFrame, target: str
) -> NDArray[np.float64] | None:
    """Return the coefficients that give an indicator from known ones.

    Parameters
    ----------
    known
        The indicators whose figures are published.
    half
        Their half-units of rounding, shape (len(known),).
    scheme_forms
        The linear forms from :func:`forms`.
    target
        The indicator wanted.

    Returns
    -------
    array of shape (len(known),) or None
        Among all combinations equal to the target's form the one with the narrowest interval
        (a linear programme: least sum of ``abs(coefficient) * half``); None if there is none.
    """
    if not known:
        return None
    basis = scheme_forms.loc[known].to_numpy().T
    wanted = scheme_forms.loc[target].to_numpy()
    # Positive and negative parts make the absolute value linear. A finite cost for figures
    # without rounding error keeps the combination short.
    cost = np.maximum(half, _EPS)
    found = scipy.optimize.linprog(
        np.concatenate([cost, cost]), A_eq=np.hstack([basis, -basis]), b_eq=wanted, bounds=(0, None)
    )
    if not found.success:
        return None
    split = len(known)
    coefficients = found.x[:split] - found.x[split:]
    if np.abs(basis @ coefficients - wanted).max() > _EPS:
        return None
    return np.where(np.abs(coefficients) < _EPS, 0.0, coefficients)


def scores(index: Index, units: Units, published: pd.DataFrame) -> pd.DataFrame:
    """Return all scores of an index, published and derived, each with its interval.

    Parameters
    ----------
    published
        The table of that name.

    Returns
    -------
    DataFrame
        The columns of the table ``scores``, and ``low`` and ``high``: the interval of the
        unrounded score that follows from the half-units of its published inputs.
    """
    if index.spec.build is not None:
        return _named(index, units, built(index, units, published))
    first = _first(index, published)
    groups: Any = first.groupby(_GROUP, sort=True)
    derived = [_composites(index, *group) for group in groups]
    scored = pd.concat([first, *derived], ignore_index=True)
    scored = pd.concat([scored, _averages(index, units, scored)], ignore_index=True)
    return _named(index, units, scored)


def _named(index: Index, units: Units, scored: pd.DataFrame) -> pd.DataFrame:
    names = {code: unit.name for code, unit in units.by_code.items()}
    return scored.assign(
        index=index.name,
        scheme=scored["year"].map(index.schemes),
        unit_name=scored["unit"].map(names),
    )


def _first(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Return one published score per unit, year and indicator: that of the first table."""
    rows = published[published["measure"] == "score"].assign(
        trust=lambda f: f["file"].map(index.trust), doubt=lambda f: f["confidence"] != "high"
    )
    rows = rows.sort_values(["trust", "doubt", "row"])
    rows = rows.drop_duplicates([*_GROUP, "unit", "indicator"]).rename(columns={"value": "score"})
    half = half_units(index, rows["year"], rows["indicator"])
    low, high = ends_of(index, rows["indicator"])
    return rows.assign(
        status="published",
        low=(rows["score"] - half).clip(lower=low),
        high=(rows["score"] + half).clip(upper=high),
    )[[*_GROUP, "unit", "indicator", "score", "status", "source", "low", "high"]]


def half_units(index: Index, year: pd.Series, indicator: pd.Series) -> pd.Series:
    """Return half a unit of the last published decimal of each figure; 0 where it is exact."""
    half = {
        (scheme, name): 0.5 * 10.0**-places
        for (scheme, name), places in index.structure.decimals.items()
        if not index.is_exact(name)
    }
    schemes = index.schemes
    return of_pairs(year, indicator, lambda one, name: half.get((schemes[one], name), 0.0))


def _composites(index: Index, group: tuple[str, int], rows: pd.DataFrame) -> pd.DataFrame:
    """Return the composites of one unit set and year that are asked for and were not published."""
    unit_set, year = group
    scheme = index.scheme(year)
    composites = [name for name in index.structure.children(scheme) if name in index.spec.derive]
    if not composites:
        return rows.iloc[:0]
    scheme_forms = forms(index, scheme)
    value = rows.pivot(index="unit", columns="indicator", values="score")
    low = rows.pivot(index="unit", columns="indicator", values="low")
    high = rows.pivot(index="unit", columns="indicator", values="high")
    half = half_units(
        index, pd.Series(year, index=value.columns), value.columns.to_series()
    ).to_numpy()
    found = []
    # Units that share which figures are known share the coefficients.
    for pattern, members in value.groupby(value.notna().apply(tuple, axis=1)):
        mask = np.array(pattern)
        known = list(value.columns[mask])
        for target in composites:
            if target in known:
                continue
            c = combine(known, half[mask], scheme_forms, target)
            if c is None:
                continue
            at = members.index
            ends = low.loc[at, known].to_numpy(), high.loc[at, known].to_numpy()
            used = [name for name, one in zip(known, c, strict=True) if one]
            found.append(
                pd.DataFrame(
                    {
                        "unit_set": unit_set,
                        "year": year,
                        "unit": at,
                        "indicator": target,
                        "score": members[known].to_numpy() @ c,
                        "status": "derived",
                        "source": "from " + ", ".join(used),
                        "low": np.where(c > 0, ends[0], ends[1]) @ c,
                        "high": np.where(c > 0, ends[1], ends[0]) @ c,
                    }
                )
            )
    return pd.concat(found) if found else rows.iloc[:0]


def _averages(index: Index, units: Units, scored: pd.DataFrame) -> pd.DataFrame:
    """Return scores of units for years in which only their members were scored."""
    found = []
    for rule in index.spec.derived:
        whole = [
            unit
            for unit in units.of(rule.unit_set)
            if all(len(units.made_of(one, [unit.unit_set])) == 1 for one in unit.members)
        ]  # nobody knows which share of a split unit's score is whose
        members = {member: unit.code for unit in whole for member in unit.members}
        size = pd.Series(members).value_counts()
        rows = scored[(scored["unit_set"] == rule.from_) & scored["year"].isin(rule.years)]
        groups = rows.assign(unit=rows["unit"].map(members)).groupby(["year", "unit", "indicator"])
        means = groups[["score", "low", "high"]].mean()
        complete = groups.size() == size.reindex(means.index.get_level_values("unit")).to_numpy()
        found.append(
            means[complete].reset_index().assign(
                unit_set=rule.unit_set,
                status="derived",
                source=f"simple average of the members among the {rule.from_}",
            )
        )  # fmt: skip
    return pd.concat(found) if found else scored.iloc[:0]
