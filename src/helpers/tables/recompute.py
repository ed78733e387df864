"""Published headlines against those that follow from their published indicators."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from helpers.index.catalog import Index
from helpers.tables.disagreements import DIFFER, column_of
from helpers.tables.score import forms

_GROUP = ["unit_set", "year"]
_EPS = 1e-9
_FEWEST = 3
"""Totals that differ below which no column is looked for."""


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


def find_moved(index: Index, own: pd.DataFrame, compared: pd.DataFrame) -> list[str]:
    """Name the columns whose figures, moved to other rows or exchanged, give the printed totals.

    Parameters
    ----------
    own
        The scores of the index's own tables, rows of ``published``.
    compared
        What :func:`helpers.tables.disagreements.compare` returns.
    """
    lines = []
    names: Any
    totals: Any
    for names, totals in compared[compared["measure"] == "total"].groupby(_GROUP):
        if (totals["verdict"] == DIFFER).sum() < _FEWEST:
            continue
        unit_set, year = names
        rows = own[(own["unit_set"] == unit_set) & (own["year"] == year)]
        wide = rows.pivot_table(index="unit", columns="indicator", values="value", aggfunc="first")
        form: Any = forms(index, index.scheme(int(year))).loc[index.headline]
        if not set(form.index) <= set(wide):
            continue
        totals = totals[totals["unit"].isin(wide.index)].set_index("unit")
        parts = wide.loc[totals.index, form.index]
        off, most = totals["printed"] - totals["computed"], (totals["high"] - totals["low"]) / 2
        spread = float(most.max()) + _EPS
        found: list[tuple[tuple[Any, ...], str]] = []
        if _same_figures(totals["printed"], totals["computed"], spread):
            found.append(((index.headline,), "in other rows, its figures are"))
        else:
            for name, weight in form[form != 0].items():
                if _same_figures(parts[name] + off / weight, parts[name], spread / abs(weight)):
                    found.append(((name,), "in other rows, its figures give"))
            for a, b in combinations(form.index, 2):
                left = off - (form[a] - form[b]) * (parts[b] - parts[a])
                if (left.abs() <= most + _EPS).all():
                    found.append(((a, b), "exchanged, they give"))
        file = str(rows["file"].iloc[0])
        for pair, how in found:
            called = " and ".join(column_of(index, file, "score", str(name)) for name in pair)
            lines.append(
                f"{file}, {called}, {year}: {how} the totals; were its rows shifted or sorted by "
                "themselves, or was it swapped?"
            )
    return lines


def _same_figures(left: pd.Series, right: pd.Series, spread: float) -> bool:
    """Tell whether two columns hold the same figures in another order."""
    apart = np.sort(left.to_numpy(float)) - np.sort(right.to_numpy(float))
    return bool((np.abs(apart) <= spread).all())
