"""Index packs for tests: the repository's own index, and small made-up ones, in memory."""

from functools import cache

import pandas as pd

from helpers.index import catalog, units
from helpers.index.catalog import Index
from helpers.tables import rank, score
from helpers.tables.clean import clean
from helpers.tables.headline import Headlines, find_full


@cache
def dti() -> tuple[Index, pd.DataFrame, pd.DataFrame]:
    """The index of the repository, its published figures and its scores with intervals."""
    index = catalog.load("dti")
    published = clean(index).published
    return index, published, score.scores(index, units.load(index), published)


@cache
def dti_headlines() -> Headlines:
    index, published, scored = dti()
    return find_full(index, scored, rank.listed(index, units.load(index), published))


def made_up(tables, schemes, *, half=0.0, pillars=()) -> Headlines:
    """An index of tables (year -> units by indicator, the headline among them) and its schemes.

    `schemes` maps each year to rows (indicator, parent, weight); equal rows are one scheme.
    """
    names: dict[tuple, str] = {}
    years = {
        year: names.setdefault(tuple(rows), f"s{len(names)}") for year, rows in schemes.items()
    }
    structure = [
        {"scheme": name, "indicator": i, "parent": p, "weight": str(w)}
        for rows, name in names.items()
        for i, p, w in [("overall", "", ""), *rows]
    ]
    spec = {
        "headline": "overall",
        "pillars": list(pillars),
        "years": years,
        "schemes": {name: {} for name in names.values()},
    }
    index = Index("made-up", spec)
    index.__dict__["structure"] = structure
    long = [
        table.rename_axis("unit")
        .melt(ignore_index=False, var_name="indicator", value_name="score")
        .reset_index()
        .assign(unit_set="all", year=year)
        for year, table in tables.items()
    ]
    rows = pd.concat(long).dropna(subset="score")
    rows = rows.assign(low=rows["score"] - half, high=rows["score"] + half)
    listed = {("all", year): set(table.index) for year, table in tables.items()}
    return find_full(index, rows, listed)
