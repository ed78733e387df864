"""Small indices written by hand, with figures that are missing as a publisher leaves them out."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import tables
from helpers.index import catalog, units
from helpers.tables import rank, score
from helpers.tables.clean import clean

HEAD = "scheme,indicator,parent,weight,label_vi,label_en,decimals\n"
INDEX = """
label: Made up
short: M
unit_words: units
headline: {headline}
pillars: [{pillars}]
scale: [0, 100]
units: units.csv
unit_sets: {{all: all units}}
years: {{{years}}}
schemes: {{s: {{source: the table}}}}
{more}
tables:
  - file: t.csv
    complete: as-listed
    unit: {{column: unit}}
"""


def write_pack(
    root: Path,
    table: str,
    entry: str,
    structure: str,
    *,
    headline: str = "total",
    pillars: str = "",
    years: tuple[int, ...] = (2020,),
    more: str = "",
) -> Path:
    """Write ``data/raw/made`` below a root; names of units are codes too."""
    folder = root / "data/raw/made"
    folder.mkdir(parents=True, exist_ok=True)
    spec = INDEX.format(
        headline=headline,
        pillars=pillars,
        years=", ".join(f"{year}: s" for year in years),
        more=more,
    )
    (folder / "index.yml").write_text(spec + entry, encoding="utf-8")
    (folder / "structure.csv").write_text(HEAD + structure, encoding="utf-8")
    names = dict.fromkeys(line.split(",")[0] for line in table.strip().splitlines()[1:])
    (folder / "units.csv").write_text(
        "code,name\n" + "".join(f"{name},{name}\n" for name in names), encoding="utf-8"
    )
    (folder / "t.csv").write_text(table, encoding="utf-8")
    return folder


def work_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, pd.DataFrame]:
    """Return the tables that the pipeline makes of ``data/raw/made``, as they are written."""
    monkeypatch.setenv("HELPERS_ROOT", str(root))
    catalog._load.cache_clear()
    index = catalog.load("made")
    everybody, published = units.load(index), clean(index).published
    scored = score.scores(index, everybody, published)
    ranked = rank.ranks(index, everybody, scored, published)
    made = {
        "published": published,
        "scores": scored,
        "intervals": scored,
        "ranks": ranked,
        "changes": rank.changes(index, everybody, ranked, published),
    }
    return {name: tables.conform(name, table) for name, table in made.items()}
