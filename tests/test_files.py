"""A product is whole or not there; two runs never interleave; errors have their exit codes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.engine.run.codes import describe_error, exit_code, main_guard
from helpers.errors import DataError, HelpersError, NotebookError, ParameterError
from helpers.files import lock, publish, publish_many

PDF = b"%PDF-1.7\n...\n%%EOF\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "báo cáo [1] {x}"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]


def test_publish_makes_folders_replaces_and_leaves_nothing_else(folder: Path) -> None:
    target = folder / "phú thọ.csv"
    assert publish(target, b"a\n1\n") == target
    publish_many({target: b"a\n2\n", folder / "x.pdf": PDF})
    assert content(folder) == {"phú thọ.csv": b"a\n2\n", "x.pdf": PDF}
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.csv", b"", "it is empty"),
        ("x.csv", "Phú".encode("utf-16"), "not UTF-8 at byte 0"),
        ("x.ipynb", b'{"cells": [', "not JSON"),
        ("x.pdf", b"%PDF-1.7 cut of", "not a complete PDF"),
        ("x.parquet", b"PAR1....", "not a complete Parquet"),
    ],
)
def test_one_broken_product_holds_back_all(
    folder: Path, name: str, data: bytes, message: str
) -> None:
    publish(folder / "good.html", b"old")
    with pytest.raises(HelpersError, match=message):
        publish_many({folder / "good.html": b"new", folder / name: data})
    assert content(folder) == {"good.html": b"old"}


def test_a_folder_in_the_way_holds_back_all(folder: Path) -> None:
    publish(folder / "good.html", b"old")
    (folder / "x.csv").mkdir()
    with pytest.raises(HelpersError, match="folder of that name"):
        publish_many({folder / "good.html": b"new", folder / "x.csv": b"a"})
    assert (folder / "good.html").read_bytes() == b"old"


def test_a_file_too_large_for_the_disk_leaves_all_as_it_was(folder: Path) -> None:
    # A limit on the size of files stands in for a full disk: the write fails half-way.
    publish(folder / "good.html", b"old")
    publish(folder / "big.html", b"old")
    code = """
        import resource, sys
        from pathlib import Path
        from helpers.engine.run.codes import main_guard
        from helpers.files import publish_many
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        folder = Path(sys.argv[1])
        files = {folder / "good.html": b"new", folder / "big.html": b"x" * 100_000}
        sys.exit(main_guard(lambda: publish_many(files) and None))
    """
    result = subprocess.run(python(code, folder), capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr == (
        f"error: {folder / 'big.html'}: could not be written (File too large); "
        "what was there is untouched\n"
    )
    assert content(folder) == {"good.html": b"old", "big.html": b"old"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_all_as_it_was(small_disk: Path) -> None:
    publish(small_disk / "good.html", b"old")
    with pytest.raises(HelpersError, match=r"No space left on device.*untouched"):
        publish(small_disk / "good.html", b"x" * 100_000)
    assert content(small_disk) == {"good.html": b"old"}
    publish(small_disk / "good.html", b"new")
    assert content(small_disk) == {"good.html": b"new"}


def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(folder: Path) -> None:
    target = folder / "x.txt"
    code = """
        import itertools, sys
        from pathlib import Path
        from helpers.files import publish
        for number in itertools.count():
            publish(Path(sys.argv[1]), b"%d" % (number % 10) * 300_000)
            if number == 0:
                print("ready", flush=True)
    """
    for moment in range(8):
        child = subprocess.Popen(python(code, target), stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.003 * moment)
        child.kill()
        child.communicate()
        data = target.read_bytes()
        assert len(data) == 300_000 and len(set(data)) == 1
    publish(target, b"last")  # sweeps what the killed ones had staged
    assert content(folder) == {"x.txt": b"last"}


HOLD = """
    import sys, time
    from pathlib import Path
    from helpers.files import lock
    with lock(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
"""


def hold(folder: Path, seconds: float) -> "subprocess.Popen[str]":
    child = subprocess.Popen(python(HOLD, folder, seconds), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_second_run_refuses_or_waits_and_names_the_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(folder, 1.0) as child:
        with pytest.raises(HelpersError, match=f"in use by process {child.pid};"):
            lock(folder, wait=False).__enter__()
        with lock(folder):
            assert child.wait() == 0  # else we hold what it has not let go of
    assert capsys.readouterr().err == f"waiting for process {child.pid}, which works on {folder}\n"


def test_the_lock_of_a_killed_run_is_free(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hold(folder, 60) as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert (folder / ".lock.pid").exists()
    with lock(folder, wait=False):
        assert int((folder / ".lock.pid").read_text()) == os.getpid()
    assert not (folder / ".lock.pid").exists()
    assert capsys.readouterr().err == ""


def test_the_lock_is_let_go_of_after_an_error(folder: Path) -> None:
    with pytest.raises(ValueError, match="inside"), lock(folder):
        raise ValueError("inside")
    with lock(folder, wait=False):
        pass


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (NotebookError("a.ipynb failed"), 1, "a.ipynb failed"),
        (ParameterError("unknown"), 2, "unknown"),
        (DataError("x.csv: row 3 \x1b[31m"), 3, r"x.csv: row 3 \x1b[31m"),
        (DataError("x.csv: row 3\n  row 4"), 3, "x.csv: row 3; row 4"),
        (DataError("đã có 1\u00a0đồng"), 3, "đã có 1 đồng"),
        (FileNotFoundError(2, "No such file", "x.csv"), 1, "x.csv: No such file"),
        (KeyError("x"), 1, "KeyError: 'x' (unexpected; HELPERS_DEBUG=1 shows where)"),
    ],
)
def test_errors_become_one_line_and_a_code(
    error: Exception, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    assert exit_code(error) == code
    assert main_guard(fail) == code
    assert capsys.readouterr().err == f"error: {line}\n"
    assert describe_error(error) == line


def test_guard_passes_results_exits_and_handlers_through(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert main_guard(lambda: None) == 0
    assert main_guard(lambda: 4) == 4
    assert main_guard(lambda: sys.exit(2)) == 2
    assert main_guard(lambda: sys.exit()) == 0
    assert capsys.readouterr().err == ""
    assert main_guard(lambda: sys.exit("told")) == 1
    assert capsys.readouterr().err == "error: told\n"
    for number in (signal.SIGINT, signal.SIGTERM):
        assert main_guard(lambda number=number: signal.raise_signal(number)) == 130  # type: ignore[misc]
        assert capsys.readouterr().err == "error: interrupted\n"
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_reader_that_leaves_early_is_no_traceback() -> None:
    code = """
        import sys
        from helpers.engine.run.codes import main_guard
        sys.exit(main_guard(lambda: print("line\\n" * 1_000_000)))
    """
    with subprocess.Popen(
        python(code), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == ""
    assert child.returncode == 1
