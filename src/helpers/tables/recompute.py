"""Published headlines against those that follow from their published indicators."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.index.catalog import Index
from helpers.tables.score import forms

_GROUP = ["unit_set", "year"]


def compare_with_published(index: Index, scored: pd.DataFrame) -> pd.DataFrame:
    """Recompute the headline where all finest indicators are published, and compare.

    A scheme that gives the headline no parts has nothing to compare it with.

    Returns
    -------
    DataFrame
        unit_set, year, unit, ``score`` as published, ``recomputed``, ``low`` and ``high``: what
        may be published, so that its interval and that of the recomputed score meet, ``blur``:
        half the printed unit, and ``within``: whether it is between low and high.
    """
    compared = []
    rows = scored[scored["status"] == "published"]
    # Beyond rounding: scores computed in single precision agree to a few digits only.
    allowed = index.spec.tolerance
    year: Any
    for (unit_set, year), group in rows.groupby(_GROUP):
        form = forms(index, index.scheme(int(year))).loc[index.headline]
        wide: Any = group.pivot(index="unit", columns="indicator", values=["low", "score", "high"])
        if index.headline in form.index or index.headline not in wide["score"]:
            continue
        if not set(form.index) <= set(wide["score"]):
            continue
        needed = wide.loc[:, [("score", name) for name in (*form.index, index.headline)]]
        whole: Any = wide[needed.notna().all(axis="columns")]
        ends = {end: whole[end][form.index] @ form for end in ("low", "score", "high")}
        at = {end: whole[end][index.headline] for end in ("low", "score", "high")}
        totals = pd.DataFrame(
            {
                "unit_set": unit_set,
                "year": year,
                "score": at["score"],
                "low": ends["low"] - (at["high"] - at["score"]) - allowed,
                "recomputed": ends["score"],
                "high": ends["high"] + (at["score"] - at["low"]) + allowed,
                "blur": (at["high"] - at["low"]) / 2 + allowed,
            }
        ).reset_index()
        compared.append(
            totals.assign(within=totals["score"].between(totals["low"], totals["high"]))
        )
    columns = ["unit_set", "year", "unit", "score", "low", "recomputed", "high", "blur", "within"]
    return pd.concat(compared)[columns] if compared else pd.DataFrame(columns=columns)
