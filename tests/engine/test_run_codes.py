"""One line for an error, whatever state the process's own streams, disk and messages are in."""

import errno
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.engine.run.codes import LONGEST, describe_error, main_guard
from helpers.engine.run.execute import execute
from helpers.errors import DataError, HelpersError, NotebookError


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]


TALK = """
    import os, sys
    from pathlib import Path
    from helpers.engine.run.codes import main_guard
    def work():
        print("to stderr", file=sys.stderr)
        with open(sys.argv[1], "w") as file:
            os.write(2, b"straight to stderr")
            file.write("the file's own")
        print("to stdout")
        if len(sys.argv) > 2:
            raise ValueError("an error")
    sys.exit(main_guard(work))
"""


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["fail"], 1)])
def test_a_closed_stderr_does_no_harm(tmp_path: Path, arguments: list[str], code: int) -> None:
    file = tmp_path / "file"
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh", *python(TALK, file, *arguments)]
    result = subprocess.run(closed, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (code, "to stdout\n")
    assert file.read_text() == "the file's own"


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["fail"], 1)])
def test_nobody_reading_stderr_does_no_harm(
    tmp_path: Path, arguments: list[str], code: int
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = python(TALK, tmp_path / "file", *arguments)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=writer, text=True)
    os.close(writer)
    assert (result.returncode, result.stdout) == (code, "to stdout\n")


def test_an_error_while_tidying_up_does_not_hide_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(first: BaseException) -> None:
        try:
            raise first
        finally:
            raise HelpersError("manifest.json: could not be written")

    for first, code in ((DataError("x.csv, row 3"), 3), (KeyboardInterrupt(), 130)):
        assert main_guard(lambda first=first: fail(first)) == code  # type: ignore[misc]
        told = capsys.readouterr().err
        assert told.startswith(f"error: {describe_error(first)}; ")
        assert told.endswith("manifest.json: could not be written\n")

    def translate() -> None:
        try:
            raise DataError("a cause")
        except DataError:
            raise HelpersError("what it means") from None

    assert main_guard(translate) == 1
    assert capsys.readouterr().err == "error: what it means\n"


def test_a_long_message_keeps_its_place_and_its_mend() -> None:
    line = describe_error(DataError(f"x.csv, row 3: found {'y' * 5_000!r}; expected a number"))
    assert line.startswith("x.csv, row 3: found 'yyy") and line.endswith("; expected a number")
    assert len(line) < LONGEST + 10


def test_characters_that_turn_a_line_around_are_shown_as_such() -> None:
    assert describe_error(DataError("a\u202eb\u2066c\x1b[2J")) == r"a\u202eb\u2066c\x1b[2J"


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    monkeypatch.chdir(disk)
    yield disk
    monkeypatch.undo()
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_named(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with Path("big").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    assert main_guard(work) == 1
    assert f"{full_disk} has no room left" in capsys.readouterr().err
    room = describe_error(OSError(errno.EACCES, "Permission denied", "secret"))
    assert room == "secret: Permission denied"


def test_a_disk_that_a_cell_fills_is_named(full_disk: Path, tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    cell = {
        "cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
        "source": "open('big', 'wb', buffering=0).write(b'x' * 60_000)\n"
        "while True: open('big', 'ab', buffering=0).write(b'x' * 4096)",
    }  # fmt: skip
    document = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(document))
    with pytest.raises(NotebookError, match=rf"code cell 1 .*{full_disk} has no room left"):
        execute(notebook, {}, output=tmp_path / "out.ipynb", build=tmp_path, cwd=full_disk,
                progress=False)  # fmt: skip
