"""Any notebook by ``python -m helpers run``: told truly, kept apart, run where the user is."""

import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.__main__ import main
from helpers.engine.run import alone, client
from helpers.errors import ParameterError


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root, and beside it the folder that the shell is in."""
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path / "project"))
    (tmp_path / "shell").mkdir()
    monkeypatch.chdir(tmp_path / "shell")
    return tmp_path / "project"


def write(path: str, *sources: str | tuple[str, str], **about: Any) -> str:
    """Write a notebook; a source may come with a tag. ``about`` is its metadata."""
    node = new_notebook(metadata=about)  # type: ignore[no-untyped-call]
    for one in sources:
        source, *tags = (one,) if isinstance(one, str) else one
        cell = new_code_cell(source, metadata={"tags": tags})  # type: ignore[no-untyped-call]
        node.cells.append(cell)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)  # type: ignore[no-untyped-call]
    return path


def read(path: str | Path) -> list[dict[str, Any]]:
    return list(json.loads(Path(path).read_text(encoding="utf-8"))["cells"])


def printed(path: str | Path) -> str:
    texts = [output.get("text", []) for cell in read(path) for output in cell["outputs"]]
    return "".join("".join(text) for text in texts)


def states(root: Path) -> list[str]:
    (failed,) = root.rglob("*.failed.ipynb")
    return [cell["metadata"]["papermill"]["status"] for cell in read(failed)]


def test_paths_are_the_shells_and_equal_names_are_kept_apart(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = []
    for name in ("one", "two"):
        write(f"{name}/a.ipynb", "import beside; print(open('data.txt').read(), beside.NAME)")
        Path(f"{name}/data.txt").write_text(f"data of {name}")
        Path(f"{name}/beside.py").write_text(f"NAME = {name!r}")
        assert main(["run", f"{name}/a.ipynb"]) == 0
        made.append(capsys.readouterr().out.strip())
    assert [printed(path) for path in made] == ["data of one one\n", "data of two two\n"]
    assert all(Path(path).is_relative_to(root / "build") for path in made)

    Path("data.txt").write_text("the shell's")
    asked = ["run", "one/a.ipynb", "--output", "out/b.ipynb", "--cwd", ".", "--timeout", "0"]
    Path("beside.py").write_text("NAME = 'shell'")
    assert main(asked) == 0
    assert capsys.readouterr().out == "out/b.ipynb\n"
    assert printed("out/b.ipynb") == "the shell's shell\n"


def test_the_projects_own_notebooks_go_where_they_always_went(root: Path) -> None:
    write(str(root / "notebooks/report.ipynb"), "import os; print(os.environ['HELPERS_ROOT'])")
    made = alone.run_alone(str(root / "notebooks/report.ipynb"), [])
    assert made == root / "build/report.ipynb"
    assert printed(made) == ".\n"


def test_values_reach_the_kernel_as_what_they_are() -> None:
    cell = """
        '''What is asked.'''
        import datetime as dt
        %matplotlib inline
        day: dt.date = dt.date(2024, 1, 1)
        hours: list[dt.datetime] = []
        limit: float = float("nan")
        share: dict = {"a": 1}
        text: str | None = None
        half = 60 / 2
    """
    source = write(
        "a.ipynb",
        (textwrap.dedent(cell).strip(), "parameters"),
        "print([day, *hours, limit, share, text, half], dt.__name__)",
    )
    made = alone.run_alone(
        source, ["day=2024-02-29", 'hours=["2024-02-29T08:30"]', "limit=-inf", "text=n/a 'é'"]
    )
    assert printed(made) == (
        "[datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 8, 30), -inf, {'a': 1}, "
        "\"n/a 'é'\", 30.0] datetime\n"
    )
    kept = json.loads(made.read_text())["metadata"]["papermill"]["parameters"]
    assert kept == {
        "day": "2024-02-29", "hours": ["2024-02-29 08:30:00"], "limit": "-inf",
        "share": {"a": 1}, "text": "n/a 'é'",
    }  # fmt: skip


def test_errors_that_are_expected_and_cells_that_are_skipped() -> None:
    source = write(
        "a.ipynb",
        "print('one')",
        ("raise ValueError('expected')", "raises-exception"),
        ("print('never')", "skip-execution"),
        "print('two')",
    )
    made = alone.run_alone(source, [])
    assert printed(made) == "one\ntwo\n"
    assert [cell["execution_count"] for cell in read(made)] == [1, 2, None, 3]


@pytest.mark.parametrize(
    ("cell", "told", "after"),
    [
        ("%nosuch", "code cell 3 (`%nosuch`): UsageError: Line magic", "pending"),
        ("%run bad.py", "code cell 3 (`%run bad.py`): ValueError: in a file", "completed"),
        ("import os\nos._exit(0)", "code cell 3 (`import os`): DeadKernelError", "pending"),
    ],
)
def test_cells_are_marked_by_what_ran(
    root: Path, capsys: pytest.CaptureFixture[str], cell: str, told: str, after: str
) -> None:
    Path("bad.py").write_text("raise ValueError('in a file')")
    allowed = ("1 / 0", "raises-exception")
    assert main(["run", write("a.ipynb", "1", allowed, cell, "2", "3")]) == 1
    line = capsys.readouterr().err
    assert told in line and line.count("\n") == 1
    assert states(root) == ["completed", "completed", "failed", after, after]


def test_a_good_exit_ends_a_notebook_well_and_says_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write("a.ipynb", "print('one')", "import sys; sys.exit(0)", "print('three')")
    assert main(["run", source]) == 0
    made, told = capsys.readouterr()
    assert "code cell 2 (`import sys; sys.exit(0)`): ended by sys.exit(0)" in told
    marked = [cell["metadata"]["papermill"]["status"] for cell in read(made.strip())]
    assert marked == ["completed", "completed", "pending"]
    assert main(["run", write("b.ipynb", "import sys; sys.exit(3)")]) == 1


def test_endless_output_has_an_end(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "MOST", 2_000_000)  # 50 million take a while
    source = write("a.ipynb", "print('x' * 1_900_000)", "while True: print('y' * 1000)", "3")
    assert main(["run", source]) == 1
    assert "code cell 2 (`while True: print('y' * 1000)`): OutputLimit" in capsys.readouterr().err
    assert states(root) == ["completed", "failed", "pending"]
    (failed,) = root.rglob("*.failed.ipynb")
    assert failed.stat().st_size < 1_900_000 + 2 * client.KEPT


ECHO = """
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Echo(Kernel):
    implementation = language = banner = "echo"
    implementation_version = language_version = "1"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    async def do_execute(self, code, silent, *args, **kwargs):
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": code[::-1]})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [],
                "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=Echo)
"""


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A kernel of another language, installed; what a notebook says of it."""
    folder = tmp_path / "jupyter/kernels/echo"
    folder.mkdir(parents=True)
    (folder / "echo.py").write_text(ECHO)
    about = {"display_name": "Echo", "language": "Echo"}
    argv = [sys.executable, str(folder / "echo.py"), "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, **about}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return {"name": "echo", **about}


def test_other_languages_run_on_their_kernels(echo: dict[str, str]) -> None:
    source = write("a.ipynb", ("olleh", "parameters"), kernelspec=echo)
    assert printed(alone.run_alone(source, [])) == "hello"
    with pytest.raises(ParameterError, match="written in echo"):
        alone.run_alone(source, ["n=1"])
    with pytest.raises(ParameterError, match="written in echo, and the kernel python3 runs python"):
        alone.run_alone(source, [], kernel="python3")
    with pytest.raises(ParameterError, match="written in python, and the kernel echo runs echo"):
        alone.run_alone(write("b.ipynb", "1"), [], kernel="echo")


@pytest.mark.parametrize(
    "about",
    [
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {"kernelspec": {"name": "my_conda_env", "display_name": "mine"}},
        {"language_info": {"name": "julia"}},
    ],
)
def test_a_kernel_that_is_not_there_is_named(about: dict[str, Any]) -> None:
    name = about.get("kernelspec", {}).get("name", "julia")
    with pytest.raises(ParameterError, match=rf"{name}.*--kernel"):
        alone.run_alone(write("a.ipynb", "print(1)", **about), [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.ipynb"], "none.ipynb: there is no such notebook"),
        (["bad.ipynb"], "bad.ipynb: not a notebook"),
        (["a.ipynb", "-p", "n"], "expected NAME=VALUE"),
        (["a.ipynb", "-p", "n=1", "-p", "n=2"], "parameter n is given twice: '1' and '2'"),
        (["a.ipynb", "--output", "./a.ipynb"], "is the notebook itself"),
        (["a.ipynb", "--output", "a.pdf"], "ends with .ipynb"),
        (["a.ipynb", "--cwd", "nowhere"], "there is no such folder"),
        (["a.ipynb", "--timeout", "nan"], "expected seconds"),
        (["a.ipynb", "--kernel", "nosuch"], "the kernel nosuch .* is not installed"),
    ],
)
def test_arguments_that_cannot_be_used(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = Path(write("a.ipynb", ("n = 1", "parameters"))).read_bytes()
    Path("bad.ipynb").write_text('{"cells": [')
    assert main(["run", *arguments]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and re.search(message, line)
    assert Path("a.ipynb").read_bytes() == before and not (root / "build").exists()
