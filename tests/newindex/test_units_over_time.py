"""Units that were renamed, split or merged: told, and never silently joined."""

import csv
import re

import pytest

from helpers import report
from helpers.errors import ParameterError
from helpers.index import asked, catalog, units
from helpers.newindex import add_table, new_index
from helpers.report.unit import brief
from played import open_all

EARLY = {"EST": "Estland", "SDN": "Sudan", "VNM": "Viet Nam", "HTA": "Hatay", "AUT": "Austria"}
LATE = {"EST": "Estonia", "SDX": "North Sudan", "SSD": "South Sudan", "VNM": "Viet Nam",
        "AUT": "Austria"}  # fmt: skip
TOLD = {"SDX": "SDN", "SSD": "SDN", "VNM": "HTA"}
"""Into which units which earlier ones went: what a person knows and no table says."""


def rows_of(year, names):
    return [f"{code},{name},{year},{90 - year % 7 - 3 * i}.5"
            for i, (code, name) in enumerate(names.items())]  # fmt: skip


def make(project):
    rows = ["Code,Country,Year,Score", *rows_of(2010, EARLY), *rows_of(2012, LATE)]
    (project / "t.csv").write_text("\n".join(rows) + "\n", "utf-8")
    list(new_index("states", project / "t.csv"))
    path = project / "data/raw/states/units.csv"
    listed = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, [*listed[0], "members"])
        out.writeheader()
        out.writerows(row | {"members": TOLD.get(row["code"], "")} for row in listed)
    catalog._load.cache_clear()
    return catalog.load("states")


def test_renamed_split_and_merged_units_are_told_in_the_report(project):
    index = make(project)
    estonia = units.load(index).by_code["EST"]
    assert (estonia.name, estonia.former) == ("Estonia", ("Estland",))
    assert asked.find_unit(index, "estland", 2012) == estonia
    _case, made = open_all("states", "EST")
    scores = made["scores"]
    assert set(scores.loc[scores["unit"] == "SDN", "year"]) == {2010}
    assert set(scores.loc[scores["unit"].isin(["SDX", "SSD"]), "year"]) == {2012}
    for unit, names in {"EST": ["Estland"], "SSD": ["Sudan", "North Sudan", "South Sudan"],
                        "VNM": ["Hatay"]}.items():  # fmt: skip
        for lang in ("vi", "en"):
            text = repr(brief.banner(report.open_case("states", unit, 2012, lang)))
            assert all(name in text for name in names), text
    assert brief.banner(report.open_case("states", "AUT", 2012, "en")) is None
    assert brief.banner(report.open_case("states", "VNM", 2010, "en")) is None  # not yet
    for former, into in {"SDN": r"split into North Sudan \(SDX\), South Sudan \(SSD\)",
                         "HTA": r"part of Viet Nam \(VNM\)"}.items():  # fmt: skip
        with pytest.raises(
            ParameterError, match=f"no rank in 2012; years with one: 2010; .*{into}"
        ):
            report.open_case("states", former, 2012, "en")


def test_a_later_table_that_calls_a_unit_otherwise_is_told(project):
    path = project / "first.csv"
    path.write_text("\n".join(["Code,Country,Year,Score", *rows_of(2010, EARLY)]), "utf-8")
    list(new_index("states", path))
    catalog._load.cache_clear()
    later = project / "later.csv"
    names = EARLY | {"SDN": "Republic of the Nile"}
    later.write_text("\n".join(["Code,Country,Year,Score", *rows_of(2011, names)]), "utf-8")
    told = [line for line in add_table("states", later) if re.match("unit new\\?", line)]
    assert len(told) == 1 and "Republic of the Nile: if it is Sudan" in told[0]
