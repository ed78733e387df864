"""What the publisher's sampling errors leave open: confidence sets of ranks and rank changes.

A rank set of the table ``ranks`` knows of rounding only. Where standard errors of the scores are
published, the sets here say which ranks the true scores can have, and how far they can have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from helpers import tables
from helpers.index import units
from helpers.index.catalog import Index
from helpers.methods.infer import change_sets, level_of_each, rank_confidence_sets
from helpers.methods.infer.sets import Kind
from helpers.methods.ranking import competition_ranks
from helpers.tables import rank
from helpers.tables.clean.errors import STANDARD_ERROR

LEVEL = 0.95
TABLES = ("rank_confidence", "change_confidence")
_CELL = ["unit_set", "year", "indicator"]
_KEY = [*_CELL, "unit"]
_KINDS: tuple[Kind, ...] = ("marginal", "simultaneous")
# Up to so many units sets need no plain draws.
_EXACT = {"marginal": 500, "simultaneous": 80}

Cells = dict[tuple[str, int, str], pd.DataFrame]
"""By unit set, year and indicator: units by score (turned so that more is better), std_error."""


def confidence_tables(index: Index, level: float = LEVEL) -> dict[str, pd.DataFrame]:
    """Return ``rank_confidence`` and ``change_confidence``; nothing of an index without errors.

    Sets are made for each indicator and year in which the whole table's scores are known and any
    of them has a standard error. Units without one may have any rank, for all that is known.

    Parameters
    ----------
    level
        Chance that a unit's own set holds its true rank or change (``marginal``), or that all
        units' sets of the indicator do at once (``simultaneous``).

    Raises
    ------
    DataError
        When the tables they are made from have not been made.
    """
    if not index.sampled:
        return {}
    published = tables.read(index.name, "published")
    everybody = units.load(index)
    ranked = rank.ranks(index, everybody, tables.read(index.name, "intervals"), published)
    changed = tables.read(index.name, "changes")
    cells = find_cells(ranked, standard_errors(index, published))
    names = {code: unit.name for code, unit in everybody.by_code.items()}
    made = {
        "rank_confidence": ranks_table(cells, level),
        "change_confidence": changes_table(cells, changed, level),
    }
    return {
        name: table.assign(index=index.name, unit_name=table["unit"].map(names), level=level)
        for name, table in made.items()
    }


def standard_errors(index: Index, published: pd.DataFrame) -> pd.Series:
    """Return the published standard errors of the scores that are used, by the key of a score.

    Where several tables give a score the first one's counts, and so does its error, not another's.
    """
    rows = published.assign(
        trust=published["file"].map(index.trust), doubt=published["confidence"] != "high"
    ).sort_values(["trust", "doubt", "row"])
    used = rows[rows["measure"] == "score"].drop_duplicates(_KEY)
    given = rows[rows["measure"] == STANDARD_ERROR].drop_duplicates([*_KEY, "file", "row"])
    found = used.merge(given, on=[*_KEY, "file", "row"], suffixes=("_score", ""))
    return found.set_index(_KEY)["value"].rename("std_error")


def find_cells(ranked: pd.DataFrame, errors: pd.Series) -> Cells:
    """Return the tables of scores that are full and have standard errors.

    Parameters
    ----------
    ranked
        What `helpers.tables.rank.ranks` returns.
    errors
        What `standard_errors` returns.
    """
    scored = ranked[ranked["full"] & ranked["score"].notna()].join(errors, on=_KEY)
    cells: Cells = {}
    group: Any
    for group, rows in scored.groupby(_CELL, sort=True):
        if rows["std_error"].notna().any():
            turned = rows.assign(score=rows["score"] * rows["direction"]).set_index("unit")
            cells[str(group[0]), int(group[1]), str(group[2])] = turned[["score", "std_error"]]
    return cells


def confidence_sets(cell: pd.DataFrame, kind: Kind, level: float) -> pd.DataFrame:
    """Return lower, rank and upper of all units of a cell.

    A unit without a standard error may have any rank, and so may stand on either side of every
    other.
    """
    known = cell.dropna()
    exact = len(known) <= _EXACT[kind]
    sets = rank_confidence_sets(
        known["score"], known["std_error"], level=level, kind=kind,
        draws=None if exact else draws_for(len(known)),
    ).reindex(cell.index)  # fmt: skip
    sets["rank"] = competition_ranks(cell["score"])
    sets["lower"] = sets["lower"].fillna(1)
    sets["upper"] = (sets["upper"] + len(cell) - len(known)).fillna(len(cell))
    return sets.astype("int64")


def draws_for(units: int) -> int:
    """Return how many draws simultaneous sets are made from: fewer where each costs more."""
    return min(100_000, max(10_000, 150_000_000 // units**2))


def ranks_table(cells: Cells, level: float) -> pd.DataFrame:
    """Return the table ``rank_confidence``, but for what depends on the index."""
    found = []
    for (unit_set, year, indicator), cell in cells.items():
        sets = {kind: confidence_sets(cell, kind, level) for kind in _KINDS}
        table = cell[["std_error"]].assign(
            unit_set=unit_set, year=year, indicator=indicator, rank=sets["marginal"]["rank"]
        )
        found.append(_bounded(table, sets))
    return _together(found, ["unit_set", "year", "indicator", "std_error", "rank"])


def changes_table(cells: Cells, changed: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the table ``change_confidence``, but for what depends on the index.

    Parameters
    ----------
    changed
        The table ``changes``: which years are compared.
    """
    years = ["unit_set", "year_from", "year_to", "indicator"]
    pairs = [
        pair
        for pair in changed[years].drop_duplicates().itertuples(index=False, name=None)
        if {(pair[0], pair[1], pair[3]), (pair[0], pair[2], pair[3])} <= cells.keys()
    ]
    needed = {(pair[0], year, pair[3]) for pair in pairs for year in pair[1:3]}
    sets = {
        (key, kind): confidence_sets(cells[key], kind, level_of_each(level))
        for key in sorted(needed)
        for kind in _KINDS
    }
    found = []
    for unit_set, year_from, year_to, indicator in pairs:
        ends = (unit_set, year_from, indicator), (unit_set, year_to, indicator)
        moved = {kind: change_sets(*(sets[key, kind] for key in ends)) for kind in _KINDS}
        table = moved["marginal"][["change"]].assign(
            unit_set=unit_set, year_from=year_from, year_to=year_to, indicator=indicator
        )
        found.append(_bounded(table, moved))
    return _together(found, [*years, "change"])


def _bounded(table: pd.DataFrame, sets: dict[Kind, pd.DataFrame]) -> pd.DataFrame:
    for kind, bounds in sets.items():
        table[f"{kind}_low"], table[f"{kind}_high"] = bounds["lower"], bounds["upper"]
    return table.rename_axis("unit").reset_index()


def _together(found: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    ends = [f"{kind}_{end}" for kind in _KINDS for end in ("low", "high")]
    return pd.concat(found) if found else pd.DataFrame(columns=["unit", *columns, *ends])


def summarise_ranks(made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how wide the sets of each year's ranks are, and how many hold one rank only."""
    table = made["rank_confidence"]
    return _summarise(table, [*_CELL], {"certain": lambda low, high: low == high})


def summarise_changes(made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how wide the sets of the changes are, and how many exclude that nothing moved."""
    table = made["change_confidence"]
    years = ["unit_set", "year_from", "year_to", "indicator"]
    return _summarise(table, years, {"beyond": lambda low, high: (low > 0) | (high < 0)})


def _summarise(
    table: pd.DataFrame, by: list[str], tests: dict[str, Callable[[Any, Any], Any]]
) -> pd.DataFrame:
    measured = {"units": ("unit", "size")}
    for kind, name in zip(_KINDS, ("alone", "at_once"), strict=True):
        low, high = table[f"{kind}_low"], table[f"{kind}_high"]
        table = table.assign(**{f"width_{name}": (high - low + 1).astype(float)})
        measured[f"width_{name}"] = (f"width_{name}", "mean")
        for what, test in tests.items():
            table = table.assign(**{f"{what}_{name}": test(low, high).astype("int64")})
            measured[f"{what}_{name}"] = (f"{what}_{name}", "sum")
    return table.groupby(by).agg(**measured).round(1).reset_index()
