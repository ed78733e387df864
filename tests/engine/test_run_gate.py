"""Parameters are refused or accepted before any kernel starts."""

import datetime as dt
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.engine.run import gate, kinds, source
from helpers.errors import ParameterError

CELL = """\
# who and when
unit: str = "VN-68"  # ISO 3166-2 code, with a # in "quotes"
year: int = 2024  # the year
weight: float = 1  # an integer will do
draft: bool = False
"""


def write(path: Path, *sources: str, tag: str = "parameters", **metadata: object) -> Path:
    cells = [
        {"cell_type": "code", "metadata": {"tags": [tag]}, "source": text.splitlines(True),
         "outputs": [], "execution_count": None}
        for text in sources
    ]  # fmt: skip
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(document), encoding="utf-8")
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
        ({"weight": True}, "expected float"),
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
    french = write(tmp_path / "french.ipynb", 'lang: str = "fr"')  # a notebook of its own
    assert gate.check(french, {"lang": "de"}) == {"lang": "de"}
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
        ("year: int = '2024'", "line 1 .* not of type int"),
        ("\nyear: int = 1.5", "line 2 .* expected int"),
        ("unit: str = 5", "not of type str"),
        ("how: Literal['low', 'high'] = 'middle'", "expected one of 'low', 'high'"),
        ("years: list[int] = [2023, '2024']", r"expected list\[int\]"),
        ("year: int = 1\nyear: int = 2", "declared twice"),
        ("year = 1\nyear = 2", "declared twice"),
        ("year: int = ", "not Python"),
        ("unit: str = '''", "not Python"),
    ],
)
def test_a_cell_that_contradicts_itself_is_refused(tmp_path: Path, cell: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        gate.describe(write(tmp_path / "a.ipynb", cell))


def test_no_notebook_no_cell_and_two_cells(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="there is no such notebook"):
        gate.describe(tmp_path / "missing.ipynb")
    with pytest.raises(ParameterError, match="2 cells are tagged"):
        gate.describe(write(tmp_path / "two.ipynb", "a: int = 1", "b: int = 1"))
    wrong = json.loads(write(tmp_path / "good.ipynb", "a = 1").read_text())
    wrong["cells"][0].update(cell_type="cod", source=7)
    for content in (
        b"", b"not json", b"[]", b"{}", b'{"cells": [1]}', b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0",
        b'{"nbformat": 4}', b'{"nbformat": "4", "cells": []}', b'{"nbformat": 9, "cells": []}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
        b'{"nbformat": 3, "worksheets": 1}', json.dumps(wrong).encode(),
    ):  # fmt: skip
        (tmp_path / "bad.ipynb").write_bytes(content)
        with pytest.raises(ParameterError, match="not a notebook"):
            gate.describe(tmp_path / "bad.ipynb")


DAY, HOUR = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 8, 30)


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("n = 1", {"2": 2, " -3 ": -3}),
        ("x = 0.5", {"1": 1.0, "-inf": -math.inf, "1e3": 1000.0}),
        ("flag = True", {"no": False}),
        ("s = 'x'", {"km/h": "km/h", "1": "1", "None": "None", "a\u200cb": "a\u200cb"}),
        ("q = None", {"None": None, "1": 1, "[1]": [1], "two words": "two words"}),
        ("s: str = None", {"None": None, "n/a": "n/a"}),
        ("s: None | str = None", {"None": None, "x": "x"}),
        ("s: Optional[str] = None", {"None": None, "x": "x"}),
        ("s: typing.Union[int, str] = 1", {"1": 1, "x": "x"}),
        ("s: Literal['low', 'high', 1, None] = 'low'", {"high": "high", "1": 1, "None": None}),
        ("v: list = ['a']", {'["b", 1]': ["b", 1], "['b', None]": ["b", None]}),
        ("v: list[float] = []", {"[1, 2.5]": [1.0, 2.5]}),
        ("v: List[dt.date] = []", {'["2024-02-29"]': [DAY]}),
        ("v: list[str] | None = None", {"None": None, '["a"]': ["a"]}),
        ("d: dict = {'k': 1}", {'{"k": null}': {"k": None}, "{'k': (1,)}": {"k": (1,)}}),
        ("d: Dict[str, list[int]] = {}", {'{"k": [1]}': {"k": [1]}}),
        ("d: datetime.date = dt.date(2024, 1, 1)", {"2024-02-29": DAY}),
        ("d = date(2024, 1, 1)", {"2024-02-29": DAY}),
        ("d: datetime = datetime(2024, 1, 1)", {"2024-02-29T08:30": HOUR}),
        ("n: Final = 1", {"2": 2}),
        ("n: Final[int] = 1", {"2": 2}),
        ("n: 'int' = 1", {"2": 2}),
        ("n = None  # type: int", {"2": 2, "None": None}),
        ("n = 1  # type: float  # how many", {"2": 2.0}),
        ("n = 1  # type of thing", {"2": 2}),
        ("n: int", {"2": 2}),
        ("n: int = 60 * 60", {"2": 2}),
        ("x: float = float('nan')", {"2": 2.0}),
        ("x: float = math.inf", {"2": 2.0}),
        ("b: bytes = b'x'", {"b'y'": b"y"}),
        ('"""What is asked."""\nimport os\n%matplotlib inline\n!ls\nn = 1', {"2": 2}),
        ("n = 1\nif n > 1:\n    n += 1", {"2": 2}),
    ],
)
def test_a_text_becomes_the_type_that_is_declared(
    tmp_path: Path, cell: str, texts: dict[str, object]
) -> None:
    notebook = write(tmp_path / "a.ipynb", cell)
    (parameter,) = gate.describe(notebook)
    for text, expected in texts.items():
        (value,) = gate.check(notebook, {parameter.name: text}).values()
        assert value == expected and type(value) is type(expected)
        again = gate.check(notebook, {parameter.name: value})  # as itself, not as a text
        assert again == {parameter.name: value}
        code = kinds.to_code(value)
        assert eval(code, {}) == value
        json.dumps(kinds.to_json(value), allow_nan=False)


@pytest.mark.parametrize(
    ("cell", "given", "message"),
    [
        ("n = 1", {"n": "1.5"}, "expected int"),
        ("s: Optional[int] = None", {"s": "x"}, "expected int or None"),
        ("s: Literal['low', 'high'] = 'low'", {"s": "Low"}, "expected one of 'low', 'high'"),
        ("v: list[int] = []", {"v": '[1, "2"]'}, r"expected list\[int\]"),
        ("v: list = []", {"v": "a, b"}, "expected list"),
        ("v: list = []", {"v": "(1, 2)"}, "expected list"),
        ("d: dict = {}", {"d": '{"k": 1, "k": 2}'}, "expected dict"),
        ("d: date = None", {"d": "29.2.2024"}, "expected date or None"),
        ("b: bytes = b'x'", {"b": "x"}, "expected bytes"),
        ("p: Path = Path('x')", {"p": "y"}, "cannot be given from outside"),
        ("n: int", {}, "must be given n: expected int"),
        ("a, b = 1, 2", {"a": "3"}, "has no parameter a"),
        ("unit: str = 'VN-68'", {"unit": "a/b"}, "a path is not allowed"),
        ("index: str = ''", {"index": ".."}, "a path is not allowed"),
        ("lang: str = 'vi'", {"lang": "../vi"}, "a path is not allowed"),
        ("s: str = ''", {"s": "a\u202eb"}, r"U\+202E"),
    ],
)
def test_a_text_that_is_not_of_the_type_is_refused(
    tmp_path: Path, cell: str, given: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        gate.check(write(tmp_path / "a.ipynb", cell), given)


def test_a_default_that_is_an_expression_is_left_to_the_notebook(tmp_path: Path) -> None:
    cell = "n = 1\nm: int = 60 * n\np: Path = Path('x')\nk = 1\nk += n\na, b = 1, 2"
    assert gate.check(write(tmp_path / "a.ipynb", cell), {}) == {"n": 1}
    speed = write(tmp_path / "b.ipynb", "unit: str = 'km/h'")  # no name of the project's
    assert gate.check(speed, {"unit": "m/s"}) == {"unit": "m/s"}


def test_a_notebook_in_another_language_takes_no_parameters(tmp_path: Path) -> None:
    about = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    notebook = write(tmp_path / "r.ipynb", "n <- 1", **about)
    assert gate.check(notebook, {}) == {}
    with pytest.raises(ParameterError, match="written in r"):
        gate.check(notebook, {"n": "2"})


def test_notebooks_of_older_formats_are_read_the_same_each_time(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "input": ["n = 1"], "language": "python", "outputs": [],
         "metadata": {"tags": ["parameters"]}},
        {"cell_type": "heading", "level": 2, "source": ["A title"]},
    ]  # fmt: skip
    sheets = [{"cells": cells}]
    old = tmp_path / "old.ipynb"
    document = {"metadata": {"name": "x"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}
    old.write_text(json.dumps(document), encoding="utf-8")
    assert gate.check(old, {"n": "2"}) == {"n": 2}
    first, second = source.read(old), source.read(old)
    assert first == second
    assert [cell.id for cell in first.cells] == ["cell-1", "cell-2"]
    assert first.cells[1].source == "## A title"
    cells[0]["language"] = "julia"
    old.write_text(json.dumps(document), encoding="utf-8")
    assert source.language(source.read(old)) == "julia"


def test_importing_loads_none_of_the_heavy_packages() -> None:
    code = (
        "import sys, helpers.engine.run.codes, helpers.engine.run.execute\n"
        "import helpers.engine.run.gate, helpers.engine.run.graph, helpers.files\n"
        "heavy = 'pandas numpy papermill nbformat nbclient traitlets zmq filelock asyncio tqdm'\n"
        "print([name for name in heavy.split() if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
