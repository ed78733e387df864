"""The shapes in which tables are published: wide, long, and claims that point at an article."""

from __future__ import annotations

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
# Of all units together; the unit of "highest" is the one that has the highest score.
NATIONAL = ("mean", "mean_change", "highest")
_FIELDS = [*KEY, "value", "value_text", "confidence", "source", "source_date", "file", "row"]

Reader = Callable[[Index, Units, dict[str, Any], Path], tuple[pd.DataFrame, list[Problem], int]]
"""Reads a table into facts, and returns the problems met and the number of rows read."""


def read_wide(
    index: Index, units: Units, table: dict[str, Any], path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table with one row per unit (and year) and one column per indicator."""
    frame = read(path)
    scores, ranks = table.get("scores", {}), table.get("ranks", {})
    style = table.get("numbers", "en")
    low, high = index.scale
    common = _common(index, units, table, frame, path)
    problems = list(common.problems)
    blank_is_wrong = bool(table.get("complete"))
    facts = []
    for measure, columns in (("score", scores), ("rank", ranks)):
        for column, indicator in columns.items():
            text = _column(frame, column, path)
            filled = text != ""
            expected = (
                f"a number from {low:g} to {high:g}"
                if measure == "score"
                else "a whole rank from 1"
            )
            values = _numbers(text[filled], style).reindex(text.index)
            fits = values.between(low, high) if measure == "score" else _is_rank(values)
            wrong = ~fits if blank_is_wrong else ~fits & filled
            problems += check(frame, column, wrong, expected)
            facts.append(
                common.frame.assign(
                    indicator=indicator, measure=measure, value=values, value_text=text
                )[filled]
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
    pairs = pd.Series(list(zip(schemes, indicator, strict=True)), index=frame.index)
    unknown = ~pairs.isin(known) & common.frame["year"].notna()
    problems += check(
        frame, table["indicator"]["column"], unknown, "an indicator of that year's scheme"
    )
    measure = _column(frame, table["measure"]["column"], path)
    measures = NATIONAL if table.get("national") else MEASURES
    problems += check(
        frame, table["measure"]["column"], ~measure.isin(measures), f"one of {', '.join(measures)}"
    )
    vs_text = _column(frame, table["vs_year"]["column"], path)
    vs_year = pd.to_numeric(vs_text, errors="coerce")
    wrong = (vs_text != "") & ~vs_year.isin(index.years)
    problems += check(frame, table["vs_year"]["column"], wrong, f"a year of {index.years}")

    text = _column(frame, table["value"]["column"], path)
    pairs_of = text.str.fullmatch(r"\d+\s*\(.+\)")
    values = _numbers(text.where(~pairs_of, ""), style)
    facts = [
        common.frame.assign(
            indicator=indicator, measure=measure, value=values, vs_year=vs_year, value_text=text
        )[~pairs_of]
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
    problems += check(frame, table["value"]["column"], ~fits, "a figure that fits its measure")
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
    def field(name: str) -> tuple[pd.Series, str]:
        spec = table[name]
        if isinstance(spec, dict):
            return _column(frame, spec["column"], path), spec["column"]
        return pd.Series(str(spec), index=frame.index), name

    problems = []
    years, year_column = field("year")
    year = pd.to_numeric(years, errors="coerce")
    wrong_year = ~year.isin(index.years)
    problems += check(frame, year_column, wrong_year, f"a year of {index.years}")
    unit_set, set_column = field("unit_set")
    wrong_set = ~unit_set.isin(index.spec["unit_sets"])
    problems += check(frame, set_column, wrong_set, f"one of {list(index.spec['unit_sets'])}")
    name, unit_column = field("unit")
    pairs = {pair: units.settle(*pair) for pair in set(zip(name, unit_set, strict=True))}
    unit = pd.Series([pairs[p] for p in zip(name, unit_set, strict=True)], index=frame.index)
    lost = unit.isna()
    if table.get("national"):
        lost &= name != ""
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
    return _Common(settled, problems, ~lost & ~wrong_year)


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
        try:
            return parse(one, style).value
        except ValueError:
            return float("nan")

    return text.map({one: value(one) for one in text.unique()}).astype(float)


def _is_rank(values: pd.Series) -> pd.Series:
    return (values >= 1) & (values % 1 == 0)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reindex(columns=_FIELDS).reset_index(drop=True)
