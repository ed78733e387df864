"""Files that are small and unpack to much, or hold what no table holds: refused, limit named."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from helpers.errors import HelpersError
from helpers.newindex import limits
from helpers.newindex.read import read

ROWS = "".join(f"<tr><td>U{i}</td><td>0.{i}</td></tr>" for i in range(2, 12))
TABLE = f"<table><tr><th>Name</th><th>Score</th></tr>{ROWS}</table>"


def sheet(path: Path, extra: str, prolog: str = "", times: int = 1) -> Path:
    """Write a workbook of two columns with something put into its sheet's XML."""
    book = Workbook()
    book.active.append(["Name", "Score"])
    for i in range(10):
        book.active.append([f"U{i}", i + 0.5])
    book.save(path)
    with zipfile.ZipFile(path) as parts:
        held = {name: parts.read(name).decode() for name in parts.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in held.items():
            if not name.endswith("sheet1.xml"):
                parts.writestr(name, text)
                continue
            before, after = text.split("</sheetData>")
            with parts.open(name, "w", force_zip64=True) as file:
                file.write((prolog + before).encode())
                for _time in range(times):
                    file.write(extra.encode())
                file.write(f"</sheetData>{after}".encode())
    return path


def cell(place: str, text: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


BOOKS = {
    "far cell": (f'<row r="1048576">{cell("XFD1048576")}</row>', 1, f"{limits.ROWS:,} rows"),
    "far column": (f'<row r="12">{cell("XFD12")}</row>', 1, f"limit is {limits.COLUMNS:,}"),
    "far row": (f'<row r="1048576">{cell("A1048576")}</row>', 1, f"{limits.ROWS:,} rows"),
    "unpacks to much": (" " * (1 << 20), 200, "MB once unpacked, the limit is"),
    "long text": (f'<row r="12">{cell("A12", "x" * 40_000)}</row>', 1, f"{limits.TEXT:,}"),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_workbook_beyond_a_limit(tmp_path, kind):
    extra, times, message = BOOKS[kind]
    with pytest.raises(HelpersError, match=message):
        read(sheet(tmp_path / "b.xlsx", extra, times=times))


def test_entities_are_not_expanded(tmp_path):
    path = sheet(tmp_path / "e.xlsx", f'<row r="12">{cell("A12", "&amp;")}</row>',
                 prolog='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')  # fmt: skip
    with pytest.raises(HelpersError, match="entities"):
        read(path)


PAGES = {
    "colspan 1e7": (
        TABLE.replace("<td>U2", '<td colspan="10000000">U2'),
        "over 10,000,000 columns",
    ),
    "rowspan 1e9": (TABLE.replace("<td>U2", '<td rowspan="1000000000">U2'), "rows, the limit"),
    "empty": ("", "the file is empty"),
    "no table": ("<p>x", "holds no table"),
    "only a comment": ("<!-- x -->", "not readable|holds no table"),
    "deep": ("<div>" * 100_000 + TABLE, "holds no table"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_beyond_a_limit(tmp_path, kind):
    content, message = PAGES[kind]
    (tmp_path / "p.html").write_text(content, "utf-8")
    with pytest.raises(HelpersError, match=message):
        read(tmp_path / "p.html")


@pytest.mark.parametrize("span", ["100%", "-1", "0", "none", "²"])
def test_a_span_that_is_no_number_is_one_cell(tmp_path, span):
    (tmp_path / "p.html").write_text(TABLE.replace("<td>U2", f'<td colspan="{span}">U2'), "utf-8")
    (table,) = read(tmp_path / "p.html")
    assert table.frame.shape == (10, 2)


def test_six_thousand_columns(tmp_path):
    rows = ["Name," + ",".join(f"c{i}" for i in range(6000)), "u," + ",".join(["0.5"] * 6000)]
    (tmp_path / "w.csv").write_text("\n".join(rows), "utf-8")
    with pytest.raises(HelpersError, match=rf"6,001 columns, the limit is {limits.COLUMNS:,}"):
        read(tmp_path / "w.csv")


def test_a_file_is_what_it_holds_whatever_it_is_called(tmp_path):
    text = "Name,Score\n" + "".join(f"U{i},{i}.5\n" for i in range(10))
    book = sheet(tmp_path / "b.xlsx", "").read_bytes()
    for name, content in {"a.xlsx": text.encode(), "a.csv": book, "a.xls": TABLE.encode()}.items():
        (tmp_path / name).write_bytes(content)
        (table,) = read(tmp_path / name)
        assert table.frame.shape == (10, 2) and list(table.frame) == ["Name", "Score"]


OTHERS = {
    "JSON": b'[{"Name": "U", "Score": 1}]',
    "gzip": b"\x1f\x8b\x08",
    "Parquet": b"PAR1",
    "97-2003": b"\xd0\xcf\x11\xe0",
    "PDF": b"%PDF-1.4",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_of_another_kind_is_refused_by_its_name(tmp_path, kind):
    (tmp_path / "o.csv").write_bytes(OTHERS[kind] + b"\0" * 50)
    with pytest.raises(HelpersError, match=kind):
        read(tmp_path / "o.csv")


@pytest.mark.parametrize(("part", "kind"), [("content.xml", "OpenDocument"), ("a.csv", "unpack"),
                                            ("xl/workbook.bin", "binary")])  # fmt: skip
def test_what_is_packed_otherwise_is_refused_by_its_name(tmp_path, part, kind):
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as parts:
        parts.writestr(part, "x")
    with pytest.raises(HelpersError, match=kind):
        read(tmp_path / "z.xlsx")


def test_marks_that_no_one_sees_are_no_part_of_a_cell(tmp_path):
    rows = 'Na\u00adme,"Score\n(0-10)"\n' + "".join(f"\u200fU{i},\u202a{i}.5\n" for i in range(9))
    (tmp_path / "m.csv").write_text(rows, "utf-8")
    (table,) = read(tmp_path / "m.csv")
    assert list(table.frame) == ["Name", "Score (0-10)"] and not table.plain
    assert list(table.frame["Name"]) == [f"U{i}" for i in range(9)]
