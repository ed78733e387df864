"""The claims' codes in the words of a language; the table itself holds no sentences.

``needed`` and ``reading`` hold items joined by ``; ``, alternatives by `` | ``. An item is a
code from the sets below with its values behind colons (``rank:2021``, ``table:2021:63``), and
a reading's number stands behind `` = ``. What is no code (names, years, numbers) stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.tables.claims import (
    AMBIGUOUS,
    BORNE_OUT,
    CONTRADICTED,
    LEFT_OUT,
    UNCHECKABLE,
    VERDICTS,
    WITHIN,
)
from helpers.words import Words


def _names(w: Words) -> dict[str, str]:
    """Return what each verdict is called."""
    return {
        BORNE_OUT: w._("borne out"),
        WITHIN: w._("borne out within rounding"),
        CONTRADICTED: w._("contradicted"),
        AMBIGUOUS: w._("ambiguous"),
        UNCHECKABLE: w._("not checkable"),
        LEFT_OUT: w._("left out"),
    }


def verdict_on(row: Mapping[str, Any], w: Words) -> str:
    """Return the verdict on one claim as a unit's report puts it: what the tables say to it."""
    match row["verdict"]:
        case claim if claim == UNCHECKABLE and pd.isna(row["low"]) and pd.notna(row["vs_year"]):
            return w._("cannot be checked: {year} not known", year=row["vs_year"])
        case claim if claim == UNCHECKABLE:
            return w._("the only source")
        case claim if claim == CONTRADICTED and row["confidence"] != "high":
            return w._("does not fit the tables, as far as these are sure")
        case claim if claim == CONTRADICTED:
            return w._("does not fit the tables")
        case claim if claim == AMBIGUOUS:
            return w._("fits in one reading")
        case claim if claim == WITHIN:
            return w._("fits within rounding")
    return w._("fits")


def say(checked: pd.DataFrame, w: Words) -> pd.DataFrame:
    """Return the claims with ``verdict``, ``needed`` and ``reading`` in words.

    Parameters
    ----------
    checked
        The table ``claims``; its other columns stay as they are.
    """
    return checked.assign(
        verdict=checked["verdict"].map(_names(w)),
        needed=[_worded(text, _needs(w), w) for text in checked["needed"].fillna("")],
        reading=[_worded(text, _readings(w), w) for text in checked["reading"].fillna("")],
    )


def count(checked: pd.DataFrame, w: Words) -> pd.DataFrame:
    """Return how many claims of each measure got each verdict, with totals."""
    table = pd.crosstab(checked["measure"], checked["verdict"])
    table = table.reindex(columns=list(VERDICTS), fill_value=0).rename(columns=_names(w))
    total = w._("in all")
    table[total] = table.sum(axis="columns")
    table.loc[total] = table.sum()
    return table.rename_axis("measure").reset_index()


def _needs(w: Words) -> dict[str, str]:
    return {
        "source": w._("a second source"),
        "source_of_either": w._("a second source for either year"),
        "table": w._("the scores of all {1} units in {0}"),
        "others": w._("the unit's other scores in {0}"),
        "rank": w._("the rank in {0}"),
        "score": w._("the score in {0}"),
        "mean": w._("the mean in {0}"),
    }


def _readings(w: Words) -> dict[str, str]:
    return {
        "percent": w._("if per cent is meant"),
        "points": w._("if points are meant"),
        "list": w._("against the list of {0}"),
    }


def _worded(text: str, phrases: dict[str, str], w: Words) -> str:
    return "; ".join(_item(item, phrases, w) for item in text.split("; "))


def _item(item: str, phrases: dict[str, str], w: Words) -> str:
    first, *others = item.split(" | ")
    code, *value = first.split(" = ")
    kind, *values = code.split(":")
    said = first
    if kind in phrases:
        said = ": ".join([phrases[kind].format(*values), *value])
    for other in others:
        said = w._("{this}, or {that}", this=said, that=_item(other, phrases, w))
    return said
