"""The shapes in which tables are published: wide (a row per unit) and long (a row per figure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.index.catalog import Index, relative
from helpers.index.columns import Cells
from helpers.index.model import Table
from helpers.index.units import Units, where_aliases
from helpers.tables.clean import limits
from helpers.tables.clean.errors import STANDARD_ERROR, read_errors
from helpers.tables.clean.quantity import parse_rank_and_score, parse_year
from helpers.tables.clean.rawtable import Problem, check, column_of, numbers, rows_of

KEY = ["unit_set", "year", "unit", "indicator", "measure", "vs_year"]
MEASURES = ("score", "rank", "rank_change", "score_change", "rank_at_most", "rank_at_least")
# Of all units together; the unit of "highest" is the one that has the highest score.
NATIONAL = ("mean", "mean_change", "highest")
_FIELDS = [*KEY, "value", "value_text", "confidence", "source", "source_date", "file", "row"]

Reader = Callable[[Index, Units, Table, Path], tuple[pd.DataFrame, list[Problem], int]]
"""Reads a table into facts, and returns the problems met and the number of rows read."""


def read_wide(
    index: Index, units: Units, table: Table, path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table with one row per unit (and year) and one column per indicator (and year)."""
    frame = rows_of(table, path)
    style = table.numbers
    expected = {"score": "a number", "rank": "a whole rank from 1", "value": "a number"}
    common = _common(index, units, table, frame, path)
    problems = list(common.problems)
    facts = []
    columns = [(name, *pair) for name in expected for pair in table.wide[name].items()]
    for measure, column, target in columns:
        # A column is an indicator's, or that of an indicator in one year.
        indicator, place = target.indicator, common.frame
        if target.year is not None:
            place = place.assign(year=float(target.year))
        outside = limits.foreign(index, place["year"], indicator) & (measure != "value")
        text = column_of(frame, column, path)
        if measure == "rank":
            told = limits.places(text)
            values = told["low"]
        else:
            values = numbers(text[text != ""], style).reindex(text.index)
        values = values * target.times
        absent = text.isin(table.missing)
        if measure == "score":
            absent |= (values == 0) & limits.zeros_missing(table, column, place["year"])
        low, high = index.scale_of(indicator)
        filled = (text != "") & ~absent
        fits = (
            values.between(low, high) & np.isfinite(values)
            if measure == "score"
            else values.notna()
        )
        fits = limits.is_rank(values, common.most) | told["band"] if measure == "rank" else fits
        # In a complete table a blank is wrong unless declared a mark of a missing figure.
        wrong = ~fits & ~absent & (filled | bool(table.complete))
        phrase: Any = expected[measure] + f" from {low:g} to {high:g}" * (measure == "score")
        if measure == "rank":
            phrase = phrase + common.most.map(
                lambda most: f" to {most:g}, the number of units; or leave the column out of ranks"
            )
        beyond = wrong & np.isfinite(values) & (measure == "score")
        mend = f"correct the cell, or say `scales: {{{indicator}: [0, null]}}` in index.yml"
        problems += check(frame, column, beyond & ~outside, phrase, mend)
        problems += check(frame, column, wrong & ~beyond & ~outside, phrase)
        problems += limits.signs(frame, column, filled & ~wrong, text, target.percent)
        problems += check(
            frame,
            column,
            filled & outside,
            f"nothing: structure.csv has no {indicator} in that year's scheme",
        )
        place = place.assign(indicator=indicator, value_text=text)
        if measure == "rank":
            facts.append(limits.of_bands(place[filled], told[filled]))
            filled &= ~told["band"]
        facts.append(place.assign(measure=measure, value=values)[filled])
    for column in table.errors:
        given, wrong_cells = read_errors(table, column, frame, path)
        problems += wrong_cells
        target, place = table.scores[column], common.frame
        if target.year is not None:
            place = place.assign(year=float(target.year))
        place = place.assign(indicator=target.indicator, measure=STANDARD_ERROR)
        facts.append(place.join(given, how="inner"))
    found = tidy(pd.concat(facts))
    # Where columns carry the years, a renamed unit may have a row for each of its names.
    twice = found[found.duplicated(KEY, keep=False) & found["unit"].notna()]
    double = frame["row"].isin(twice["row"]) & common.settled
    if table.year is not None:
        double |= common.frame.duplicated(["unit_set", "year", "unit"], keep=False) & common.settled
    column = _column(table.unit)
    problems += check(frame, column, double, "each unit once a year (delete one of its rows)")
    return found, problems, len(frame)


def read_long(
    index: Index, units: Units, table: Table, path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table with one figure per row."""
    frame = rows_of(table, path)
    style = table.numbers
    common = _common(index, units, table, frame, path)
    problems = list(common.problems)
    indicator, indicator_column = _field(table.indicator, "indicator", frame, path)
    indicator = indicator.replace(dict(table.indicator.names) if table.indicator else {})
    unknown = limits.foreign(index, common.frame["year"], indicator)
    problems += check(frame, indicator_column, unknown, "an indicator of that year's scheme")
    measure, measure_column = _field(table.measure, "measure", frame, path)
    measures = NATIONAL if table.national else MEASURES
    problems += check(
        frame, measure_column, ~measure.isin(measures), f"one of {', '.join(measures)}"
    )
    vs_text, vs_column = _field(table.vs_year, "vs_year", frame, path)
    vs_year = years_in(vs_text, index)
    change = measure.str.endswith("_change")
    wrong = vs_year.isna() & (change | (vs_text != "")) | (vs_year >= common.frame["year"])
    problems += check(frame, vs_column, wrong, f"an earlier year of {index.years}")

    text, value_column = _field(table.value, "value", frame, path)
    absent = text.isin(table.missing)
    values = numbers(text.mask(absent, ""), style)
    # A cell such as "17 (0,633)" is two figures; it stands under either's name.
    pairs = text.str.fullmatch(r"\d+\s*\(.+\)") & measure.isin(["rank", "score"])
    both = {"rank": values.copy(), "score": values.copy()}
    for place in text[pairs].index:
        try:
            rank, score = parse_rank_and_score(text[place], style)
        except ValueError:
            continue  # stays without a value and is caught below
        both["rank"][place], both["score"][place] = rank, score.value
    # "101-150" and "201+" are ranks too, but no numbers.
    told = limits.places(text.where((measure == "rank") & ~absent, ""))
    told = told.where(told["band"])
    banded = told["low"].notna()
    low, high = limits.ends_of(index, indicator)
    signed = text.str.endswith("%")
    percent = measure.isin(["score", "mean", "highest"]) & (
        indicator.isin(table.percent) if isinstance(table.percent, tuple) else table.percent
    )
    # Any other share ("+44.6%") is a change in per cent, kept as a share of 1.
    share = signed & ~percent
    fits = pd.DataFrame(
        {
            "score": both["score"].between(low, high) & ~share,
            "rank": (limits.is_rank(both["rank"], common.most) | banded) & ~share,
            "rank_at_most": limits.is_rank(values, common.most) & ~share,
            "rank_at_least": limits.is_rank(values, common.most) & ~share,
            "rank_change": (values % 1 == 0) & (values.abs() < common.most) & ~share,
            "score_change": values.notna(),
            "mean": values.between(low, high) & ~share,
            "highest": values.between(low, high) & ~share,
            "mean_change": values.notna(),
        }
    )
    good = pd.concat([fits[name] & (measure == name) for name in measures], axis=1).any(axis=1)
    good = good.mask(pairs, fits["rank"] & fits["score"])
    wrong = ~good & measure.isin(measures) & ~absent
    for_scores = wrong & share & (measure == "score")
    mend = f"correct the cell, or name the indicator in `percent` of {table.file} in index.yml"
    problems += check(frame, value_column, for_scores, "a number without %", mend)
    problems += check(frame, value_column, wrong & ~for_scores, "a figure that fits its measure")
    for name in indicator[percent].unique():
        filled = percent & (indicator == name) & ~absent & ~wrong
        problems += limits.signs(frame, value_column, filled, text, percent=True)
    single = common.frame.assign(
        indicator=indicator,
        vs_year=vs_year,
        value_text=text,
        measure=measure.mask(share, measure + "_relative"),
        value=values.mask(share, values / 100),
    )
    facts = [single[~pairs & ~banded & ~absent], limits.of_bands(single[banded], told[banded])]
    facts += [single.assign(measure=name, value=value)[pairs] for name, value in both.items()]
    for column in table.errors:
        given, wrong_cells = read_errors(table, column, frame[measure == "score"], path)
        problems += wrong_cells
        place = common.frame.assign(indicator=indicator, measure=STANDARD_ERROR)
        facts.append(place.join(given, how="inner"))
    return tidy(pd.concat(facts)), problems, len(frame)


@dataclass(frozen=True)
class _Common:
    """The columns every layout shares, with the problems met on the way.

    Attributes
    ----------
    settled
        Whether year and unit of a row are known.
    most
        The number of units in the row's unit set, which no rank can exceed.
    """

    frame: pd.DataFrame
    problems: list[Problem]
    settled: pd.Series
    most: pd.Series


def _common(index: Index, units: Units, table: Table, frame: pd.DataFrame, path: Path) -> _Common:
    problems = []
    # Where the columns carry the years, the rows have none.
    years, year_column = _field(table.year, "year", frame, path)
    year = years_in(years, index)
    wrong_year = year.isna() & (table.year is not None)
    problems += check(frame, year_column, wrong_year, f"a year of {index.years}")
    everywhere = index.sets
    given = table.unit_set or Cells(value=everywhere[0])  # the only one where none is named
    unit_set, set_column = _field(given, "unit_set", frame, path)
    sets = {y: index.unit_sets(y) for y in index.years}
    wrong_set = limits.of_pairs(unit_set, year, lambda s, y: s not in sets.get(y, everywhere))
    problems += check(frame, set_column, wrong_set, "a unit set of that year (index.yml)")
    name, unit_column = _field(table.unit, "unit", frame, path)
    skipped = name.isin([one for one in table.skip if isinstance(one, str)])
    skipped |= frame["row"].isin([one for one in table.skip if isinstance(one, int)])
    problems += [
        Problem(row, unit_column, text, "no unit's row (skip in index.yml)", foreseen=True)
        for row, text in zip(frame.loc[skipped, "row"], name[skipped], strict=True)
    ]
    unit = limits.of_pairs(name, unit_set, units.settle).mask(skipped)
    lost = unit.isna() & ~skipped
    if table.national:
        lost &= name != ""
    nearest = {text: ", ".join(units.nearest(text)) or "none" for text in name[lost].unique()}
    problems += check(
        frame,
        unit_column,
        lost & ~wrong_set,
        "a known unit (nearest: " + name.map(nearest).astype(str) + ")",
        f"if it is a spelling of a unit, add it {where_aliases(index)}, else correct the cell",
    )
    settled = pd.DataFrame(
        {
            "unit_set": unit_set,
            "year": year,
            "unit": unit,
            "row": frame["row"],
            "file": relative(path),
            "source": _field(table.source, "source", frame, path)[0]
            if table.source
            else relative(path),
            "source_date": _field(table.source_date, "source_date", frame, path)[0],
            "confidence": _field(
                table.confidence or Cells(value="high"), "confidence", frame, path
            )[0],
        }
    )
    size = {name: float(len(units.of(name))) for name in everywhere}
    most = unit_set.map(size).astype(float).fillna(np.inf)
    return _Common(settled, problems, unit.notna() & ~wrong_year, most)


def _field(
    cells: Cells | None, name: str, frame: pd.DataFrame, path: Path
) -> tuple[pd.Series, str]:
    """Return a field row by row, and its column: a column's, or one value for the whole table.

    A field that index.yml does not give is empty.
    """
    if cells is not None and cells.column is not None:
        return column_of(frame, cells.column, path), cells.column
    return pd.Series((cells and cells.value) or "", index=frame.index, dtype="str"), name


def _column(cells: Cells | None) -> str:
    return (cells and cells.column) or ""


def years_in(text: pd.Series, index: Index) -> pd.Series:
    """Return the years of an index, NaN where a text is none of them; a season is its first."""

    def year(one: str) -> float:
        try:
            found = parse_year(one)
        except ValueError:
            return np.nan
        return float(found) if found in known else np.nan

    known = set(index.years)
    return text.map({one: year(one) for one in text.unique()}).astype(float)


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return facts with the fields of a fact, in their order."""
    return frame.reindex(columns=_FIELDS).reset_index(drop=True)
