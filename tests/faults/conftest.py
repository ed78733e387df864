"""A project to break, and the table of what held: ``make test-faults``."""

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import projects
from broken import COMMANDS, SHOWN, Play


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
