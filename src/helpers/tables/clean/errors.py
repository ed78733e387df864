"""Published sampling errors: standard errors, or the bounds of confidence intervals."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import pandas as pd

from helpers.index.model import Table
from helpers.tables.clean.rawtable import Problem, check, column_of, numbers

STANDARD_ERROR = "standard_error"
"""The measure of a standard error in the table ``published``."""


def read_errors(
    table: Table, column: str, frame: pd.DataFrame, path: Path
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the standard errors of a column of scores, given as such or as two bounds.

    Parameters
    ----------
    column
        The column of the scores; ``table.errors`` has its errors.
    frame
        The rows of the raw table that hold scores.

    Returns
    -------
    given, problems
        ``value`` and ``value_text`` of the rows that have one, with the index of `frame`, on the
        scale of the scores; of bounds low and high it is (high - low) / (2 z), z being the normal
        quantile of their level. Where a score is missing its error is not asked for.
    """
    errors = table.errors[column]
    score = column_of(frame, column, path)
    scored = (score != "") & ~score.isin(table.missing)
    problems: list[Problem] = []
    values, given, shown = {}, {}, {}
    for name, one in errors.columns.items():
        shown[name] = text = column_of(frame, one, path)
        values[name] = numbers(text.mask(text == "", "?"), table.numbers)
        absent = text.isin(table.missing) | (~scored & (text == ""))
        given[name] = (text != "") & ~absent
        wrong = values[name].isna() | ((values[name] <= 0) & (name == "column"))
        wrong &= given[name] | (~absent & bool(table.complete))
        phrase = "a standard error above 0" if name == "column" else "the bound of an interval"
        problems += check(frame, one, wrong, phrase)
    if errors.column is not None:
        value, filled, text = values["column"], given["column"], shown["column"]
    else:
        low, high, filled = values["lower"], values["upper"], given["lower"] & given["upper"]
        estimate = numbers(score.mask(~scored, "?"), table.numbers)
        outside = filled & ((low >= high) | (low > estimate) | (high < estimate))
        phrase = "a bound above the lower one, with the score between the two"
        problems += check(frame, errors.columns["upper"], outside, phrase)
        if not table.complete:
            half = given["lower"] ^ given["upper"]
            problems += check(frame, errors.columns["upper"], half, "both bounds, or neither")
        value = (high - low) / (2 * NormalDist().inv_cdf((1 + errors.level) / 2))
        text = shown["lower"] + "–" + shown["upper"]
    target = table.scores.get(column)
    times = abs(target.times) if target else 1.0
    return pd.DataFrame({"value": value * times, "value_text": text})[filled], problems
