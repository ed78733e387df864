"""Notebooks as others write them, by ``python -m helpers run``: run, or refused by name."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.__main__ import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path / "project"))
    monkeypatch.chdir(tmp_path)


def write(name: str, parameters: str, *cells: str) -> str:
    node = new_notebook(cells=[new_code_cell(parameters, metadata={"tags": ["parameters"]})])  # type: ignore[no-untyped-call]
    node.cells += [new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
    nbformat.write(node, name)  # type: ignore[no-untyped-call]
    return name


def test_what_jupyter_runs_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    source = write(
        "tên có dấu cách.ipynb",
        "# how many\nprint: str = 'x'  # hides a built-in\na, b = 1, 2\nc: int = 60 * 60",
        "import asyncio, builtins\nawait asyncio.sleep(0.01)\nbuiltins.print(print, a, b, c)",
        "!false",
        "%%bash --no-raise-error\necho from bash; exit 3",
    )
    assert main(["run", source, "-p", "print=y", "--output", "out.ipynb"]) == 0
    assert capsys.readouterr().out == "out.ipynb\n"
    cells = nbformat.read("out.ipynb", 4).cells  # type: ignore[no-untyped-call]
    texts = [output.text for cell in cells for output in cell.get("outputs", [])]
    assert texts == ["y 1 2 3600\n", "from bash\n"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%bash\nexit 3", "code cell 2 (`%%bash`): CalledProcessError"),
        ("input('name? ')", "code cell 2 (`input('name? ')`): StdinNotImplementedError"),
    ],
)
def test_what_fails_in_jupyter_fails_with_its_cell(
    capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    assert main(["run", write("a.ipynb", "n = 1", cell)]) == 1
    assert said in capsys.readouterr().err


def test_a_parameter_without_a_value_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", write("a.ipynb", "n: int")]) == 2
    assert "a.ipynb must be given n: expected int" in capsys.readouterr().err
