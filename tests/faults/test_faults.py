"""Faults in the way of every command: the old products or the new ones, one line, nothing left."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from broken import BROKEN, COMMANDS, SHOWN, Play
from projects import MAIN, Done

KILLS = int(os.environ.get("KILLS", 100))
OTHER = SHOWN.replace("# ", "# Other: ")
ROOT = os.geteuid() == 0
SLEEP = "import os, time\nopen(os.environ['SIGN'], 'w').close()\ntime.sleep(9999)"

# What a cell does, the code that the command ends with, and what it says.
CELLS = {
    "an error": ("raise ValueError('spoilt')", "ValueError: spoilt"),
    "sys.exit": ("import sys\nsys.exit(0)", "SystemExit: 0"),
    "kill -9 of the kernel": ("import os\nos.kill(os.getpid(), 9)", "DeadKernelError"),
    "a segmentation fault": ("import ctypes\nctypes.string_at(0)", "DeadKernelError"),
    "a cell out of memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))\n"
        "bytearray(16 << 30)",
        "MemoryError",
    ),
    "print without end": ("while True: print('y' * 10_000)", "OutputLimitError"),
    "a cell that hangs": ("import time\ntime.sleep(9999)", "TimeoutError: it took longer than 120"),
}


def each(*faults: str) -> pytest.MarkDecorator:
    """Play faults against all commands; the names are those of the table."""
    pairs = [pytest.param(f, c, id=f"{f}-for-{c}") for f in faults for c in COMMANDS]
    return pytest.mark.parametrize(("fault", "command"), pairs)


def failed(done: Done, code: int, *said: str) -> None:
    assert done.code == code, done
    assert "Traceback" not in done.err and "(unexpected" not in done.err, done.err
    assert done.err.splitlines()[-1].startswith("error: "), done.err
    for one in said:
        assert one in done.err, done.err


@contextmanager
def spoilt(play: Play, command: str, *cells: str) -> Iterator[Path]:
    """Break a command's notebook, then mend it: old products until then, new ones after.

    Yields the notebook, which holds the cells if there are any.
    """
    path, before = play.root / f"notebooks/{BROKEN[command]}.ipynb", play.products()
    good = path.read_bytes()
    if cells:
        play.edit(BROKEN[command], *cells)
    yield path
    path.write_bytes(good)
    assert play.products() == before
    if command != "data":
        play.edit(BROKEN[command], OTHER)
    done = play.run(*COMMANDS[command])
    assert done.code == 0, done.err
    changed = {name for name, digest in play.products().items() if before.get(name) != digest}
    documents = {name for name in changed if name.endswith((".pdf", ".html"))}
    units = ("phu-tho", "ha-noi") if command == "reports" else ("phu-tho",)
    stems = {"data": (), "report-national": ("national",)}.get(command, units)
    assert documents == {f"reports/dti/{s}.en.{e}" for s in stems for e in ("pdf", "html")}
    assert play.left() == []


@each(*CELLS)
def test_cell(play: Play, fault: str, command: str) -> None:
    source, said = CELLS[fault]
    with spoilt(play, command, "x = 1", source, "x = 2"):
        cell = f"code cell 3 (`{source.splitlines()[0]}`)"
        failed(play.run(*COMMANDS[command]), 1, said, BROKEN[command] + ".ipynb", cell)
        assert play.left() == []


@each("a malformed notebook")
def test_notebook(play: Play, fault: str, command: str) -> None:
    with spoilt(play, command) as path:
        path.write_bytes(path.read_bytes()[:900])
        failed(play.run(*COMMANDS[command]), 2, f"{path.name}: not a notebook")


@each("a raw file changed")
def test_raw(play: Play, fault: str, command: str) -> None:
    with spoilt(play, command):
        good = (play.root / MAIN).read_bytes()
        (play.root / MAIN).write_bytes(good + b"\n")
        failed(play.run(*COMMANDS[command]), 3, MAIN, "make record-raw")
        (play.root / MAIN).write_bytes(good)


@each("300 MB of memory", "files of 100 kB at most")
def test_limit(play: Play, fault: str, command: str) -> None:
    limit = "-v 300000" if "memory" in fault else "-f 200"
    with spoilt(play, command, "print('x' * 200_000)", SHOWN):
        prefix = ("sh", "-c", f'ulimit {limit}; exec "$@"', "sh")
        done = play.run(*COMMANDS[command], prefix=prefix)
        # OpenBLAS says that it finds no memory, and interrupts the process.
        assert done.code in ((1, 130) if "memory" in fault else (1,)), done
        assert done.err.splitlines()[-1].startswith("error: "), done.err
        play.end()


@pytest.fixture
def mounted(play: Play) -> Iterator[Play]:
    """The project on a small disk of its own."""
    disk = play.place / "disk"
    disk.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(made, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    play.root = Path(shutil.copytree(play.root, disk / "project"))
    play.environ["HELPERS_ROOT"] = str(play.root)
    yield play
    play.end()
    subprocess.run(["umount", "-l", str(disk)], check=True)


@each("a full disk")
def test_full(mounted: Play, fault: str, command: str) -> None:
    with spoilt(mounted, command, "x = 2" if command == "data" else OTHER):
        fill = mounted.root / "fill"
        with suppress(OSError), fill.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))
        done = mounted.run(*COMMANDS[command])
        failed(done, 1, "No space left on device", str(mounted.root))
        fill.unlink()


@each("a read-only disk")
def test_read_only(mounted: Play, fault: str, command: str) -> None:
    with spoilt(mounted, command, OTHER):
        remount = ["mount", str(mounted.place / "disk"), "-o"]
        subprocess.run([*remount, "remount,ro"], check=True)
        done = mounted.run(*COMMANDS[command])
        failed(done, 1, "Read-only file system", str(mounted.root))
        subprocess.run([*remount, "remount,rw"], check=True)


@each("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
def test_signal(play: Play, fault: str, command: str) -> None:
    with spoilt(play, command, SLEEP):
        with play.start(*COMMANDS[command]) as process:
            wait_for(play.sign, process)
            process.send_signal(getattr(signal, fault))
            err = process.communicate(timeout=300)[1]
        if fault in ("SIGINT", "SIGTERM"):
            assert (process.returncode, err.splitlines()[-1]) == (130, "error: interrupted"), err
            left = play.left()
            if command == "reports":  # of Dask's workers the locks, which are empty, stay
                left = [one for one in left if not one.endswith(".dirlock")]
            assert left == []


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 600
    while not path.exists():
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.05)


@pytest.fixture(scope="session")
def undisturbed(base: Path) -> Iterator[tuple[float, dict[str, str]]]:
    """How long `reports` takes, and what it makes of the other notebook."""
    place = Path("/tmp") / f"u-{os.getpid()}"
    place.mkdir()
    play = Play(base, place)
    play.edit("report", OTHER)
    began = time.monotonic()
    assert play.run(*COMMANDS["reports"]).code == 0
    yield time.monotonic() - began, play.products()
    shutil.rmtree(place)


@pytest.mark.parametrize("number", range(KILLS))
def test_reports_killed_at_random(
    play: Play, undisturbed: tuple[float, dict[str, str]], number: int
) -> None:
    (span, new), old, dice = undisturbed, play.products(), random.Random(number)
    play.edit("report", OTHER)
    with play.start(*COMMANDS["reports"]) as process:
        time.sleep(dice.uniform(0, span))
        tree = [psutil.Process(process.pid)] if process.poll() is None else []
        if tree and dice.random() < 0.3:  # a worker, a fork server, a kernel
            tree += tree[0].children(recursive=True)
        with suppress(psutil.Error):
            if tree:
                dice.choice(tree).kill()
        process.communicate(timeout=900)
    for name, digest in play.products().items():
        if name in ("reports/manifest.json", "reports/ro-crate-metadata.json"):
            json.loads((play.root / name).read_bytes())
        else:
            assert digest in (old.get(name), new[name]), name
    done = play.run(*COMMANDS["reports"])
    assert done.code == 0, done.err
    assert play.products() == new
    play.edit("report", SHOWN)  # a run with work to do sweeps
    assert play.run(*COMMANDS["reports"]).code == 0
    assert play.left() == []


@pytest.mark.parametrize("count", [2, 3])
def test_commands_at_once_make_what_one_makes(
    play: Play, undisturbed: tuple[float, dict[str, str]], count: int
) -> None:
    play.edit("report", OTHER)
    begun = [play.start(*COMMANDS[name]) for name in ("reports", "report", "reports")[:count]]
    for process in begun:
        err = process.communicate(timeout=900)[1]
        assert process.returncode == 0, err
    assert play.products() == undisturbed[1]
    assert play.left() == []


# Locks


def hold(play: Play) -> subprocess.Popen[str]:
    code = (
        "import sys, time; from pathlib import Path; from helpers.files import lock\n"
        f"with lock(Path(sys.argv[1])): open({str(play.sign)!r}, 'w'); time.sleep(9999)"
    )
    words = [sys.executable, "-c", code, str(play.root / "build/dti")]
    process = subprocess.Popen(words, env=play.environ, text=True)
    wait_for(play.sign, process)
    return process


@pytest.mark.parametrize("holder", ["killed", "another's number", "no number"])
def test_a_lock_that_nobody_holds_is_taken(play: Play, holder: str) -> None:
    with hold(play) as process:
        process.kill()
    number = play.root / "build/dti/.lock.pid"
    assert number.is_file()
    if holder != "killed":
        number.write_text(str(os.getpid()) if "another" in holder else "x")
    done = play.run("data")
    assert (done.code, "waiting" in done.err) == (0, False), done.err


def test_a_lock_that_is_held_is_waited_for(play: Play) -> None:
    with hold(play) as holder, play.start("data") as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert f"waiting for process {holder.pid}" in said and process.poll() is None
        holder.kill()
        assert process.wait(120) == 0


@pytest.mark.skipif(not ROOT, reason="needs two users")
def test_a_lock_of_another_user_is_named(play: Play) -> None:
    path = play.root / "build/dti/.lock"
    path.chmod(0o600)
    play.place.chmod(0o777)
    for one in (play.root, *play.root.rglob("*"), play.temporary, play.home):
        if one != path:
            os.chown(one, 65534, 65534)
    somebody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    failed(play.run("data", prefix=somebody), 1, str(path), "Permission denied")


def test_a_file_system_without_locks_is_told(play: Play) -> None:
    if not shutil.which("strace"):
        pytest.skip("needs strace, to take flock away")
    inject = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock")
    before = play.products()
    for error in ("ENOSYS", "EOPNOTSUPP", "ENOLCK"):
        done = play.run("data", prefix=(*inject, "-e", f"inject=flock:error={error}"))
        failed(done, 1, "build/dti", "lock")
    assert play.products() == before


def test_a_table_whose_rows_are_all_set_aside_says_so(play: Play) -> None:
    path = play.root / MAIN
    head, *rows = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([head, *(f"Nowhere {row}" for row in rows)]), "utf-8")
    before = play.products()
    assert play.run("record-raw", "--accept").code == 0
    failed(play.run("data"), 3, MAIN)
    assert play.products() == before
