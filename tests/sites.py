"""A small index with a site: names that have to be escaped, a fall, a rise, a break in a row."""

import shutil
from pathlib import Path

from projects import ROOT, command
from withheld import write_pack

UNITS = ("Đắk Lắk & <b>", 'Hồ "Chí" Minh', "Zürich's", "Quảng Ngãi")
_SCORES = {2019: (61.5, 70.2, 55.0, 40.1), 2020: (66.0, 64.4, 58.3, 59.9)}
_ROWS = [
    f"{unit},{year},{score},{score + 1},{score - 1}"
    for year, scores in _SCORES.items()
    for unit, score in zip(UNITS, scores, strict=True)
]
_TABLE = "unit,year,total,a,b\n" + "\n".join(_ROWS).replace('Hồ "Chí" Minh', '"Hồ ""Chí"" Minh"')
_ENTRY = """    year: {column: year}
    scores: {total: total, a: a, b: b}
"""
_PARTS = "s,total,,,Tổng,Total,1\ns,a,total,1,A,A,1\ns,b,total,1,B,B,1\n"
_SIDECAR = """title: t
producer: p
citation: c
url: u
obtained_from: o
date_published: "2021-03"
date_accessed: "2022-01-01"
licence: facts
quality: {rating: red}
"""


def make_site(root: Path) -> None:
    """Make the index ``made`` below a root, and its site."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copy(ROOT / "requirements.lock", root)
    folder = write_pack(root, _TABLE, _ENTRY, _PARTS, pillars="a, b", years=tuple(_SCORES))
    (folder / "t.csv.provenance.yml").write_text(_SIDECAR, encoding="utf-8")
    for arguments in (["record-raw"], ["site", "--index", "made"]):
        done = command(root, *arguments)
        assert done.code == 0, done.err
