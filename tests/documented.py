"""What the documents state about DTI, computed afresh from the raw tables."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.index import catalog, units
from helpers.index.catalog import Index
from helpers.methods.attribute import own_and_others
from helpers.tables import rank, score
from helpers.tables.clean import Cleaned, clean

ROOT = Path(__file__).parents[1]
MAIN = ["overall", "digital_government", "digital_economy", "digital_society"]
PHU_THO = "VN-68"


@dataclass(frozen=True)
class Dti:
    """The tables of the pipeline, and Phú Thọ's effects from 2022 to 2023."""

    index: Index
    cleaned: Cleaned
    scored: pd.DataFrame
    ranks: pd.DataFrame
    changes: pd.DataFrame
    effects: pd.Series


@cache
def dti() -> Dti:
    index = catalog.load("dti")
    everybody = units.load(index)
    cleaned = clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranks = rank.ranks(index, everybody, scored, cleaned.published)
    changes = rank.changes(index, everybody, ranks, cleaned.published)
    overall = ranks[(ranks["unit_set"] == "63") & (ranks["indicator"] == "overall")]
    year = {y: overall[overall["year"] == y].set_index("unit")["score"] for y in (2022, 2023)}
    effects = own_and_others(year[2022], year[2023]).loc[PHU_THO]
    return Dti(index, cleaned, scored, ranks, changes, effects)


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
