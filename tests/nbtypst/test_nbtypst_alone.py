"""nbtypst's own wheel, in an environment without the project."""

import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from alone import SRC, Alone, not_asked_for


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    return Alone("nbtypst", tmp_path_factory.mktemp("nbtypst"))


def test_the_wheel_holds_the_package_and_nothing_else(alone: Alone) -> None:
    names = set(zipfile.ZipFile(alone.wheel).namelist())
    held = {name for name in names if ".dist-info/" not in name}
    files = [
        path
        for pattern in ("*.py", "*.typ", "*.css", "*.j2", "typeface/*")
        for path in (SRC / "nbtypst").glob(pattern)
    ]
    assert held == {path.relative_to(SRC).as_posix() for path in files}


@pytest.mark.parametrize("form", ["typst_pdf", "typst", "report_html"])
def test_any_notebook_is_set_without_the_project(alone: Alone, form: str) -> None:
    table = new_output("display_data", {"text/html": "<table><tr><th>a<td>1</table>"})
    cells = [new_markdown_cell("# Title\n\nSome text."), new_code_cell("t", outputs=[table])]
    path = alone.folder / "any.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    alone.run(alone.python, "-m", "nbconvert", "--to", form, path)
    ending = {"typst_pdf": ".pdf", "typst": ".typ", "report_html": ".html"}[form]
    made = path.with_suffix(ending).read_bytes()
    assert made.startswith(b"%PDF-1.7") if ending == ".pdf" else b"Some text." in made


def test_every_package_imported_is_asked_for() -> None:
    assert not_asked_for("nbtypst") == set()
