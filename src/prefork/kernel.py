"""From a fork of the server to a kernel such as ``python -m ipykernel_launcher`` starts."""

import contextlib
import importlib
import importlib.util
import io
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_INLINE = "module://matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Order:
    """What a kernel is to be.

    Attributes
    ----------
    argv
        The whole command line, interpreter first.
    cwd, env
        Its directory and its whole environment.
    fds
        Open descriptors for standard input, output and error.
    server
        The server's process id.
    """

    argv: list[str]
    cwd: str
    env: dict[str, str]
    fds: list[int]
    server: int


def step_into(order: Order, told: int) -> None:
    """Take on a session, descriptors, directory and environment; never return on failure.

    The pipe `told` carries the error's number if there is one, and its end if there is none.
    """
    try:
        os.setsid()
        _die_with(order.server)
        for target, fd in enumerate(order.fds):
            os.dup2(fd, target)
        for fd in order.fds:
            if fd > 2:
                os.close(fd)
        os.chdir(order.cwd)
    except OSError as error:
        os.write(told, str(error.errno).encode())
        os._exit(255)
    os.environ.clear()
    os.environ.update(order.env)
    os.environ["JPY_PARENT_PID"] = str(order.server)
    os.close(told)


def run_kernel(order: Order) -> int:
    """Run the kernel until it is shut down; return the process's exit code."""
    _begin_afresh(order)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance(parent_handle=order.server)
    return 0


def _begin_afresh(order: Order) -> None:
    """Undo what kernels of one server would share but new interpreters do not."""
    time.tzset()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if os.isatty(1) and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    importlib.invalidate_caches()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    after = order.argv.index("ipykernel_launcher") + 1
    sys.argv = [launcher.origin if launcher and launcher.origin else "", *order.argv[after:]]
    sys.orig_argv = list(order.argv)
    if "matplotlib" in sys.modules:
        _choose_backend()


def _choose_backend() -> None:
    """Give matplotlib the settings that it would find if it were imported here and now."""
    matplotlib = sys.modules["matplotlib"]
    if Path("matplotlibrc").is_file():
        matplotlib.rcParams.update(matplotlib.rc_params_from_file(Path("matplotlibrc").resolve()))
        matplotlib.rcParamsOrig.update(matplotlib.rcParams)
    # An IPython kernel sets the inline backend in its environment, unless another is set there.
    matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND") or _INLINE


def _die_with(server: int) -> None:
    """Ask Linux to kill this process when the server dies; elsewhere ipykernel polls for that."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        with contextlib.suppress(OSError, AttributeError):  # a C library without prctl
            ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != server:  # it died before the line above
        os._exit(255)
