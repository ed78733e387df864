"""The shapes in which tables are published: wide, long, and claims that point at an article."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.catalog import Index, raw, show
from helpers.clean.quantity import parse, parse_change, parse_rank_and_score
from helpers.clean.rawtable import Problem, check, read
from helpers.errors import DataError
from helpers.units import Units

KEY = ["unit_set", "year", "unit", "indicator", "measure", "vs_year"]
MEASURES = ("score", "rank", "rank_change", "score_change", "rank_at_most")
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")  # how programs write 0.000002
_FIELDS = [*KEY, "value", "value_text", "confidence", "source", "source_date", "file", "row"]

Reader = Callable[[Index, Units, dict[str, Any], Path], tuple[pd.DataFrame, list[Problem], int]]
"""Reads a table into facts, and returns the problems met and the number of rows read."""


def read_wide(
    index: Index, units: Units, table: dict[str, Any], path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table with one row per unit (and year) and one column per indicator (and year)."""
    frame = read(path)
    style = table.get("numbers", "en")
    low, high = index.scale
    expected = {
        "score": f"a number from {low:g} to {high:g}",
        "rank": "a whole rank from 1",
        "value": "a number",
    }
    known = {(row["scheme"], row["indicator"]) for row in index.structure}
    common = _common(index, units, table, frame, path)
    problems = list(common.problems)
    facts = []
    for measure, column, target in [
        (measure, *pair) for measure in expected for pair in table.get(measure + "s", {}).items()
    ]:
        # A column is an indicator's, or that of an indicator in one year.
        indicator = target["indicator"] if isinstance(target, dict) else target
        place = common.frame
        if isinstance(target, dict):
            place = place.assign(year=float(target["year"]))
        schemes = place["year"].map(index.scheme, na_action="ignore")
        outside = (
            pd.Series([(s, indicator) not in known for s in schemes], index=frame.index)
            & schemes.notna()
            & (measure != "value")
        )
        text = _column(frame, column, path)
        values = _numbers(text[text != ""], style).reindex(text.index)
        absent = text.isin([str(mark) for mark in table.get("missing", [])])
        if measure == "score" and table.get("zeros") == "missing":
            absent |= values == 0
        filled = (text != "") & ~absent
        fits = values.between(low, high) if measure == "score" else values.notna()
        fits = _is_rank(values) if measure == "rank" else fits
        # In a complete table a blank is wrong unless declared a mark of a missing figure.
        wrong = ~fits & ~absent & (filled | bool(table.get("complete")))
        problems += check(frame, column, wrong & ~outside, expected[measure])
        problems += check(
            frame, column, filled & outside, f"nothing: that year's scheme has no {indicator}"
        )
        facts.append(
            place.assign(indicator=indicator, measure=measure, value=values, value_text=text)[
                filled
            ]
        )
    double = common.frame.duplicated(["unit_set", "year", "unit"], keep=False) & common.settled
    column = table["unit"]["column"]
    problems += check(frame, column, double, "each unit once a year")
    return _tidy(pd.concat(facts)), problems, len(frame)


def read_long(
    index: Index, units: Units, table: dict[str, Any], path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table with one figure per row."""
    frame = read(path)
    style = table.get("numbers", "en")
    common = _common(index, units, table, frame, path)
    problems = list(common.problems)
    indicator = _column(frame, table["indicator"]["column"], path)
    known = {(r["scheme"], r["indicator"]) for r in index.structure}
    schemes = common.frame["year"].map(
        lambda year: index.scheme(int(year)) if pd.notna(year) else None
    )
    indicator = indicator.replace(table["indicator"].get("names", {}))
    pairs = pd.Series(list(zip(schemes, indicator, strict=True)), index=frame.index)
    unknown = ~pairs.isin(known) & common.frame["year"].notna()
    problems += check(
        frame, table["indicator"]["column"], unknown, "an indicator of that year's scheme"
    )
    measure, measure_column = _field(table, "measure", frame, path)
    problems += check(
        frame, measure_column, ~measure.isin(MEASURES), f"one of {', '.join(MEASURES)}"
    )
    vs_text, vs_column = _field(table, "vs_year", frame, path, default="")
    vs_year = pd.to_numeric(vs_text, errors="coerce")
    wrong = (vs_text != "") & ~vs_year.isin(index.years)
    problems += check(frame, vs_column, wrong, f"a year of {index.years}")

    text = _column(frame, table["value"]["column"], path)
    absent = text.isin([str(mark) for mark in table.get("missing", [])])
    pairs_of = text.str.fullmatch(r"\d+\s*\(.+\)")
    values = _numbers(text.where(~pairs_of, ""), style)
    facts = [
        common.frame.assign(
            indicator=indicator, measure=measure, value=values, vs_year=vs_year, value_text=text
        )[~pairs_of & ~absent]
    ]
    for place in text[pairs_of].index:
        try:
            rank, score = parse_rank_and_score(text[place], style)
        except ValueError:
            continue  # stays without a value and is caught below
        values[place] = rank
        one = common.frame.loc[[place]].assign(indicator=indicator[place], value_text=text[place])
        facts += [
            one.assign(measure="rank", value=float(rank)),
            one.assign(measure="score", value=score.value),
        ]
    low, high = index.scale
    fits = values.notna() & ((measure != "score") | values.between(low, high) | pairs_of)
    fits &= (measure != "rank") | _is_rank(values)
    problems += check(frame, table["value"]["column"], ~fits & ~absent, "a figure that fits its measure")
    # A share ("+44.6%") is a change in per cent of the score, kept as a share of 1.
    tidy = _tidy(pd.concat(facts))
    share = tidy["value_text"].str.endswith("%")
    tidy.loc[share, "measure"] = tidy.loc[share, "measure"] + "_relative"
    tidy.loc[share, "value"] = tidy.loc[share, "value"] / 100
    return tidy, problems, len(frame)


def read_claims(
    index: Index, units: Units, table: dict[str, Any], path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table whose rows point at figures of an article's table."""
    frame = read(path)
    articles = {name: read(raw(name)).set_index("id") for name in frame["file"].unique()}
    facts, problems = [], []
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        text = str(articles[row["file"]].loc[row["key"], row["column"]])
        try:
            if row["measure"] == "rank_change":
                value, vs_year = parse_change(text)
            else:
                value, vs_year = int(parse(text, "vi").value), None
        except ValueError as error:
            problems.append(Problem(row["row"], row["column"], text, str(error)))
            continue
        facts.append(
            {
                **{name: row[name] for name in ("unit", "indicator", "measure", "row")},
                "unit_set": units.by_code[row["unit"]].unit_set,
                "year": int(row["year"]),
                "vs_year": vs_year or (int(row["vs_year"]) if row["vs_year"] else None),
                "value": float(value),
                "value_text": text,
                "confidence": "medium",
                "source": row["file"] + "#" + row["key"],
                "file": show(path),
            }
        )
    return _tidy(pd.DataFrame(facts)), problems, len(frame)


@dataclass(frozen=True)
class _Common:
    """The columns every layout shares, settled, with the problems met on the way."""

    frame: pd.DataFrame
    problems: list[Problem]
    settled: pd.Series


def _common(
    index: Index, units: Units, table: dict[str, Any], frame: pd.DataFrame, path: Path
) -> _Common:
    problems = []
    # Where the columns carry the years, the rows have none.
    years, year_column = _field(table, "year", frame, path, default="")
    year = pd.to_numeric(years, errors="coerce")
    wrong_year = ~year.isin(index.years) & ("year" in table)
    problems += check(frame, year_column, wrong_year, f"a year of {index.years}")
    unit_set, set_column = _field(table, "unit_set", frame, path)
    sets = {y: index.unit_sets(y) for y in index.years}
    everywhere = [str(one) for one in index.spec["unit_sets"]]
    wrong_set = pd.Series(
        [s not in sets.get(y, everywhere) for s, y in zip(unit_set, year, strict=True)],
        index=frame.index,
    )
    problems += check(frame, set_column, wrong_set, "a unit set of that year (index.yml)")
    name, unit_column = _field(table, "unit", frame, path)
    skip = table.get("skip") or []
    skipped = name.isin([one for one in skip if isinstance(one, str)])
    skipped |= frame["row"].isin([one for one in skip if isinstance(one, int)])
    problems += [
        Problem(row, unit_column, text, "no unit's row (skip in index.yml)", foreseen=True)
        for row, text in zip(frame.loc[skipped, "row"], name[skipped], strict=True)
    ]
    pairs = {pair: units.settle(*pair) for pair in set(zip(name, unit_set, strict=True))}
    unit = pd.Series([pairs[p] for p in zip(name, unit_set, strict=True)], index=frame.index)
    unit = unit.mask(skipped)
    lost = unit.isna() & ~skipped
    nearest = {text: ", ".join(units.nearest(text)) or "none" for text in name[lost].unique()}
    problems += check(
        frame, unit_column, lost, "a known unit (nearest: " + name.map(nearest).astype(str) + ")"
    )
    settled = pd.DataFrame(
        {
            "unit_set": unit_set,
            "year": year.where(~wrong_year),
            "unit": unit,
            "row": frame["row"],
            "file": show(path),
            "source": _column(frame, table["source"]["column"], path)
            if "source" in table
            else show(path),
        }
    )
    for extra in ("source_date", "confidence"):
        settled[extra] = (
            _column(frame, table[extra]["column"], path) if extra in table else
            ("high" if extra == "confidence" else "")
        )  # fmt: skip
    return _Common(settled, problems, unit.notna() & ~wrong_year)


def _field(
    table: dict[str, Any], name: str, frame: pd.DataFrame, path: Path, default: str | None = None
) -> tuple[pd.Series, str]:
    """Return a field of index.yml row by row: a column's, or one value for the whole table."""
    spec = table.get(name, default)
    if spec is None:
        raise DataError(f"{show(path)}: index.yml gives the table no {name}; add it")
    if isinstance(spec, dict):
        return _column(frame, spec["column"], path), spec["column"]
    return pd.Series(str(spec), index=frame.index), name


def _column(frame: pd.DataFrame, name: str, path: Path) -> pd.Series:
    if name not in frame:
        present = ", ".join(str(column) for column in frame if column != "row")
        raise DataError(
            f"{show(path)}, row 1, column {name}: the column is missing (found: {present}); "
            "add it, or name it in index.yml"
        )
    return frame[name]


def _numbers(text: pd.Series, style: str) -> pd.Series:
    """Return the values of printed figures, NaN where a text is none; each text read once."""

    def value(one: str) -> float:
        if style == "en" and _SCIENTIFIC.fullmatch(one):
            return float(one)
        try:
            return parse(one, style).value
        except ValueError:
            return float("nan")

    return text.map({one: value(one) for one in text.unique()}).astype(float)


def _is_rank(values: pd.Series) -> pd.Series:
    return (values >= 1) & (values % 1 == 0)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reindex(columns=_FIELDS).reset_index(drop=True)
