"""Every refusal of the intake is met by some table: none is there that nobody has seen."""

import ast
import zipfile
from functools import partial
from pathlib import Path

import pytest
from test_bombs import OTHERS, PAGES, TABLE, sheet
from test_kinds import GOOD, KINDS, MENDS, save, sheets

from helpers import newindex
from helpers.errors import HelpersError
from helpers.index import catalog
from helpers.newindex import add_table, limits, new_index

SOURCES = sorted(Path(newindex.__file__).parent.glob("*.py"))


def refusals():
    """Where the intake raises what a user meets: file and line of each raise with a message."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, (ast.Call, ast.Name)):
                yield path.name, range(node.lineno, node.end_lineno + 1)


def met(error):
    """Where an error, and those it came of, were raised in the intake."""
    while error is not None:
        trace, at = error.__traceback__, None
        while trace is not None:
            path = Path(trace.tb_frame.f_code.co_filename)
            at = (path.name, trace.tb_lineno) if path in SOURCES else at
            trace = trace.tb_next
        if at:
            yield at
        error = error.__context__


def kept(project, name, content):
    path = project / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


TEXTS = {
    "empty.csv": "",
    "nul.csv": "Name,Score\na\0b,1\nc,2\n",
    "twice.csv": "Tỉnh,Điểm\nHà Nội,1\nHuế,2\n".encode().decode("cp1252", "replace"),
    "noise.csv": bytes(range(128, 256)) * 3 + b"\xff\x00\x81,1\n",
    "long.csv": f"Name,Score\n{'a' * 40_000},1\nb,2\n",
    "longer.csv": f"Name,Score\n{'a' * 140_000},1\nb,2\n",
    "quotes.csv": 'Name,Score\n"a,1\nb,2\n',
    "wide.csv": "Name," + ",".join(f"c{i}" for i in range(2001)) + "\n",
    "rows.csv": "Name,Score\n" + "\n" * 400 + "a,1\n",
    "cells.csv": "Name,Score\n" + "a,1,2,3,4,5,6,7,8,9\n" * 200,
    "file.csv": "Name,Score\n" + "a" * (1 << 20),
    "names.csv": "1,2\n3,4\n5,6\n",
    "no-names.csv": "Score,Rank\n1.5,1\n2.5,2\n3.5,3\n",
    "words.csv": "Name,Kind\na,b\nc,d\n",
    "half.xlsx": b"PK\3\4garbage",
    "top.csv": "Name,Score,Kind\n",
    "pages.html": TABLE * 2,
    "comment.html": "<!-- x -->",
}
"""Files that are refused for what they hold."""


SMALL = {"ROWS": 300, "CELLS": 1500, "FILE": 1 << 20, "UNPACKED": 1 << 19}
"""Limits that a test reaches soon."""


def played(project, monkeypatch):
    """Play all that is refused, and yield the errors."""
    for name, limit in SMALL.items():
        monkeypatch.setattr(limits, name, limit)
    good = save(project, "good", GOOD)
    asked = [(kept(project, name, content), {"year": 2020}) for name, content in TEXTS.items()]
    asked += [
        (save(project, f"k{n}", made), how)
        for n, (made, how, end) in enumerate(KINDS.values())
        if isinstance(end, str)
    ]
    asked += [(save(project, f"m{n}", bad), how) for n, (bad, how, *_) in enumerate(MENDS)]
    asked += [(sheet(project / "packed.xlsx", " " * (1 << 19)), {})]
    asked += [(sheet(project / "entity.xlsx", "", "<!DOCTYPE w [<!ENTITY x 'y'>]>"), {})]
    asked += [
        (kept(project, f"p{n}.html", content), {"year": 2020})
        for n, (content, _message) in enumerate(PAGES.values())
        if len(content) < 10**5
    ]
    asked += [(kept(project, f"o{n}", begins + b"\0" * 50), {})
              for n, begins in enumerate(OTHERS.values())]  # fmt: skip
    asked += [(packed(project, part), {}) for part in ("content.xml", "a.csv")]
    asked += [(sheet(project / "cut.xlsx", "<row"), {}), (project / "none.csv", {})]
    asked += [([good, project / "a" / "good.csv"], {})]
    alike = sheets(*((title, [["Name", "2020"], ["A", 1], ["B", 2]]) for title in ("x y", "x-y")))
    asked += [(save(project, "alike", alike), {"table": "all"})]
    for source, how in asked:
        yield partial(new_index, "one", source, **how)
    list(new_index("held", good, year=2020))
    catalog._load.cache_clear()
    yield partial(new_index, "held", good)
    yield partial(new_index, "No Name", good)
    yield partial(add_table, "held", good, year=2021)
    yield partial(add_table, "none", good)


def packed(project, part):
    with zipfile.ZipFile(project / f"{part}.xlsx", "w") as parts:
        parts.writestr(part, "x")
    return project / f"{part}.xlsx"


def test_every_refusal_is_met(project, monkeypatch):
    (project / "a").mkdir()
    save(project / "a", "good", GOOD)
    seen = set()
    for play in played(project, monkeypatch):
        with pytest.raises(HelpersError) as caught:
            list(play())
        assert "\n" not in str(caught.value)
        seen |= set(met(caught.value))
    never = [f"{file}:{lines[0]}" for file, lines in refusals()
             if not any((file, line) in seen for line in lines)]  # fmt: skip
    assert not never, never
