"""Errors to one line on stderr and an exit code that scripts can rely on.

0 good, 1 something failed, 2 parameters or arguments, 3 data, 130 interrupted.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from helpers.errors import HelpersError

INTERRUPTED = 130


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
    else:
        text = f"{type(exc).__name__}: {exc} (unexpected; HELPERS_DEBUG=1 shows where)"
    # Several problems of one table, a line each, become one line.
    line = "; ".join(" ".join(one.split()) for one in text.splitlines() if one.strip())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


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
    before = _interrupt_on_sigterm()
    try:
        return work() or 0
    except BrokenPipeError:
        # The reader of our output has gone (`... | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SystemExit as exc:
        if isinstance(exc.code, str):
            print(f"error: {exc.code}", file=sys.stderr)
        return exit_code(exc)
    except (Exception, KeyboardInterrupt) as exc:
        if os.environ.get("HELPERS_DEBUG"):
            sys.excepthook(*sys.exc_info())
        print(f"error: {describe_error(exc)}", file=sys.stderr)
        return exit_code(exc)
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


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
