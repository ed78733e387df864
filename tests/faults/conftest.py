"""A project to break, and the table of what held: ``make test-faults``."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock

import projects

COMMANDS = {
    "data": ("data",),
    "report": ("report", "--unit", "phu-tho", "--langs", "en"),
    "reports": ("reports", "--units", "phu-tho, ha-noi", "--langs", "en"),
    "report-national": ("report-national", "--langs", "en"),
}
# The notebook of each command that is broken, and what it shows when it is whole: reports that
# read no table and draw nothing, as these tests are about what is around them.
BROKEN = {
    "data": "4-claims", "report": "report", "reports": "report",
    "report-national": "report-national",
}  # fmt: skip
SHOWN = "from helpers import show\nshow.Text(f'# {lang}, {year}')"


class Play:
    """A project of its own with home and temporary folder of its own, so that leftovers show."""

    def __init__(self, base: Path, place: Path) -> None:
        self.place, self.temporary, self.home = place, place / "t", place / "h"
        self.root = Path(shutil.copytree(base, place / "project"))
        for folder in (self.temporary, self.home):
            folder.mkdir()
        self.sign = place / "sign"  # what a cell makes to say that it runs
        self.environ = os.environ | {
            "HELPERS_ROOT": str(self.root), "TMPDIR": str(self.temporary), "HOME": str(self.home),
            "SIGN": str(self.sign), "PYTHONPATH": str(projects.ROOT / "src"),
        }  # fmt: skip

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """Start ``python -m helpers`` in a session of its own, as a terminal would."""
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        return subprocess.Popen(
            [*how.pop("prefix", ()), sys.executable, "-m", "helpers", *words],
            cwd=self.root, env=self.environ | how.pop("env", {}), text=True,
            start_new_session=True, **how,
        )  # fmt: skip

    def run(self, *words: str, within: float = 900, **how: Any) -> projects.Done:
        """Run it to its end, which must come by itself."""
        with self.start(*words, **how) as process:
            try:
                out, err = process.communicate(timeout=within)
            except subprocess.TimeoutExpired:
                self.end()
                raise
        return projects.Done(process.returncode, out, err)

    def edit(self, notebook: str, *cells: str) -> None:
        """Have a notebook hold its parameters and these cells alone."""
        path = self.root / "notebooks" / f"{notebook}.ipynb"
        document = json.loads(path.read_text("utf-8"))
        kept = [c for c in document["cells"] if "parameters" in c["metadata"].get("tags", [])]
        about = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        new = [{**about, "id": f"c{i}", "source": text} for i, text in enumerate(cells)]
        path.write_text(json.dumps({**document, "cells": kept + new}), "utf-8")

    def products(self) -> dict[str, str]:
        """Hashes of all that was made, but what is written down of this machine."""
        made = projects.fingerprint(self.root / "reports", self.root / "data/processed")
        return {
            str(Path(name).relative_to(self.root)): digest
            for name, digest in made.items()
            if not Path(name).name.startswith(".")
        }

    def processes(self) -> list[psutil.Process]:
        """Return what runs in this project's name, however it was started."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("TMPDIR") == str(self.temporary):
                    found.append(process)
        return found

    def end(self) -> None:
        """Kill all of them."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()

    def left(self) -> list[str]:
        """Return what should not be there any more: processes, files in temporary folders."""
        psutil.wait_procs(self.processes(), timeout=60)
        alive = [f"process {' '.join(process.cmdline())[:80]}" for process in self.processes()]
        # Dask keeps the empty workspace of its workers, with two locks.
        kept = re.compile(r"dask-scratch-space(-\d+)?(/(global|purge)\.lock)?")
        files = [
            str(path.relative_to(self.place))
            for path in self.temporary.rglob("*")
            if not kept.fullmatch(str(path.relative_to(self.temporary)))
        ]
        keys = [str(path) for path in self.home.rglob("kernel-*.json")]
        parts = [str(path.relative_to(self.root)) for path in self.root.rglob("*.part")]
        return alive + files + keys + parts


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all products of the commands made, its reports light; made once."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    good, project = folder / "faults", folder / "faults-raw"
    with FileLock(folder / "faults.lock"):
        if not good.exists():
            place = Path(tempfile.mkdtemp(prefix="f-"))
            play = Play(projects.copy_project(project), place)
            for name in ("report", "report-national"):
                play.edit(name, SHOWN)
            for words in (COMMANDS["reports"], COMMANDS["report-national"]):
                done = play.run(*words)
                assert done.code == 0, done.err
            assert play.left() == []
            shutil.move(play.root, good)
            shutil.rmtree(place)
    return good


@pytest.fixture
def play(base: Path) -> Iterator[Play]:
    """A copy of it. Its path is short: sockets' paths have room for a hundred letters."""
    place = Path(tempfile.mkdtemp(prefix="f-"))
    one = Play(base, place)
    yield one
    one.end()
    shutil.rmtree(place, ignore_errors=True)


_found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what became of a test: by what it is about, and by command where it names one."""
    if report.when == "call" or report.outcome != "passed":
        name, _, rest = report.nodeid.rpartition("::")[2].partition("[")
        words = rest.rstrip("]").rpartition("-for-")
        row, column = (words[0], words[2]) if words[1] else (name.removeprefix("test_"), "")
        _found[row.replace("_", " ")][column].append(report.outcome)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table: a row for each fault, a column for each command."""
    write = terminalreporter.write_line
    write("\n" + "fault".ljust(52) + "".join(name.ljust(17) for name in COMMANDS))
    for row, cells in _found.items():
        if "" in cells:
            write(row[:80].ljust(82) + _said(cells[""]))
        else:
            write(row.ljust(52) + "".join(_said(cells[name]).ljust(17) for name in COMMANDS))


def _said(outcomes: list[str]) -> str:
    if not outcomes:
        return "–"
    passed, all_of_them = outcomes.count("passed"), len(outcomes)
    bad = next((one for one in ("failed", "skipped") if one in outcomes), "held")
    return bad if all_of_them == 1 else f"{bad if bad != 'held' else ''} {passed} of {all_of_them}"
