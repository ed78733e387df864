"""Errors to one line on stderr and an exit code that scripts can rely on.

0 good, 1 something failed, 2 parameters or arguments, 3 data, 130 interrupted.
"""

import errno
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from helpers.errors import HelpersError

INTERRUPTED = 130
LONGEST = 600  # characters of one line of a message: a raw table's cell can hold a novel
_FULL = {errno.ENOSPC, errno.EDQUOT}


def exit_code(exc: BaseException) -> int:
    """Exit code that belongs to an exception: 1, 2, 3 or 130, or what ``SystemExit`` carries."""
    if isinstance(exc, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(exc, SystemExit):
        if exc.code is None:
            return 0
        return exc.code if isinstance(exc.code, int) else 1
    return exc.exit_code if isinstance(exc, HelpersError) else 1


def describe_error(exc: BaseException) -> str:
    """One printable line for an exception; control characters show as escapes.

    A name out of a raw table ends up in messages, and must not be able to drive the terminal.
    """
    if isinstance(exc, KeyboardInterrupt):
        text = "interrupted"
    elif isinstance(exc, HelpersError):
        text = str(exc)
    elif isinstance(exc, OSError) and exc.strerror:
        text = f"{exc.filename}: {exc.strerror}" if exc.filename else exc.strerror
        if exc.errno in _FULL:
            text += no_room()
    else:
        text = f"{type(exc).__name__}: {exc} (unexpected; HELPERS_DEBUG=1 shows where)"
    # Several problems of one table, a line each, become one line.
    line = "; ".join(_shorten(" ".join(one.split())) for one in text.splitlines() if one.strip())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _shorten(line: str) -> str:
    """Leave out the middle of a line: it begins with the place and ends with the mend."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 200]} … {line[-200:]}"


def no_room(*folders: Path) -> str:
    """Say which folders have no room left, as a failed write itself names neither file nor folder.

    Looked at are those given, the working folder, the project's in it, and the temporary one.
    """
    here = Path.cwd()
    asked = [*folders, here, here / "build", here / "reports", here / "data/processed"]
    full = {}
    for folder in [*asked, Path(tempfile.gettempdir())]:
        with suppress(OSError):
            if shutil.disk_usage(folder).free < 1_000_000:
                full[str(folder)] = True
    return "".join(f"; {folder} has no room left" for folder in full)


def main_guard(work: Callable[[], int | None]) -> int:
    """Run ``work``; print its error as one line on stderr and return the exit code.

    SIGTERM is treated as Ctrl-C, so that whatever ``work`` has to tidy up is tidied up for both.

    Parameters
    ----------
    work
        The command; ``None`` or 0 is success.

    Returns
    -------
    int
        0, 1, 2, 3 or 130; or the code of a ``SystemExit``, such as argparse's 2.
    """
    _open_standard_streams()
    before = _interrupt_on_sigterm()
    try:
        with redirect_stderr(_Harmless(sys.stderr)):
            return _guarded(work)
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _guarded(work: Callable[[], int | None]) -> int:
    try:
        return work() or 0
    except BrokenPipeError:
        # The reader of our output has gone (`... | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SystemExit as exc:
        if isinstance(exc.code, str):
            say(f"error: {exc.code}")
        return exit_code(exc)
    except (Exception, KeyboardInterrupt) as exc:
        if os.environ.get("HELPERS_DEBUG"):
            sys.excepthook(*sys.exc_info())
        first = _first_error(exc)
        after = "" if first is exc else f"; and then: {describe_error(exc)}"
        say(f"error: {describe_error(first)}{after}")
        return exit_code(first)


def _first_error(exc: BaseException) -> BaseException:
    """Return the error that another one, raised while tidying up after it, would hide."""
    before = None if exc.__suppress_context__ else exc.__context__
    return _first_error(before) if isinstance(before, (HelpersError, KeyboardInterrupt)) else exc


def say(text: str) -> None:
    """Print one line on stderr, if anybody is there to read it; on stdout in a notebook.

    There stderr is red, as errors are.
    """
    notebook = type(sys.stderr).__module__.startswith("ipykernel.")
    if (stream := sys.stdout if notebook else sys.stderr) is not None:
        with suppress(OSError, ValueError):
            print(text, file=stream, flush=True)


def _open_standard_streams() -> None:
    """Give a process that was started without stderr or stdout (`2>&-`) one that leads nowhere.

    Otherwise the next file opened takes its number, and what is printed goes into that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.fstat(number)
                continue  # somebody's file by now
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, "r" if number == 0 else "w", closefd=False))  # noqa: SIM115


class _Harmless:
    """A stderr whose reader may go away: what is left to say is then said to nobody."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._deaf():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._deaf():
            self._stream.flush()

    @contextmanager
    def _deaf(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


_Handler = Callable[[int, FrameType | None], object] | int


def _interrupt_on_sigterm() -> _Handler | None:
    """Install the handler and return the one before; ``None`` outside the main thread."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        # A handler set from C comes back as None and cannot be put back: the default is next best.
        return signal.signal(signal.SIGTERM, interrupt) or signal.SIG_DFL
    except ValueError:
        return None
