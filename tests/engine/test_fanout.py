"""Reports side by side: the same files as one by one, whatever happens to a worker."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from helpers.engine.fanout import work
from helpers.engine.fanout.progress import Progress
from helpers.engine.fanout.reports import Failed, tabulate

UNITS = "phu-tho ha-noi"
# A notebook that reads the tables as a report does, but draws nothing: the tests of the fan-out
# are about its way there and back. One test makes a whole report.
LIGHT = {
    "def": "from helpers import report, show\ncase = report.open_case(index, unit, year, lang)",
    "show": "show.Text(f'# {case.unit.name}, {lang}')",
    "wait": "import time, os\n"
    "time.sleep(float(os.environ.get('SLOW', 0)) * (case.unit.code == 'VN-68'))",
    "fail": "assert case.unit.code != os.environ.get('FAILS'), 'not this unit'",
}


@pytest.fixture(scope="module")
def base(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its tables made, and no report."""
    root = tmp_path_factory.mktemp("base") / "dự án"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns("*.pdf", "*.html", "*.executed"))
    return root


@pytest.fixture
def root(base: Path, tmp_path: Path) -> Path:
    """A copy of it, with the light notebook in place of the report; Phú Thọ's can be slow."""
    root = Path(shutil.copytree(base, tmp_path / "project"))
    path = root / "notebooks/report.ipynb"
    document = json.loads(path.read_text("utf-8"))
    cells = [c for c in document["cells"] if "parameters" in c["metadata"].get("tags", [])]
    for name, source in LIGHT.items():
        cells.append(
            {
                "cell_type": "code",
                "id": name,
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
        )
    path.write_text(json.dumps({**document, "cells": cells}), "utf-8")
    return root


def run(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "helpers", *arguments]
    with subprocess.Popen(
        command, cwd=root, env=_environ(root, **env), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _environ(root: Path, **env: str) -> dict[str, str]:
    return os.environ | {"HELPERS_ROOT": str(root), **env}


def made(root: Path) -> dict[str, str]:
    """Hashes of the reports."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((root / "reports/dti").glob("*.*"))
    }


def test_every_report_is_the_one_made_alone_and_is_made_once(base: Path, tmp_path: Path) -> None:
    together = Path(shutil.copytree(base, tmp_path / "together"))
    alone = Path(shutil.copytree(base, tmp_path / "alone"))
    many = run(together, "reports", "--units", UNITS, "--langs", "en")
    assert many.returncode == 0, many.stderr
    assert len(made(together)) == 4
    one = run(alone, "report", "--unit", "hà nội", "--langs", "en")
    assert one.returncode == 0, one.stderr
    assert made(alone).items() <= made(together).items()
    name = "build/dti/ha-noi.en.ipynb"
    assert (alone / name).read_bytes() == (together / name).read_bytes()

    again = run(together, "reports", "--units", UNITS, "--langs", "en")
    assert again.returncode == 0
    assert again.stderr == "all 2 reports are up to date\n"
    # The one made by itself counts as made, and the other way round.
    assert run(together, "report", "--unit", "hà nội", "--langs", "en").stderr == ""
    rest = run(alone, "reports", "--units", UNITS, "--langs", "en")
    assert "1 report to make, 1 up to date" in rest.stderr
    assert made(alone) == made(together)


def test_a_failing_report_stops_no_other_and_is_named(root: Path) -> None:
    done = run(root, "reports", "--units", UNITS, "--langs", "en", FAILS="VN-68")
    assert done.returncode == 1
    head, row, last = done.stderr.splitlines()[-3:]
    assert re.split(r"\s{2,}", head) == ["unit", "notebook", "cell", "error"]
    unit, notebook, cell, error = re.split(r"\s{2,}", row)
    assert (unit, notebook) == ("phu-tho.en", "notebooks/report.ipynb")
    assert cell.startswith("code cell 5 (`assert case.unit.code")
    assert error.startswith("AssertionError: not this unit; see build/dti/phu-tho.en.failed.ipynb")
    assert last == "error: 1 of 2 reports failed"
    assert list(made(root)) == ["reports/dti/ha-noi.en.html", "reports/dti/ha-noi.en.pdf"]
    assert (root / "build/dti/phu-tho.en.failed.ipynb").is_file()

    mended = run(root, "reports", "--units", UNITS, "--langs", "en")
    assert mended.returncode == 0
    assert "1 report to make, 1 up to date" in mended.stderr
    assert not (root / "build/dti/phu-tho.en.failed.ipynb").exists()


@pytest.fixture
def scheduler(root: Path, tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each in a folder of its own, started by hand on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [sys.executable, "-m", "distributed.cli."]

    def start(role: str, *arguments: str) -> subprocess.Popen[bytes]:
        folder = tmp_path / f"{role}-{len(started)}"
        folder.mkdir()
        command = [*dask[:2], f"{dask[2]}{role}", *arguments]
        env = {k: v for k, v in _environ(root).items() if k != "HELPERS_ROOT"}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=folder, env={**env, "SLOW": "3"}, stdout=log, stderr=log
            )
        started.append(process)
        return process

    started: list[subprocess.Popen[bytes]] = []
    port = address.rpartition(":")[2]
    with ExitStack() as stack:
        common = ["--no-dashboard"]
        start("dask_scheduler", "--host", "127.0.0.1", "--port", port, *common)
        for _ in range(2):
            start("dask_worker", address, "--nthreads", "1", "--no-nanny", *common)
        for process in started:
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield address, started[1:]


def test_reports_arrive_though_a_worker_is_killed(
    root: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    units = "phu-tho ha-noi hue da-nang"
    command = [sys.executable, "-m", "helpers", "reports", "--units", units, "--langs", "en"]
    process = subprocess.Popen(
        [*command, "--scheduler", address], cwd=root, env=_environ(root), stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 300
        while not made(root) and time.monotonic() < deadline:
            time.sleep(0.02)
        busy = next(w for w in workers if psutil.Process(w.pid).children())  # a fork server
        os.kill(busy.pid, signal.SIGKILL)
        _, said = process.communicate(timeout=300)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 0, said.decode()
    assert len(made(root)) == 8
    before = made(root)
    shutil.rmtree(root / "reports")
    assert run(root, "reports", "--units", units, "--langs", "en").returncode == 0
    assert made(root) == before


def test_an_interrupt_keeps_what_is_made(root: Path) -> None:
    command = [sys.executable, "-m", "helpers", "reports", "--units", UNITS]
    process = subprocess.Popen(
        command, cwd=root, env=_environ(root, SLOW="600"), stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while len(made(root)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert made(root), "no report within five minutes"
    time.sleep(0.5)  # until it is noted down
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "error: interrupted"
    assert "Traceback" not in said.decode()
    deadline = time.monotonic() + 10  # Python's own helper process ends after its user
    while (left := _session(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
    kept = made(root)
    rest = run(root, "reports", "--units", UNITS)
    assert rest.returncode == 0
    assert f"{len(kept) // 2} up to date" in rest.stderr
    assert kept.items() <= made(root).items()


def _session(leader: int) -> list[str]:
    """Command lines of a session's processes, zombies left out."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
    return found


def test_no_scheduler_there_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    code = (
        "from helpers.engine.fanout import workers\n"
        "from helpers.errors import ParameterError\n"
        "workers._PATIENCE = 1\n"
        "try:\n"
        f"    workers.connect({address!r}, 1).__enter__()\n"
        "except ParameterError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(f"no scheduler at {address}")
    assert len(done.stdout.splitlines()) == 1


def test_a_worker_makes_it_from_bytes_alone(root: Path, tmp_path: Path) -> None:
    files = [p for name in ("data", "notebooks") for p in (root / name).rglob("*")]
    project = work.pack(root, files)
    assert project == work.pack(root, files[::-1])
    there = tmp_path / "worker"
    there.mkdir()
    first = work._unpack(project, str(there))
    assert first == work._unpack(project, str(there))
    assert (first / "data/raw/dti/index.yml").read_bytes() == (
        root / "data/raw/dti/index.yml"
    ).read_bytes()
    (root / "data/raw/dti/index.yml").write_text("label: other\n")
    other = work.pack(root, files)
    assert other.digest != project.digest
    assert work._unpack(other, str(there)) != first
    assert not first.exists()  # only the newest is kept


def test_progress_counts_and_the_table_aligns() -> None:
    progress = Progress(4, 2)
    progress.step(failed=False)
    progress.step(failed=True)
    assert progress.left == 2
    assert re.fullmatch(
        r"2 of 4: 1 done, 1 failed, 2 running, \d+ a minute, .*\d+ s left", progress.line()
    )
    table = tabulate([Failed("b.vi", "n", "c", "e"), Failed("a.en", "n", "cell 2", "x")])
    assert table.splitlines() == [
        "unit  notebook  cell    error",
        "a.en  n         cell 2  x",
        "b.vi  n         c       e",
    ]
