"""Real notebooks on real kernels: what runs is stable, what fails says where and why."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import prefork.runtime
from helpers.engine.run.execute import execute
from helpers.errors import DataError, HelpersError, NotebookError, ParameterError

PARAMETERS = 'lang: str = "vi"  # language\nyear: int = 2024  # year'
OLD = b'{"cells": []}\n'


def write_notebook(path: Path, *sources: str) -> Path:
    """Write a notebook of format 4.4, whose cells have no ids, with a parameters cell first."""

    def code(source: str, **metadata: Any) -> dict[str, Any]:
        text = source.splitlines(keepends=True)
        return {
            "cell_type": "code",
            "metadata": metadata,
            "source": text,
            "outputs": [],
            "execution_count": None,
        }

    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A title"]},
        code(PARAMETERS, tags=["parameters"]),
        *map(code, sources),
        code(""),  # an empty cell never gets a number
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def run(root: Path, *sources: str, parameters: dict[str, object] | None = None, **kw: Any) -> Path:
    notebook = write_notebook(root / "notebooks/a.ipynb", *sources)
    return execute(
        notebook,
        parameters or {},
        output=root / "out/phú thọ.vi.ipynb",
        build=root / "build",
        cwd=root,
        **{"progress": False, **kw},
    )


def failed(root: Path) -> dict[str, Any]:
    path = root / "build/phú thọ.vi.failed.ipynb"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def states(document: dict[str, Any]) -> list[str]:
    return [cell["metadata"]["papermill"]["status"] for cell in document["cells"]]


def left_over(root: Path) -> list[str]:
    """Files below a root that are neither notebooks nor the like; hidden ones above all."""
    return [str(path) for path in root.rglob("*") if path.is_file() and path.suffix != ".ipynb"]


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder with no files unless a kernel runs, or was not tidied up after."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # short enough for sockets
        monkeypatch.setattr(prefork.runtime, "_base", lambda: Path(folder))
        monkeypatch.setattr(prefork.runtime, "_directory", None)
        yield Path(folder)


def held(runtime: Path) -> list[Path]:
    """What kernels left in the folders that are private to a process."""
    return list(runtime.glob("prefork-*/*"))


def lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():  # a zombie counts as gone
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self").exists()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


GOOD = """
import os, sys, warnings
print("cwd", os.getcwd() == os.environ["HELPERS_ROOT"], lang, year)
print("to stderr", file=sys.stderr)
warnings.warn("beware")
print(os.path.join(os.getcwd(), "data", "x.csv"), sys.prefix)
{f"word {number}" for number in range(9)}
"""


def test_the_executed_notebook_is_the_same_in_every_place(
    tmp_path: Path, runtime: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    parent = Path.cwd()
    first = run(tmp_path / "Dự án {một}", GOOD, parameters={"lang": "en", "year": "2023"})
    second = run(tmp_path / "two", GOOD, parameters={"year": 2023, "lang": "en"}, progress=True)
    data = first.read_bytes()
    assert data == second.read_bytes()
    assert Path.cwd() == parent and not held(runtime)

    document = json.loads(data)
    assert document["metadata"]["papermill"] == {"parameters": {"lang": "en", "year": 2023}}
    source, injected, cell = (document["cells"][number] for number in (1, 2, 3))
    assert source["id"] == "cell-2"
    assert injected["id"] == "injected-parameters"
    assert "".join(injected["source"]) == "# Parameters\nlang = 'en'\nyear = 2023"
    streams = {output.get("name"): "".join(output.get("text", "")) for output in cell["outputs"]}
    assert streams["stdout"] == "cwd True en 2023\ndata/x.csv <environment>\n"
    assert streams["stderr"].startswith("to stderr\n<cell>:")
    for word in (str(tmp_path), str(Path.home()) + "/", sys.prefix, "duration", "start_time"):
        assert word not in data.decode()

    for root in (tmp_path / "Dự án {một}", tmp_path / "two"):
        assert left_over(root) == [] and not (root / "build").exists()
        assert json.loads((root / "notebooks/a.ipynb").read_text())["nbformat_minor"] == 4
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("phú thọ.vi: 5 cells in ") and told.err.count("\n") == 1


def test_an_error_is_told_kept_and_forgotten_after_the_next_success(tmp_path: Path) -> None:
    output = tmp_path / "out/phú thọ.vi.ipynb"
    output.parent.mkdir()
    output.write_bytes(OLD)
    with pytest.raises(NotebookError) as caught:
        run(tmp_path, "x = 1", "\ny = x / 0  # here\nz = 1", "x = 2")
    assert str(caught.value) == (
        "notebooks/a.ipynb, code cell 3 (`y = x / 0  # here`): ZeroDivisionError: "
        "division by zero; see build/phú thọ.vi.failed.ipynb"
    )
    document = failed(tmp_path)
    assert states(document) == ["completed"] * 3 + ["completed", "failed", "pending", "pending"]
    assert document["cells"][4]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert document["metadata"]["papermill"]["parameters"]["lang"] == "vi"
    assert output.read_bytes() == OLD

    run(tmp_path, "x = 1")
    assert output.read_bytes() != OLD
    assert not (tmp_path / "build/phú thọ.vi.failed.ipynb").exists()
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "kind", "message"),
    [
        ("import sys\nsys.exit()", NotebookError, r"code cell 3 \(`import sys`\): SystemExit;"),
        ("import os\nos.kill(os.getpid(), 9)", NotebookError, "DeadKernelError: the kernel was"),
        (
            "import faulthandler, os\nfaulthandler.enable()\nos.abort()",
            NotebookError,
            "DeadKernelError: .* it last said: .*;",
        ),
        ("import time\ntime.sleep(60)", NotebookError, "TimeoutError: it took longer than 1 s;"),
        (
            "from helpers.errors import DataError\nraise DataError('x.csv, row 3: no number')",
            DataError,
            r"^x\.csv, row 3: no number$",
        ),
        (
            "from helpers.errors import ParameterError\nraise ParameterError('no year 1999')",
            ParameterError,
            "^no year 1999$",
        ),
        ("raise ValueError('one\\ntwo')", NotebookError, "ValueError: two;"),
    ],
    ids=["exit", "kill", "abort", "hang", "data", "parameter", "lines"],
)
def test_every_way_to_fail(
    tmp_path: Path, runtime: Path, cell: str, kind: type[HelpersError], message: str
) -> None:
    output = tmp_path / "out/phú thọ.vi.ipynb"
    output.parent.mkdir()
    output.write_bytes(OLD)
    with pytest.raises(kind, match=message):
        # Only the one that hangs is held to a second, which a busy machine makes short.
        run(tmp_path, "x = 1", cell, "x = 2", cell_timeout=1 if "sleep" in cell else 60)
    assert states(failed(tmp_path)) == ["completed"] * 4 + ["failed", "pending", "pending"]
    bad = failed(tmp_path)["cells"][4]
    assert [output["output_type"] for output in bad["outputs"]].count("error") == 1
    assert output.read_bytes() == OLD
    assert left_over(tmp_path) == [] and not held(runtime)


def test_all_cells_together_have_a_limit(tmp_path: Path) -> None:
    nap = "import time; time.sleep(1)"
    with pytest.raises(
        NotebookError, match=r"code cell 3 .* the notebook took longer than 1\.6 s;"
    ):
        run(tmp_path, nap, nap, nap, timeout=1.6)


@pytest.mark.parametrize("epoch", ["", "yesterday"])
def test_a_date_that_is_no_number_does_not_stop_a_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    began = time.monotonic()
    run(tmp_path, "x = 1")
    assert time.monotonic() - began < 30  # nobody waited for an answer that never comes


def test_a_kernel_that_ends_while_it_starts_is_noticed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {
        "argv": [sys.executable, "-c", "raise SystemExit('no room for a kernel')"],
        "display_name": "dead",
        "language": "python",
    }
    folder = tmp_path / "jupyter/kernels/dead"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    began = time.monotonic()
    with pytest.raises(NotebookError, match=r"Kernel died .*; it last said: no room for a kernel"):
        run(tmp_path, "x = 1", kernel_name="dead")
    assert time.monotonic() - began < 30


def test_a_kernel_that_is_not_there_and_one_over_tcp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ParameterError, match=r"the kernel nonesuch .* is not installed"):
        run(tmp_path, "x = 1", kernel_name="nonesuch")
    ask = (
        "import json; from ipykernel.connect import get_connection_file\n"
        "print(json.load(open(get_connection_file()))['transport'])"
    )
    assert "ipc" in run(tmp_path, ask).read_text(encoding="utf-8")
    monkeypatch.setattr(prefork.runtime, "ipc_manager_kwargs", dict)  # as if it had no such sockets
    assert '"tcp' in run(tmp_path, ask).read_text(encoding="utf-8")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("parameters", [{"unit": 1}, {"year": "x"}, {"lang": "../../etc"}])
def test_bad_parameters_never_reach_a_kernel(tmp_path: Path, parameters: dict[str, object]) -> None:
    # No kernel has this name: had one been asked for, the error would be another.
    with pytest.raises(ParameterError, match=next(iter(parameters))):
        run(tmp_path, "x = 1", parameters=parameters, kernel_name="nonesuch")
    assert not (tmp_path / "build").exists() and not (tmp_path / "out").exists()


COMMAND = """
    import sys
    from pathlib import Path
    from helpers.run.codes import main_guard
    from helpers.run.execute import execute
    root = Path(sys.argv[1])
    def work():
        execute(Path("notebooks/a.ipynb"), {}, output=Path("out/a.ipynb"), build=Path("build"),
                cwd=root)
    sys.exit(main_guard(work))
"""

HANG = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "60"])
open("pids.part", "w").write(f"{os.getpid()} {child.pid}")
os.rename("pids.part", "pids")
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_takes_its_kernel_along(
    tmp_path: Path, runtime: Path, number: signal.Signals
) -> None:
    write_notebook(tmp_path / "notebooks/a.ipynb", HANG)
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(COMMAND), str(tmp_path)],
        env=os.environ | {"TMPDIR": str(runtime)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert eventually((tmp_path / "pids").exists, 120)  # a busy machine starts slowly
    kernel_pid, grandchild = map(int, (tmp_path / "pids").read_text().split())
    assert lives(kernel_pid) and lives(grandchild)
    child.send_signal(number)
    told = child.communicate(timeout=5)[1]
    assert eventually(lambda: not lives(kernel_pid), 5)
    assert not (tmp_path / "out").exists() and not (tmp_path / "build").exists()
    if number == signal.SIGKILL:  # then nobody is left to tidy up
        os.kill(grandchild, signal.SIGKILL)
        return
    assert child.returncode == 130
    assert told == "error: interrupted\n"
    assert not lives(grandchild)
    assert not held(runtime)


def test_a_result_too_large_for_the_disk_leaves_the_old_one(tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks/a.ipynb", "print('x' * 200_000)")
    output = tmp_path / "out/a.ipynb"
    output.parent.mkdir()
    output.write_bytes(OLD)
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    result = subprocess.run(
        [sys.executable, "-c", limit + textwrap.dedent(COMMAND), str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"error: {output}: could not be written (File too large); what was there is untouched\n"
    )
    assert output.read_bytes() == OLD and list(output.parent.iterdir()) == [output]
