"""Index packs for tests: the repository's own index, and small made-up ones, in memory."""

from functools import cache

import pandas as pd

from helpers.index import reader, units
from helpers.index.catalog import Index
from helpers.index.model import Spec
from helpers.index.structure import Row, Structure
from helpers.tables import rank
from helpers.tables.headline import Headlines, find_full
from projects import made


def dti() -> tuple[Index, pd.DataFrame, pd.DataFrame]:
    """The index of the repository, its published figures and its scores with intervals."""
    done = made()
    return done.index, done.cleaned.published, done.scored


@cache
def dti_headlines() -> Headlines:
    index, published, scored = dti()
    return find_full(index, scored, rank.listed(index, units.load(index), published))


def index_of(rows, decimals=None, **fields) -> Index:
    """An index in memory, from rows (scheme, indicator, parent, weight) and fields of index.yml."""
    schemes = {scheme: {} for scheme, *_ in rows}
    spec = {
        "label": "Made up", "short": "MU", "unit_words": "units", "headline": "overall",
        "units": "units.csv", "unit_sets": {"all": "all"}, "years": {2024: next(iter(schemes))},
        "schemes": schemes, "tables": [{"file": "t.csv", "year": 2024, "scores": {}}],
    } | fields  # fmt: skip
    structure = (
        Row(number, scheme, indicator, parent, float(weight), decimals=decimals)
        for number, (scheme, indicator, parent, weight) in enumerate(rows, start=2)
    )
    sums = (name for name, one in spec["schemes"].items() if one.get("composite") == "sum")
    return Index("made-up", reader.typed(spec, Spec), Structure(tuple(structure), frozenset(sums)))


def made_up(tables, schemes, *, half=0.0, pillars=()) -> Headlines:
    """An index of tables (year -> units by indicator, the headline among them) and its schemes.

    `schemes` maps each year to rows (indicator, parent, weight); equal rows are one scheme.
    """
    names: dict[tuple, str] = {}
    years = {
        year: names.setdefault(tuple(rows), f"s{len(names)}") for year, rows in schemes.items()
    }
    structure = [
        (name, i, p, w) for rows, name in names.items() for i, p, w in [("overall", "", 1), *rows]
    ]
    index = index_of(structure, pillars=list(pillars), years=years)
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
