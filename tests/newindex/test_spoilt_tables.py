"""Spoilt tables: whatever was done to them, one line or an index, and nothing half written.

`SPOILT=2000` (make test-spoilt) plays all of them; the tests play some.
"""

import csv
import gzip
import io
import os
import random
import re
import time
import unicodedata
from collections import Counter
from pathlib import Path

import psutil
import pytest
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from helpers.errors import HelpersError
from helpers.index import catalog, units
from helpers.newindex import add_table, new_index
from helpers.tables import disagreements, rank, recompute, score
from helpers.tables.clean import clean
from helpers.tables.headline import contributions_table, find_full

COUNT = int(os.environ.get("SPOILT", "120"))
PARTS = 4  # tests, so that several can run side by side
SECONDS, MEGABYTES = 10, 1024
NAME = "x" * 70


def spoil(chance: random.Random) -> bytes:
    """Return a table of one of several shapes with some damage done to its cells or bytes."""
    heads = [["Country", "2019", "2020"], ["Rank", "Unit", "Year", "Score"], ["unit", "kind", "v"],
             ["STT", "Tỉnh", "Hạng", "Điểm"], ["code", "name", "date", "x", "y"]]  # fmt: skip
    head = list(chance.choice(heads))
    rows = [head]
    # What always refuses is done rarely, else nothing is seen of what comes after it.
    mixed, quoted = chance.random() < 0.1, chance.random() < 0.9
    mark = chance.choice(".,")
    for i in range(chance.choice([0, 1, *range(4, 14), *range(4, 14)])):
        row = []
        for name in head:
            kind = fold_kind(name)
            point = chance.choice(".,") if mixed else mark
            row.append({
                "name": chance.choice(["A", "Bê", "C-d", "World", "", "EU27", NAME]) + str(i),
                "year": chance.choice(["2019", "2020", "2019/20", "2019-06", "31/12/2019"]),
                "rank": chance.choice([f"{i + 1}", f"={i + 1}", "101-150", "201+", "T2", "-"]),
                "score": chance.choice([f"{i}{point}5"] * 5 + ["..", "n/a", f"{i}", "9%", "1e5"]),
            }[kind])  # fmt: skip
        rows.append(row)
    odd = ["", "?", "=1+1", "\u202e", "\x07", '"', "1,2,3", "−3", "9" * 400, "1e999", "NaN",
           "#REF!", "{", "&a", "*a", "- x", "a: b", "\U0001f600", "0.8400000000000001", "2019",
           "<b>"]  # fmt: skip
    for _time in range(chance.randrange(0, 4)):
        at = chance.randrange(len(rows)) or chance.randrange(len(rows))
        what = chance.randrange(12)
        if what == 0:
            rows.insert(at, [])
        elif what == 1:
            rows.insert(at, [chance.choice(odd)])
        elif what == 2:
            rows[at] = rows[at] * 2
        elif rows[at]:
            rows[at][chance.randrange(len(rows[at]))] = chance.choice(odd)
    delimiter = chance.choice([",", ",", ";", "\t", "|"])
    end = chance.choice(["\n", "\r\n", "\r"])
    text = io.StringIO(newline="")
    if quoted:
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    else:
        text.write(end.join(delimiter.join(row) for row in rows))
    encoding = chance.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16"])
    content = text.getvalue().encode(encoding, "replace")
    if chance.random() < 0.05 and content:
        cut = chance.randrange(len(content))
        content = content[:cut] + bytes([chance.randrange(256)]) + content[cut + 1 :]
    return content


def harder(number: int, content: bytes) -> bytes:
    """Return a table packed, doubled, turned, merged or encoded otherwise, or as it is."""
    chance = random.Random(f"harder {number}")
    what = chance.randrange(36)
    rows = list(csv.reader(content.decode("utf-8", "replace").splitlines()))
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    if what == 0:
        rows = [row + [""] * (number % 2) + row for row in rows]
    elif what == 1:
        rows = [list(column) for column in zip(*rows, strict=True)]
    elif what == 2:
        rows = [[row[0], *row] for row in rows if row]
    elif what == 3:
        rows = [[f"{cell}\n{cell}" for cell in row] for row in rows]
    elif what == 4:
        book = Workbook()
        for row in rows:
            book.active.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
        for _time in range(4):
            top, left = chance.randrange(1, 9), chance.randrange(1, 5)
            book.active.merge_cells(start_row=top, start_column=left,
                                    end_row=top + chance.randrange(3),
                                    end_column=left + chance.randrange(3))  # fmt: skip
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()
    elif what == 5:
        span = chance.choice(["colspan=2", "rowspan=3", "rowspan=0 colspan=3", ""])
        lines = "".join("<tr>" + "".join(f"<td {span if chance.random() < 0.1 else ''}>{cell}"
                                         for cell in row) for row in rows)  # fmt: skip
        page = f"<table>{lines}</table>"
        return (page if number % 2 else f"<table><tr><td>{page}<td>x</table>").encode()
    elif what == 6:
        return gzip.compress(content)
    elif what == 7:
        return content.replace(b"a", b"\0", 1)
    elif what == 8:
        return unicodedata.normalize("NFD", content.decode("utf-8", "replace")).encode()
    elif what == 9:
        return content.replace(b"A", "Ả".encode()).decode("latin-1").encode()
    elif what == 10:
        return content.replace(b"A", b"\xc9").replace(b"B", bytes([chance.randrange(128, 256)]))
    elif what == 11:
        rows = rows[:1] if number % 2 else [row[:1] for row in rows]
    if what > 11:
        return content
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def fold_kind(name: str) -> str:
    kinds = {"Rank": "rank", "Hạng": "rank", "STT": "rank", "Year": "year", "date": "year"}
    return kinds.get(name, "name" if name in ("Country", "Unit", "unit", "kind", "code", "name",
                                              "Tỉnh") else "score")  # fmt: skip


def answer_all(folder: Path) -> None:
    """Answer every question as a hasty person would: the first of what the question lists."""
    path = folder / "index.yml"
    lines = []
    for line in path.read_text("utf-8").splitlines():
        bare, _mark, asked = line.partition(" #")
        field = bare.split(":")[0].strip(" -")
        listed = asked.rpartition(": ")[2].split(", ")[0].split("; ")[0]
        told = {
            "headline": listed,
            "year": "2020",
            "numbers": "en",
            "zeros": "missing",
            "only": listed,
            "missing": re.sub(r".*means no figure: ", "", asked),
            "years": re.sub(r".*If not: (\{.*?\});.*", r"\1", asked),
            "unit_set": "63",
        }.get(field)
        if ': "?"' in bare and told is None:
            continue  # ranks of no indicator: the line is deleted
        lines.append(bare.replace(': "?"', f": {told}") if ': "?"' in bare else line)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    structure = folder / "structure.csv"
    structure.write_text(structure.read_text("utf-8").replace(",?,", ",1,"), "utf-8")


def make_tables(name: str) -> None:
    """Make what the command `data` makes of an index, but for other choices."""
    index = catalog.load(name)
    everybody, cleaned = units.load(index), clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranked = rank.ranks(index, everybody, scored, cleaned.published)
    rank.changes(index, everybody, ranked, cleaned.published)
    listed = rank.listed(index, everybody, cleaned.published)
    contributions_table(find_full(index, scored, listed))
    totals = recompute.compare_with_published(index, scored)
    disagreements.compare(index, cleaned.published, ranked, totals)


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def play(project: Path, number: int) -> str:
    """Play one spoilt table and a second one added to it; return how far it came."""
    chance = random.Random(f"spoilt {number}")
    source, later = project / f"t{number}.csv", project / f"u{number}.csv"
    content = harder(number, spoil(chance))
    source.write_bytes(content)
    again = content.replace(b"2019", b"2021").replace(b"2020", b"2022")
    later.write_bytes(again if chance.random() < 0.7 else spoil(chance))
    name = f"i{number}"
    folder = project / "data/raw" / name
    try:
        list(new_index(name, source, year=chance.choice([0, 2020, 2020])))
    except HelpersError as error:
        assert "\n" not in str(error)
        assert not folder.exists()
        return "refused"
    answer_all(folder)
    catalog._load.cache_clear()
    try:
        make_tables(name)
    except HelpersError as error:
        assert "not valid YAML" not in str(error)
    before = held(folder)
    try:
        list(add_table(name, later, year=chance.choice([0, 2022])))
    except HelpersError:
        assert held(folder) == before
        return "made, addition refused"
    catalog._load.cache_clear()
    try:
        make_tables(name)
    except HelpersError:
        return "added, data refused"
    return "made twice"


def resident() -> int:
    """The memory this process has, in bytes."""
    return int(psutil.Process().memory_info().rss)


@pytest.mark.parametrize("part", range(PARTS))
def test_spoilt_tables_end_in_one_line_or_an_index(project, part):
    ends: Counter[str] = Counter()
    before = resident()  # what other tests left
    for number in range(part, COUNT, PARTS):
        begun = time.process_time()
        try:
            ends[play(project, number)] += 1
        except Exception as error:
            raise AssertionError(f"spoilt table {number}: {error!r}") from error
        assert time.process_time() - begun < SECONDS, number
        assert resident() - before < MEGABYTES * 2**20, number
    assert len(ends) > 1 and not list((project / "build").glob(".new-*"))
