"""Parameters are refused or accepted before any kernel starts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.engine.run import gate
from helpers.errors import ParameterError

CELL = """\
# who and when
unit: str = "VN-68"  # ISO 3166-2 code, with a # in "quotes"
year: int = 2024  # the year
weight: float = 1  # an integer will do
draft: bool = False
"""


def write(path: Path, *sources: str, tag: str = "parameters") -> Path:
    cells = [
        {"cell_type": "code", "metadata": {"tags": [tag]}, "source": text.splitlines(True)}
        for text in sources
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("gate") / "báo cáo.ipynb", CELL)


def test_describe_gives_names_types_defaults_and_help(notebook: Path) -> None:
    assert gate.describe(notebook) == [
        ("unit", str, "VN-68", 'ISO 3166-2 code, with a # in "quotes"'),
        ("year", int, 2024, "the year"),
        ("weight", float, 1.0, "an integer will do"),
        ("draft", bool, False, ""),
    ]
    assert isinstance(gate.describe(notebook)[2].default, float)


def test_texts_of_the_command_line_become_the_declared_type(notebook: Path) -> None:
    given_texts = {"year": " 2023 ", "weight": "0.5", "draft": "Yes", "unit": "Ba\u0300 Ri\u0323a"}
    assert gate.check(notebook, given_texts) == {
        "unit": "Bà Rịa",  # composed, whatever the keyboard or file system made of it
        "year": 2023,
        "weight": 0.5,
        "draft": True,
    }


def test_defaults_stand_for_what_is_not_given(notebook: Path) -> None:
    assert gate.check(notebook, {}) == {
        "unit": "VN-68",
        "year": 2024,
        "weight": 1.0,
        "draft": False,
    }
    without = write(notebook.with_name("none.ipynb"), "x = 1", tag="other")
    assert gate.check(without, {}) == {}
    with pytest.raises(ParameterError, match="It takes no parameters"):
        gate.check(without, {"year": 1})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"yaer": "2023"}, r"no parameter yaer; did you mean year\? It takes unit, year"),
        ({"zzz": 1}, "no parameter zzz. It takes unit"),
        ({"x=1;import os;y": 1}, "is not a parameter name"),
        ({"x y": 1}, "is not a parameter name"),
        ({"import": 1}, "is not a parameter name"),
        ({7: 1}, "is not a parameter name"),
        ({"year": "2_023"}, "expected int"),
        ({"year": "2023.0"}, "expected int"),
        ({"year": "\u0662\u0660\u0662\u0663"}, "expected int"),
        ({"year": ""}, "expected int"),
        ({"year": True}, "expected int"),
        ({"year": 2023.0}, "expected int"),
        ({"year": None}, "expected int"),
        ({"weight": "nan"}, "expected float"),
        ({"weight": float("inf")}, "expected float"),
        ({"weight": "0,5"}, "expected float"),
        ({"draft": 1}, "expected bool"),
        ({"draft": "maybe"}, "expected bool"),
        ({"unit": 68}, "expected str"),
        ({"unit": ["VN-68"]}, "expected str"),
        ({"unit": "../../etc"}, "a path is not allowed"),
        ({"unit": "..\\etc"}, "a path is not allowed"),
        ({"unit": ".."}, "a path is not allowed"),
        ({"unit": "a\0b"}, r"U\+0000"),
        ({"unit": "a\nb"}, r"U\+000A"),
        ({"unit": "a\u202eb"}, r"U\+202E"),
        ({"unit": "a\udc80b"}, r"U\+DC80"),
        ({"unit": "x" * 201}, "longer than 200"),
        ({"year": "9" * 5000}, "longer than 200"),
    ],
)
def test_bad_parameters_are_refused(
    notebook: Path, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        gate.check(notebook, parameters)
    assert str(caught.value).isprintable()  # one line that cannot drive a terminal


def test_an_unknown_language_is_refused_whatever_the_notebook(tmp_path: Path) -> None:
    bilingual = write(tmp_path / "any.ipynb", 'lang: str = "vi"')
    assert gate.check(bilingual, {"lang": "en"}) == {"lang": "en"}
    with pytest.raises(ParameterError, match="lang is 'fr'; expected one of en, vi"):
        gate.check(bilingual, {"lang": "fr"})
    number = write(tmp_path / "number.ipynb", "lang: int = 1")  # no language
    assert gate.check(number, {"lang": "7"}) == {"lang": 7}


@given(text=st.text(max_size=30))
def test_an_accepted_text_is_one_safe_file_name(notebook: Path, text: str) -> None:
    try:
        accepted = gate.check(notebook, {"unit": text})["unit"]
    except ParameterError:
        return
    assert isinstance(accepted, str)
    assert Path(f"x{accepted}").name == f"x{accepted}"
    assert not any(ord(character) < 32 for character in accepted)
    assert gate.check(notebook, {"unit": accepted})["unit"] == accepted


@given(value=st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_and_its_text_are_taken_alike(notebook: Path, value: int | float | bool) -> None:
    name = {int: "year", bool: "draft", float: "weight"}[type(value)]
    assert gate.check(notebook, {name: value}) == gate.check(notebook, {name: str(value)})
    assert gate.check(notebook, {name: value})[name] == value


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("year = 2024", "line 1 .* is not `name: type = value"),
        ("import os", "is not `name: type"),
        ("year: int = 2024\nprint(year)", "line 2"),
        ("year: int", "is not `name: type"),
        ("a.b: int = 1", "is not `name: type"),
        ("years: list = []", "is not `name: type"),
        ("year: int = int('1')", "not a plain value"),
        ("year: int = '2024'", "not of type int"),
        ("year: int = 1.5", "expected int"),
        ("unit: str = 5", "not of type str"),
        ("unit: str = '../x'", "a path is not allowed"),
        ("year: int = 1\nyear: int = 2", "declared twice"),
        ("year: int = ", "not Python"),
        ("unit: str = '''", "not Python"),
    ],
)
def test_only_plain_declarations_are_read(tmp_path: Path, cell: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        gate.describe(write(tmp_path / "a.ipynb", cell))


def test_no_notebook_no_cell_and_two_cells(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="there is no such notebook"):
        gate.describe(tmp_path / "missing.ipynb")
    with pytest.raises(ParameterError, match="2 cells are tagged"):
        gate.describe(write(tmp_path / "two.ipynb", "a: int = 1", "b: int = 1"))
    for content in (b"not json", b"[]", b'{"cells": [1]}', b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0"):
        (tmp_path / "bad.ipynb").write_bytes(content)
        with pytest.raises(ParameterError, match="not a notebook"):
            gate.describe(tmp_path / "bad.ipynb")


def test_importing_loads_none_of_the_heavy_packages() -> None:
    code = (
        "import sys, helpers.engine.run.codes, helpers.engine.run.execute\n"
        "import helpers.engine.run.gate, helpers.engine.run.graph, helpers.files\n"
        "heavy = 'pandas numpy papermill nbformat nbclient traitlets zmq filelock asyncio tqdm'\n"
        "print([name for name in heavy.split() if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
