"""What speaks against a table: columns against each other, and units that went.

Columns that were swapped, shifted, filled down or sorted by themselves hold well-formed figures.
Such a mistake shows where the same figures stand elsewhere: in another table, in ranks published
singly, in printed totals, in the year before, or in a run of equal cells. What a single table of
one year holds only once cannot be told from a sound one.
"""

from __future__ import annotations

from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.index.catalog import Index
from helpers.tables.disagreements import DIFFER, column_of
from helpers.tables.recompute import find_moved

_CELL = ["unit_set", "year", "indicator"]
_KEY = [*_CELL, "unit"]
_SHOWN = 5  # who mends these finds the others the same way
_FEWEST = 10
"""Units in a year below which an order is no evidence."""
_TOLD = 3
"""Figures printed elsewhere below which their contradiction is no evidence."""
# In standard errors of a correlation of ranks. In 556 pairs of columns and 248 columns of
# published tables, sound all of them, the least were -1.5 and -1.0.
_SWAPPED, _SHIFTED = -2.5, -2.5
# Log ratio of the mean distances to the year before, swapped and as they stand; least -0.26.
_CLOSER = -0.4
_BY_CHANCE = 1e-3
"""How likely a run of equal cells may be before it counts as filled down."""

Floats = NDArray[np.float64]


def doubts(index: Index, published: pd.DataFrame, compared: pd.DataFrame) -> list[str]:
    """Return what speaks against an index's own tables, a line each.

    Parameters
    ----------
    published
        The table of that name.
    compared
        What :func:`helpers.tables.disagreements.compare` returns.
    """
    figures = published["measure"].isin(["score", "value"])
    complete = published["file"].isin(index.complete)
    own = published[complete & figures]
    lines = [
        *_against_other_tables(index, own, published),
        *_against_single_ranks(compared),
        *find_moved(index, own, compared),
        *_gone(index, published[complete], set(published["year"])),
    ]
    for _set, rows in own.groupby("unit_set", sort=False):
        years: dict[int, list[_Year]] = {}
        by_file: Any = rows.groupby(["year", "file"], sort=True)
        for (year, _file), table in by_file:
            years.setdefault(int(year), []).append(_Year(table))
        lines += [
            line for year in years for one in years[year] for line in _within(index, year, one)
        ]
        for before, after in pairwise(years):
            for old, new in product(years[before], years[after]):
                lines += _since(index, before, old, after, new)
    return lines


class _Year:
    """A table's scores of one year: units in the order of the rows, a column per indicator."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.file = str(rows["file"].iloc[0])
        order = rows.groupby("unit")["row"].min().sort_values().index
        wide = rows.pivot_table(index="unit", columns="indicator", values="value", aggfunc="first")
        self.scores = wide.loc[order]
        self.names = rows.drop_duplicates("unit").set_index("unit")["unit_name"].to_dict()
        self.raw = set(rows.loc[rows["measure"] == "value", "indicator"])
        called = [str(self.names[unit]).casefold() for unit in order]
        self.by_name = called == sorted(called)


def _against_other_tables(index: Index, own: pd.DataFrame, published: pd.DataFrame) -> list[str]:
    scores = published[(published["measure"] == "score") & (published["confidence"] == "high")]
    both = own.merge(scores, on=_KEY, suffixes=("", "_other"))
    both = both[both["file"] != both["file_other"]]
    both["apart"] = ~np.isclose(both["value"], both["value_other"], rtol=1e-3, atol=0)
    lines = []
    key = ["file", "indicator", "year", "file_other"]
    names: Any
    for names, group in both.groupby(key):
        file, indicator, year, other = names
        if len(group) >= _TOLD and group["apart"].mean() > 0.5:
            lines.append(
                f"{file}, {column_of(index, file, 'score', indicator)}, {year}: {other} prints "
                f"other figures in {group['apart'].sum()} of {len(group)} cells; is the column "
                "that of another indicator, or are its rows shifted?"
            )
    return lines


def _against_single_ranks(compared: pd.DataFrame) -> list[str]:
    single = compared[~compared["own"] & (compared["measure"] == "rank")]
    lines = []
    names: Any
    for names, group in single.groupby(["year", "indicator"]):
        off = (group["verdict"] == DIFFER).sum()
        if off >= _TOLD and off * 2 > len(group):
            lines.append(
                f"{group['index'].iloc[0]} {names[0]}, {names[1]}: {off} of {len(group)} ranks "
                "published singly contradict the scores; are the columns it rests on those of "
                "other indicators, or their rows shifted?"
            )
    return lines


def _gone(index: Index, complete: pd.DataFrame, known: set[int]) -> list[str]:
    """Name the units that a year lacks and the year before had, and the years without a row."""
    lines = []
    for unit_set, rows in complete.groupby("unit_set"):
        by_year: Any = rows.groupby("year")
        years = {int(year): table.set_index("unit") for year, table in by_year}
        for before, after in pairwise(years):
            old, new = years[before], years[after]
            gone = old.loc[~old.index.isin(new.index), "unit_name"].sort_index().unique()
            more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
            lines += [
                f"{', '.join(new['file'].unique())}: {after} has no row of "
                f"{', '.join(gone[:_SHOWN])}{more}, as {before} has"
            ] * bool(len(gone))
        files = ", ".join(rows["file"].unique())
        lines += [
            f"{files}: no row of {year}, which index.yml lists"
            for year in index.years
            if year not in years and unit_set in index.unit_sets(year)
            # Before the first complete table of a unit set others may have printed some figures.
            if year > min(years) or year not in known
        ]
    return lines


def _within(index: Index, year: int, one: _Year) -> list[str]:
    """Look for a column filled down, or sorted without the others, in one year's rows."""
    lines, scores = [], one.scores
    if len(scores) < _FEWEST:
        return []
    in_order = [name for name in scores if _is_sorted(scores[name])]
    for name in scores:
        column = column_of(index, one.file, "score", str(name))
        length, value = _longest_run(scores[name])
        if length and not (name in one.raw and _is_shared(scores[name], value)):
            lines.append(
                f"{one.file}, {column}, {year}: {length} rows one below the other hold {value:g}; "
                "was a cell filled down?"
            )
    if one.by_name and in_order:
        called = " and ".join(column_of(index, one.file, "score", str(name)) for name in in_order)
        lines.append(
            f"{one.file}, {called}, {year}: in order, though the rows are in that of the names; "
            "was it sorted by itself?"
        )
    for a, b in combinations([] if one.by_name else in_order, 2):
        x, y = (scores[name].to_numpy(float) for name in (a, b))
        if abs(np.corrcoef(x, y)[0, 1]) > 0.9999:
            continue  # the same figures twice
        called = " and ".join(column_of(index, one.file, "score", str(name)) for name in (a, b))
        lines.append(
            f"{one.file}, {called}, {year}: both run in the order of the rows; was one of them "
            "sorted by itself?"
        )
    return lines


def _is_shared(column: pd.Series, value: float) -> bool:
    """Tell whether a raw figure is that of a group, whose units stand together more than once."""
    values = column.to_numpy(float)
    runs = np.split(values, np.flatnonzero(values[1:] != values[:-1]) + 1)
    return len([run for run in runs if len(run) > 2 and run[0] == value]) > 1


def _is_sorted(column: pd.Series, distinct: float = 0.8) -> bool:
    known = column.dropna()
    if len(known) < _FEWEST or known.nunique() < distinct * len(known):
        return False
    return known.is_monotonic_increasing or known.is_monotonic_decreasing


def _longest_run(column: pd.Series) -> tuple[int, float]:
    """Return length and value of the least likely run of equal cells; 0 if chance explains all."""
    values = column.to_numpy(float)
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    lengths = np.diff(np.r_[starts, len(values)])
    counts = column.map(column.value_counts()).to_numpy(float)[starts]
    # Caps and floors of a scale come in blocks where rows are sorted by something related.
    inside = (values[starts] > np.nanmin(values)) & (values[starts] < np.nanmax(values))
    if _is_sorted(column, 0.0):
        # Equal figures stand together here by themselves: odd is one run far above all others, or
        # a longest one before a step as wide as its rows would have taken.
        first = int(np.argmax(lengths))
        length, second = int(lengths[first]), int(np.partition(lengths, -2)[-2])
        steps = np.abs(np.diff(values[starts]))
        wide = length > second and inside[first] and steps[first] > 0.8 * length * np.median(steps)
        odd = inside[first] and length > 3 and (length >= 3 * second or wide)
        return (length, float(values[starts][first])) if odd else (0, 0.0)
    share = (counts - lengths + 1) / (len(values) - lengths + 1)
    odds = np.where(inside & (lengths > 3), len(values) * share ** (lengths - 1), 1.0)
    least = int(np.argmin(odds))
    return (int(lengths[least]), float(values[starts][least])) if odds[least] < _BY_CHANCE else (
        0, 0.0
    )  # fmt: skip


def _since(index: Index, before: int, old: _Year, after: int, new: _Year) -> list[str]:
    """Look for columns that resemble another one's year before more than their own."""
    units = new.scores.index[new.scores.index.isin(old.scores.index)]
    names = [name for name in new.scores if name in old.scores]
    if len(units) < _FEWEST:
        return []
    now = new.scores[names].loc[units]
    then = old.scores[names].loc[units]
    error = 1.0 / np.sqrt(len(units) - 3.0)
    likeness = _likeness(now, then)
    own = np.diag(likeness)
    distance = np.array([[(now[a] - then[b]).abs().mean() for b in names] for a in names])
    lines = []
    for i, j in combinations(range(len(names)), 2):
        gain = (own[i] + own[j] - likeness[i, j] - likeness[j, i]) / error
        crossed, straight = distance[i, j] + distance[j, i], distance[i, i] + distance[j, j]
        closer = np.log(crossed / straight) if crossed > 0 < straight else 0.0
        clear = likeness[i, j] > own[i] and likeness[j, i] > own[j] and closer < 0.05
        if (clear and gain <= _SWAPPED) or (closer <= _CLOSER and gain < 0):
            a, b = (column_of(index, new.file, "score", str(names[k])) for k in (i, j))
            lines.append(
                f"{new.file}, {a} and {b}: between {before} and {after} each resembles the other "
                "more than itself; are the two swapped in one of the years?"
            )
    for year, one, other in ((before, old, new), (after, new, old)):
        lines += _shifted(index, year, one, names, other)
    return lines


def _shifted(index: Index, year: int, one: _Year, names: list[Any], other: _Year) -> list[str]:
    """Look for columns that fit another year better when moved by one row."""
    lines = []
    ahead = other.scores[names].reindex(one.scores.index)
    both = ahead.notna().any(axis="columns").to_numpy()
    if both.sum() < _FEWEST:
        return []
    error = 1.0 / np.sqrt(both.sum() - 3.0)
    straight = np.diag(_likeness(one.scores.loc[both, names], ahead[both]))
    for step in (1, -1):
        moved = one.scores[names].shift(step)
        shifted = np.diag(_likeness(moved[both], ahead[both]))
        for name, was, now in zip(names, straight, shifted, strict=True):
            if (was - now) / error <= _SHIFTED:
                column = column_of(index, one.file, "score", str(name))
                lines.append(
                    f"{one.file}, {column}, {year}: fits the other year better moved "
                    f"{'down' if step > 0 else 'up'} by one row; are its rows shifted?"
                )
    return lines


def _likeness(left: pd.DataFrame, right: pd.DataFrame) -> Floats:
    """Return Fisher's z of the rank correlation of each column with each, shape (p, q)."""
    a, b = (
        table.rank().sub(table.rank().mean()).fillna(0.0).to_numpy(float) for table in (left, right)
    )
    norms = np.outer(np.linalg.norm(a, axis=0), np.linalg.norm(b, axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(norms > 0, a.T @ b / norms, 0.0)
    z: Floats = np.arctanh(np.clip(correlation, -0.99, 0.99))
    return z
