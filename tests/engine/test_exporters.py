"""The exporters of the project: its style, its entry points, its errors."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import Config

from helpers import palette, show
from helpers.engine import exporters
from helpers.engine.run import carry, kernel
from helpers.engine.run.source import WARM
from helpers.errors import NotebookError
from nbtypst import ExportError

ROOT = Path(__file__).parents[2]
HEAVY = ("SALib", "ipywidgets", "matplotlib", "pandera", "scipy.optimize", "scipy.stats", "seaborn")
EXPORTERS = (exporters.Typst, exporters.PDF, exporters.HTML)


@pytest.mark.parametrize("kind", EXPORTERS)
def test_an_exporter_has_the_style_of_the_project_unless_a_user_configures_another(kind) -> None:
    style = kind().style
    assert style.colours["highlight"] == palette.HIGHLIGHT
    assert style.typeface == palette.FONT
    assert style.word("vi", "figure") == "Hình" and style.with_region("vi") == "vi-VN"
    assert all(bool(style.number.fullmatch(t)) == show.reads_as_number(t) for t in ("23", "–", "a"))
    mine = kind(config=Config({"ReportExporter": {"typeface": "Mine"}})).style
    assert (mine.typeface, mine.colours["fall"]) == ("Mine", palette.FALL)


def test_the_entry_points_are_these() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["entry-points"]["nbconvert.exporters"]
    found = {name: value.removeprefix("helpers.engine.exporters:") for name, value in named.items()}
    # JupyterLab asks for no name with a hyphen; those are for the command line, and hidden there.
    listed = {kind for name, kind in found.items() if name.isidentifier()}
    assert listed == {kind.__name__ for kind in EXPORTERS}
    assert found["typst-pdf"] == "CommandLinePDF"
    assert found["report-html"] == "CommandLineHTML"


def test_a_server_is_shown_no_name_that_it_cannot_ask_for() -> None:
    listing = (
        "from nbconvert.exporters.base import get_export_names as n; "
        "print(*[x for x in n() if 'typst' in x or 'report' in x])"
    )
    for before, names in (
        ("", {"typst", "typst_pdf", "report_html", "typst-pdf", "report-html"}),
        ("import jupyter_server; ", {"typst", "typst_pdf", "report_html"}),
    ):
        done = subprocess.run(
            [sys.executable, "-c", before + listing], capture_output=True, text=True, check=True
        )
        assert set(done.stdout.split()) == names


def test_a_notebook_that_cannot_be_set_is_an_error_of_the_project(tmp_path: Path) -> None:
    output = new_output("display_data", {"image/svg+xml": "<svg/>"})
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("draw()", outputs=[output])]), path)
    with pytest.raises(NotebookError, match=r"^cell 1 \(draw\(\)\): .*end the cell with show"):
        carry.export(path, [tmp_path / "a.pdf"])


@pytest.mark.parametrize("kind", EXPORTERS)
def test_a_notebook_that_was_not_run_is_refused_with_the_mend(kind) -> None:
    ran = new_code_cell("draw()", outputs=[new_output("stream", name="stdout", text="drawn")])
    quiet = new_code_cell("import os", execution_count=1)
    kind().from_notebook_node(new_notebook(cells=[ran, quiet, new_code_cell(" ")]))
    for idle in ("plot()", "x = 1"):
        with pytest.raises(ExportError, match=r"1 of 3 .*run all cells"):
            kind().from_notebook_node(new_notebook(cells=[ran, quiet, new_code_cell(idle)]))


@pytest.mark.parametrize("name", kernel.SPECS)
def test_what_is_preloaded_can_be_and_starts_no_thread(name: str) -> None:
    script = f"""
import sys
from prefork.preload import Preloaded
from prefork.threads import why_not_single_threaded
print([*Preloaded({kernel.SPECS[name]!r}).failures, why_not_single_threaded()])
print(sorted({set(HEAVY)!r} & set(sys.modules)))
"""
    # As in a fork server: Arrow's allocator would start a thread of its own.
    env = {"MPLBACKEND": "agg", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | env, capture_output=True, text=True,
    )  # fmt: skip
    threads, heavy = done.stdout.splitlines()
    assert threads == "['']", done.stderr
    assert (heavy == "[]") == (name == WARM)  # reports start without what makes tables


def test_reading_a_notebook_compiles_no_grammar() -> None:
    script = "import sys, helpers.engine, nbformat; print(sys.modules['rfc3987_syntax'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "None\n", done.stderr
