"""Cleaning: no row is lost, nothing is guessed, and what is refused is named to the cell."""

import csv
import io
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from helpers.errors import DataError
from helpers.index import catalog
from helpers.tables.clean import Cleaned, clean
from helpers.tables.clean.rawtable import read
from projects import MAIN, PRESS, ROOT, edit, made

PUBLISHED = made().cleaned.published


def cleaned() -> Cleaned:
    """Clean the project that HELPERS_ROOT names."""
    return clean(catalog.load("dti"))


def balanced(result: Cleaned) -> bool:
    counts = result.counts.set_index("source")
    kept = result.published.groupby("file")["row"].nunique()
    aside = result.quarantine.groupby("source")["row"].nunique()
    return bool(
        (counts["read"] == counts["kept"] + counts["quarantined"]).all()
        and (counts["kept"] == kept.reindex(counts.index, fill_value=0)).all()
        and (counts["quarantined"] == aside.reindex(counts.index, fill_value=0)).all()
    )


def test_real_data_read_is_kept_and_quarantined() -> None:
    result = made().cleaned
    assert balanced(result)
    read_rows = dict(zip(result.counts["source"], result.counts["read"], strict=True))
    assert read_rows[MAIN] == 189 and read_rows[PRESS] == 767
    for name, rows in read_rows.items():
        with (ROOT / name).open(encoding="utf-8-sig", newline="") as file:
            assert rows == len(list(csv.DictReader(file)))
    assert len(result.quarantine) == 0


def test_the_complete_tables_give_every_cell() -> None:
    rows = PUBLISHED[(PUBLISHED["file"] == MAIN) & (PUBLISHED["measure"] == "score")]
    assert len(rows) == 63 * 3 * 5 and rows["value"].between(0, 1).all()
    rows = PUBLISHED[PUBLISHED["file"] == "data/raw/dti/dti-34-2024.csv"]
    assert len(rows) == 34 * 10 and set(rows["unit_set"]) == {"34"}


def test_columns_named_after_pillars_hold_the_activity_indices() -> None:
    raw = pd.read_csv(ROOT / MAIN, encoding="utf-8-sig", dtype=str)
    row = raw[(raw["TinhThanh"] == "Phú Thọ") & (raw["Nam"] == "2022")].iloc[0]
    got = PUBLISHED[
        (PUBLISHED["file"] == MAIN) & (PUBLISHED["unit"] == "VN-68") & (PUBLISHED["year"] == 2022)
    ].set_index("indicator")["value"]
    assert got["gov_activity"] == float(row["DTI_ChinhQuyenSo"])
    assert got["econ_activity"] == float(row["DTI_KinhTeSo"])
    assert got["society_activity"] == float(row["DTI_XaHoiSo"])
    pillars = {"digital_government", "digital_economy", "digital_society"}
    assert not pillars & set(PUBLISHED[PUBLISHED["file"] == MAIN]["indicator"])


def test_every_figure_names_its_cell() -> None:
    row = PUBLISHED[PUBLISHED["file"] == PRESS].sample(1, random_state=7).iloc[0]
    with (ROOT / PRESS).open(encoding="utf-8-sig") as file:
        line = list(csv.DictReader(file))[row["row"] - 2]
    assert (line["province"], line["value"]) == (row["unit_name"], row["value_text"])
    assert line["source_url"] == row["source"]


def test_marks_say_what_other_sources_print() -> None:
    key = ["unit_set", "year", "unit", "indicator", "measure", "vs_year"]
    assert set(PUBLISHED["mark"]) == {"single", "repeated", "conflicting"}
    for _, group in PUBLISHED.groupby(key, dropna=False):
        places = 4 if group["measure"].iloc[0] == "score" else 9
        if len(group) == 1:
            assert group["mark"].tolist() == ["single"]
        elif len(set(group["value"].round(places))) == 1:
            assert set(group["mark"]) == {"repeated"}
        else:
            assert set(group["mark"]) == {"conflicting"}


def test_percentages_are_shares_of_the_score_and_kept_apart() -> None:
    rows = PUBLISHED[PUBLISHED["value_text"].str.endswith("%")]
    assert set(rows["measure"]) == {"score_change_relative", "mean_change_relative"}
    told = dict(zip(rows["value_text"], rows["value"], strict=True))
    assert told["+44.6%"] == 0.446 and told["+94.69%"] == 0.9469
    others = PUBLISHED[PUBLISHED["measure"].str.endswith("_relative")]
    assert others["value_text"].str.endswith("%").all()


def test_a_national_figure_must_fit_its_measure(project: Path) -> None:
    path = "data/raw/dti/national.csv"
    edit(project / path, "overall,mean,0.3026,", "overall,mean,3.026,")
    edit(project / path, "mean_change,+32.7%,", "mean_change,mehr,")
    edit(project / path, "2021,63,Đà Nẵng,", "2021,63,Hà Tây,")
    result = cleaned()
    assert balanced(result)
    found = result.quarantine[["source", "column", "value"]].to_numpy().tolist()
    assert sorted(found) == [[path, "province", "Hà Tây"], [path, "value", "3.026"],
                             [path, "value", "mehr"]]  # fmt: skip


def test_the_articles_words_become_figures() -> None:
    rows = PUBLISHED[PUBLISHED["file"] == "data/raw/dti/claims.csv"].set_index(
        ["indicator", "measure"]
    )
    assert rows.loc[("overall", "rank"), "value"] == 23
    assert rows.loc[("digital_economy", "rank_change"), "value"] == 5
    assert rows.loc[("digital_economy", "rank_change"), "vs_year"] == 2021
    assert rows.loc[("infrastructure", "rank_at_most"), "value"] == 10


# The same table in other clothes reads the same.

CLOTHES: Mapping[str, Callable[[bytes], bytes]] = {
    "no mark": lambda raw: raw.removeprefix(b"\xef\xbb\xbf"),
    "byte-order mark": lambda raw: b"\xef\xbb\xbf" + raw.removeprefix(b"\xef\xbb\xbf"),
    "decomposed": lambda raw: unicodedata.normalize("NFD", raw.decode()).encode(),
    "Windows": lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "old Mac": lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    "spaces": lambda raw: re.sub(r"(?<=\d),(?=\d)", "\xa0,  ", raw.decode()).encode(),
    "commas at the end": lambda raw: re.sub(rb"\r?\n", b",,\n", raw),
    "quoted": lambda raw: _quoted(raw.decode("utf-8-sig")).encode(),
    "no last line end": lambda raw: raw.rstrip(b"\r\n"),
}


def _quoted(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


@pytest.mark.parametrize("clothes", CLOTHES)
@pytest.mark.parametrize("file", [MAIN, "data/raw/dti/dti-34-2024.csv"])
def test_the_same_table_in_other_clothes(tmp_path: Path, clothes: str, file: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(CLOTHES[clothes]((ROOT / file).read_bytes()))
    pd.testing.assert_frame_equal(read(path), read(ROOT / file))


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b\n\n1,2\n , \n,\n3,4\n\n\n")
    assert read(path).to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"], "row": [3, 6]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "table.csv: the file is empty"),
        (b"\xef\xbb\xbf\n \n", "table.csv: the file is empty"),
        (b"a,b\n", "row 2: the table has a header but no rows"),
        (b"a,b\n,\n\n", "row 2: the table has a header but no rows"),
        (b"a,b\n1,2,3\n4,5\n", "row 2: 3 cells under 2 columns; mend the row's commas"),
        (b"a,b\n1,2\n4,0,5\n", "row 3: 3 cells under 2 columns; mend the row's commas"),
        (b"a,b,a\n1,2,3\n", "row 1, column a: the column is there twice; keep one"),
        (b'a,b\n1,2\n"3,4\n', "row 3: unexpected end of data; mend the row's commas and quotes"),
        (b'a,b\n1,"2"x\n', "row 2: "),
        ("a,b\n1,2\n".encode("utf-16"), "row 1: the file is in UTF-16; save it as CSV in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-be"), "row 1: holds a NUL byte"),
        ("a,b\n1,2\nĐà Nẵng,3\n".encode("cp1258", "replace"), "row 3: not UTF-8 text"),
        (b"a,b\n1,\0\n", "row 2: holds a NUL byte"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read(path)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"table.csv: the file is missing; restore it"):
        read(tmp_path / "table.csv")


# Complete tables: one row that does not fit, and the table is refused, named to the cell.


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Phú Thọ,0.6126", "Phú Thọ,1.2",
         "row 24, column DTI_Tong: found '1.2', expected a number from 0 to 1"),
        ("Phú Thọ,0.6126", "Phú Thọ,cao", "column DTI_Tong: found 'cao', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,", "column DTI_Tong: found '', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,-0.1", "column DTI_Tong: found '-0.1', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,nan", "column DTI_Tong: found 'nan', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,61.26%", "column DTI_Tong: found '61.26%', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,>0.6", "column DTI_Tong: found '>0.6', expected a number"),
        ("Phú Thọ,0.6126", "Phú Thọ,0.6 điểm", "column DTI_Tong: found '0.6 điểm', expected"),
        ("Phú Thọ,0.6126", "Phú Thọ,1/2", "column DTI_Tong: found '1/2', expected a number"),
        ("Phú Thọ,0.6126", 'Phú Thọ,"0,6126"', "column DTI_Tong: found '0,6126', expected"),
        ("Phú Thọ,0.6126", "Phú Tho,0.6126", None),
        ("Phú Thọ,0.6126", "Phú Thoo,0.6126",
         "expected a known unit (nearest: Phú Thọ); if it is a spelling of a unit, add it to "
         "data/raw/provinces/aliases.csv, else correct the cell"),
        ("Phú Thọ,0.6126", "Hà Tây,0.6126", "column TinhThanh: found 'Hà Tây', expected a known"),
        ("Phú Thọ,0.6126", "Hà Nội,0.6126", "column TinhThanh: found 'Hà Nội', expected each unit"),
    ],
)  # fmt: skip
def test_a_complete_table_with_one_bad_cell(
    project: Path, old: str, new: str, message: str | None
) -> None:
    edit(project / MAIN, old, new)
    if message is None:
        assert balanced(cleaned())
        return
    with pytest.raises(DataError) as error:
        cleaned()
    for line in str(error.value).splitlines():
        assert re.match(rf"{MAIN}, row \d+, column \w+: found ", line)
        assert "correct the cell" in line and line.endswith("then `make record-raw`")
    assert message in str(error.value)


def test_a_complete_table_without_one_of_its_rows(project: Path) -> None:
    path = project / MAIN
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join(r for r in rows if not r.startswith("Phú Thọ,0.6126")) + "\n")
    with pytest.raises(DataError, match=f"{MAIN}: 2022 lacks Phú Thọ; a complete table lists"):
        cleaned()


def test_a_complete_table_with_a_year_that_is_none(project: Path) -> None:
    path = project / MAIN
    row = next(
        r for r in path.read_text("utf-8-sig").splitlines() if r.startswith("Phú Thọ,0.6126")
    )
    for year in ("2029", "2022.5", "hai nghìn", ""):
        edit(path, row, row.removesuffix("2022") + year)
        with pytest.raises(DataError, match=rf"column Nam: found '{year}', expected a year of"):
            cleaned()
        edit(path, row.removesuffix("2022") + year + "\n", row + "\n")


def test_of_many_bad_cells_the_first_are_shown_and_the_others_counted(project: Path) -> None:
    text = (project / MAIN).read_text(encoding="utf-8-sig")
    comma = re.sub(r"(?<=,)(\d)\.(\d+)", r'"\1,\2"', text)  # the decimal comma in every cell
    (project / MAIN).write_text(comma, encoding="utf-8")
    with pytest.raises(DataError) as error:
        cleaned()
    *shown, last = str(error.value).splitlines()
    assert [line.split(":")[0] for line in shown][:2] == [
        f"{MAIN}, row 2, column DTI_ChinhQuyenSo", f"{MAIN}, row 2, column DTI_KinhTeSo"
    ]  # fmt: skip
    assert len(shown) == 5 and re.fullmatch(rf"and \d+ more cells in {MAIN}", last)


def test_a_missing_column_lists_those_there_are(project: Path) -> None:
    edit(project / MAIN, "DTI_Tong", "DTI_Tổng")
    with pytest.raises(DataError) as error:
        cleaned()
    assert "tables[0].scores.DTI_Tong: no column in dti-63-2022-2024.csv" in str(error.value)
    assert "did you mean DTI_Tổng?" in str(error.value)


def test_an_indicator_that_the_year_does_not_have(project: Path) -> None:
    edit(project / "data/raw/dti/index.yml", "HaTangSo: infrastructure", "HaTangSo: infrastruct")
    with pytest.raises(DataError, match="no indicator 'infrastruct', did you mean infrastr"):
        cleaned()


# Press tables: each row stands for itself.

GOOD = {
    "index": "DTI", "year": "2022", "province": "Phú Thọ", "pillar": "overall", "measure": "score",
    "value": "0.6126", "vs_year": "", "unit_set": "63", "source_url": "https://example.org",
    "source_date": "2023-07-12", "confidence": "high",
}  # fmt: skip
# Breaks of a row, each with the column that the quarantine must name.
BREAKS = {
    "unknown province": ({"province": "Hà Tây"}, "province"),
    "no province": ({"province": ""}, "province"),
    "province of the other set": ({"province": "Hà Giang", "unit_set": "34"}, "province"),
    "unknown set": ({"unit_set": "64"}, "unit_set"),
    "unknown year": ({"year": "2019"}, "year"),
    "year in words": ({"year": "năm hai nghìn"}, "year"),
    "unknown indicator": ({"pillar": "happiness"}, "pillar"),
    "indicator of another scheme": ({"pillar": "infrastructure", "year": "2020"}, "pillar"),
    "unknown measure": ({"measure": "place"}, "measure"),
    "too high": ({"value": "1.2"}, "value"),
    "below nothing": ({"value": "-0.2"}, "value"),
    "a word": ({"value": "cao"}, "value"),
    "nothing": ({"value": ""}, "value"),
    "the other style": ({"value": "0,6126"}, "value"),
    "a score in per cent": ({"value": "61.26%"}, "value"),
    "more than": ({"value": "trên 0.5"}, "value"),
    "rank nought": ({"measure": "rank", "value": "0"}, "value"),
    "rank and a half": ({"measure": "rank", "value": "4.5"}, "value"),
    "rank 64 of 63": ({"measure": "rank", "value": "64"}, "value"),
    "rank in thousands": ({"measure": "rank", "value": "1 nghìn"}, "value"),
    "rank in per cent": ({"measure": "rank", "value": "5%"}, "value"),
    "rank of a fraction": ({"measure": "rank", "value": "63/63"}, "value"),
    "no such pair": ({"measure": "rank", "value": "17 (6.33)"}, "value"),
    "pair with rank nought": ({"value": "0 (0.633)"}, "value"),
    "pair that is a change": ({"measure": "rank_change", "vs_year": "2021", "value": "5 (0.6)"},
                              "value"),
    "half a place up": ({"measure": "rank_change", "vs_year": "2021", "value": "+4.5"}, "value"),
    "places in per cent": ({"measure": "rank_change", "vs_year": "2021", "value": "+4%"}, "value"),
    "63 places up": ({"measure": "rank_change", "vs_year": "2021", "value": "+63"}, "value"),
    "change since when": ({"measure": "rank_change", "value": "+4"}, "vs_year"),
    "change since later": ({"measure": "rank_change", "vs_year": "2023", "value": "+4"}, "vs_year"),
    "change since never": ({"measure": "rank_change", "vs_year": "1999", "value": "+4"}, "vs_year"),
}  # fmt: skip
FITTING = [
    {},
    {"value": "0"},
    {"value": "1"},
    {"province": "TP.HCM"},
    {"province": "Phú Thọ", "unit_set": "34", "year": "2024"},
    {"measure": "rank", "value": "63"},
    {"measure": "rank", "value": "17 (0.633)"},
    {"measure": "rank_change", "vs_year": "2021", "value": "+4"},
    {"measure": "rank_change", "vs_year": "2021", "value": "-4"},
    {"measure": "rank_change", "vs_year": "2021", "value": "−4"},
    {"measure": "rank_change", "vs_year": "2021", "value": "0"},
    {"measure": "score_change", "vs_year": "2021", "value": "+44.6%"},
    {"measure": "score_change", "vs_year": "2021", "value": "-0.0123"},
]


def press(project: Path, rows: list[dict[str, str]]) -> Cleaned:
    with (project / PRESS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(GOOD))
        writer.writeheader()
        writer.writerows(rows)
    return cleaned()


def test_every_broken_row_goes_to_quarantine_with_the_cell_that_broke_it(project: Path) -> None:
    rows = [GOOD | change for change, _ in BREAKS.values()]
    result = press(project, rows)
    assert balanced(result)
    found = result.quarantine.groupby("row")["column"].apply(list)
    wanted = {row: [column] for row, (_, column) in enumerate(BREAKS.values(), start=2)}
    assert found.to_dict() == wanted
    assert result.quarantine["reason"].str.startswith("expected ").all()
    values = {row: (GOOD | change)[column] for row, (change, column) in
              enumerate(BREAKS.values(), start=2)}  # fmt: skip
    assert dict(zip(result.quarantine["row"], result.quarantine["value"], strict=True)) == values


@pytest.mark.parametrize("seed", range(6))
def test_read_is_kept_and_quarantined_whatever_breaks(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows, bad = [], 0
    for _ in range(chance.randrange(1, 60)):
        broken = chance.random() < 0.4
        bad += broken
        change, _column = chance.choice(list(BREAKS.values()))
        rows.append(GOOD | (change if broken else chance.choice(FITTING)))
    result = press(project, rows)
    assert balanced(result)
    counts = result.counts.set_index("source").loc[PRESS]
    assert (counts["read"], counts["quarantined"]) == (len(rows), bad)


def test_a_row_that_is_broken_twice_is_one_row_and_two_lines(project: Path) -> None:
    result = press(project, [GOOD | {"province": "Hà Tây", "value": "cao"}, GOOD])
    assert balanced(result) and len(result.quarantine) == 2
    assert result.counts.set_index("source").loc[PRESS, "quarantined"] == 1


def test_a_rank_with_its_score_is_two_figures(project: Path) -> None:
    edit(project / "data/raw/dti/index.yml", "  - file: dti-press-2020-2024.csv",
         "  - numbers: vi\n    file: dti-press-2020-2024.csv")  # fmt: skip
    result = press(project, [GOOD | {"measure": "rank", "value": "17 (0,633)"}])
    rows = result.published[result.published["file"] == PRESS].set_index("measure")["value"]
    assert rows.to_dict() == {"rank": 17.0, "score": 0.633}
    assert balanced(result)


def test_sources_that_agree_or_not_are_all_kept(project: Path) -> None:
    lam = GOOD | {"province": "Lâm Đồng", "year": "2021", "pillar": "digital_economy"}
    result = press(
        project,
        [
            lam | {"value": "0.50"},
            lam | {"value": "0.5000", "source_url": "https://example.com"},
            lam | {"pillar": "digital_society", "value": "0.5"},
            lam | {"pillar": "digital_society", "value": "0.5001"},
            lam | {"pillar": "digital_government"},
        ],
    )
    rows = result.published[result.published["file"] == PRESS].sort_values("row")
    assert rows["mark"].tolist() == ["repeated"] * 2 + ["conflicting"] * 2 + ["single"]
    assert rows["value_text"].tolist()[:2] == ["0.50", "0.5000"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("R03,change_text", "R99,change_text", "expected one row with this id"),
        ("R01,value_text", "R01,wert", "and a column wert in phu-tho-2023/indicators.csv"),
        ("R01,value_text,VN-68", "R01,value_text,VN-99", "expected the code of a unit"),
        ("VN-68,2022,overall", "VN-68,2019,overall", "expected the code of a unit, a year"),
        ("VN-68,2022,overall,rank", "VN-68,2022,happy,rank", "an indicator of its scheme"),
        ("VN-68,2022,overall,rank", "VN-68,2022,overall,place", "a figure that fits place"),
        ("R01,value_text", "R01,indicator_vi", "is not a number"),
        ("R01,value_text", "S02,value_text", "expected a figure that fits rank, found '1.991'"),
        ("R03,change_text", "S06,change_text", "does not say how many places"),
    ],
)
def test_a_claim_that_points_nowhere(project: Path, old: str, new: str, reason: str) -> None:
    edit(project / "data/raw/dti/claims.csv", old, new)
    result = press(project, [GOOD])
    assert balanced(result)
    assert len(result.quarantine) == 1 and reason in result.quarantine["reason"][0]
