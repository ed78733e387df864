"""What the documents state about DTI, computed afresh from the raw tables."""

from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.index.catalog import Index
from helpers.methods.attribute import own_and_others
from helpers.tables.clean import Cleaned
from projects import ROOT, made

__all__ = ["MAIN", "PHU_THO", "ROOT", "Dti", "dti", "table_after"]

MAIN = ["overall", "digital_government", "digital_economy", "digital_society"]
PHU_THO = "VN-68"


class Dti(NamedTuple):
    """The tables of the pipeline, and Phú Thọ's effects from 2022 to 2023."""

    index: Index
    cleaned: Cleaned
    scored: pd.DataFrame
    ranks: pd.DataFrame
    changes: pd.DataFrame
    effects: pd.Series


@cache
def dti() -> Dti:
    done = made()
    overall = done.ranked.query("unit_set == '63' and indicator == 'overall'")
    year = {y: overall[overall["year"] == y].set_index("unit")["score"] for y in (2022, 2023)}
    effects = own_and_others(year[2022], year[2023]).loc[PHU_THO]
    return Dti(done.index, done.cleaned, done.scored, done.ranked, done.changed, effects)


def table_after(text: str, head: str) -> list[list[str]]:
    """Return the body rows of the first Markdown table whose header row begins with `head`."""
    lines = text.splitlines()
    begin = f"| {head} |" if head else "| |"
    start = next(n for n, line in enumerate(lines) if line.startswith(begin))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
