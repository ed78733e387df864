"""Small random tables with ties and gaps, and the 63 provinces, for the tests of `attribute`."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import settings

NAN = float("nan")
DTI = Path(__file__).parents[2] / "data/raw/dti/dti-63-2022-2024.csv"

few = settings(max_examples=40, deadline=None)
level = st.integers(0, 4).map(lambda k: k / 10)  # few levels make many ties
gap = st.one_of(level, level, level, st.just(NAN))


@st.composite
def two_years(draw, score=gap, columns=None):
    """Two tables of the same units, few levels, gaps."""
    units = draw(st.integers(1, 8))
    size = units * (columns or 1)
    tables = [np.array(draw(st.lists(score, min_size=size, max_size=size))) for _ in range(2)]
    return [table.reshape(units, columns) if columns else table for table in tables]


@st.composite
def additive(draw, most=4):
    """Parts of the same units in two years; a unit may be absent from a year."""
    tables = draw(two_years(level, columns=draw(st.integers(1, most))))
    for table in tables:
        absent = draw(st.sets(st.integers(0, len(table) - 1), max_size=3))
        table[list(absent)] = NAN
    return tables


def rank(own, others):
    return 1 + sum(other > own + 1e-9 for other in others)  # NaN is never above


def read_dti():
    """Return the provinces' scores, a frame for each year."""
    table = pd.read_csv(DTI).rename(columns={"TinhThanh": "unit"})
    return {year: rows.set_index("unit") for year, rows in table.groupby("Nam")}
