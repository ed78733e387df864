"""Published headlines against those that follow from their published indicators."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import Index
from helpers.tables.score import forms

_GROUP = ["unit_set", "year"]
_SHOWN = 5  # who mends these finds the others the same way


def compare_with_published(index: Index, scored: pd.DataFrame) -> pd.DataFrame:
    """Recompute the headline where all finest indicators are published, and compare.

    Returns
    -------
    DataFrame
        unit_set, year, unit, ``score`` as published, ``recomputed``, and ``within``: whether
        the interval of the recomputed score meets that of the published one.
    """
    found = []
    rows = scored[scored["status"] == "published"]
    # Beyond rounding: scores computed in single precision agree to a few digits only.
    allowed = index.spec.tolerance
    year: Any
    for (unit_set, year), group in rows.groupby(_GROUP):
        form = forms(index, index.scheme(int(year))).loc[index.headline]
        wide: Any = group.pivot(index="unit", columns="indicator", values=["low", "score", "high"])
        if not set(form.index) <= set(wide["score"]) or index.headline not in wide["score"]:
            continue
        needed = wide.loc[:, [("score", name) for name in (*form.index, index.headline)]]
        whole: Any = wide[needed.notna().all(axis="columns")]
        ends = {end: whole[end][form.index] @ form for end in ("low", "score", "high")}
        at = {end: whole[end][index.headline] for end in ("low", "score", "high")}
        found.append(
            pd.DataFrame(
                {
                    "unit_set": unit_set,
                    "year": year,
                    "score": at["score"],
                    "recomputed": ends["score"],
                    "within": (ends["low"] <= at["high"] + allowed)
                    & (ends["high"] >= at["low"] - allowed),
                }
            ).reset_index()
        )
    columns = ["unit_set", "year", "unit", "score", "recomputed", "within"]
    return pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)


def confirm_published(index: Index, scored: pd.DataFrame) -> pd.DataFrame:
    """Return :func:`compare_with_published`, all of it within.

    Raises
    ------
    DataError
        When a published headline does not follow from its indicators; a line for each of the
        first names file, unit, year, both figures and the mend.
    """
    check = compare_with_published(index, scored)
    key = [*_GROUP, "unit"]
    rows = scored[(scored["indicator"] == index.headline) & (scored["status"] == "published")]
    off: Any = check[~check["within"].astype(bool)].merge(
        rows[[*key, "unit_name", "source"]], on=key
    )
    lines = [
        f"{row.source}: {row.unit_name}, {row.year}: {index.headline} is published as "
        f"{row.score:.10g}, but its indicators give {row.recomputed:.6g}; correct the cell, then "
        f"`make record-raw`, or raise `tolerance` in data/raw/{index.name}/index.yml"
        for row in off.head(_SHOWN).itertuples()
    ]
    if len(off) > _SHOWN:
        lines.append(f"and {len(off) - _SHOWN} more")
    if lines:
        raise DataError("\n".join(lines))
    return check
