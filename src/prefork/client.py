"""The user's side of a fork server: the server, and a kernel that it forked."""

import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any

from prefork import wire

_START = (
    "import sys; sys.path[:1] == [''] and sys.path.pop(0); "
    "from prefork.server import main; main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])"
)
_PATIENCE = 30.0  # seconds for an answer; a server that takes longer is taken for dead


class UnavailableError(Exception):
    """No fork server can do this; says why. An ordinary kernel can."""


class StaleServerError(Exception):
    """The server ended, or its imports have changed on disk: another one must take its place."""


@dataclass(frozen=True)
class Recipe:
    """What makes two kernels able to come from one server.

    Attributes
    ----------
    python
        The interpreter and its options, as in the kernel's command line.
    environ
        The variables that Python or a library reads while it starts, as sorted pairs.
    modules
        What the server imports, besides what an IPython kernel does.
    cwd
        The directory that a relative PYTHONPATH starts from, otherwise "/".
    idle
        Seconds without a kernel after which the server ends.
    """

    python: tuple[str, ...]
    environ: tuple[tuple[str, str], ...]
    modules: tuple[str, ...]
    cwd: str
    idle: float = 600.0


class ForkServer:
    """A running fork server, seen from its user.

    The link is a socket pair with no name in the file system. Its end is the server's signal to
    end as well, and the operating system gives that signal however the user dies.
    """

    def __init__(self, recipe: Recipe, env: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        start = (*recipe.python, "-c", _START)
        with theirs, ExitStack() as unless_started:
            unless_started.callback(ours.close)
            self._process = subprocess.Popen(
                [*start, str(theirs.fileno()), str(recipe.idle), *recipe.modules],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=recipe.cwd,
                env=_import_environ(env),
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the user, who decides about kernels
            )
            unless_started.pop_all()
        ours.settimeout(_PATIENCE)
        self._link = ours
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._ready = False
        self._lost = False
        self.unusable = ""  # why it failed before it was ready
        self.failures: list[str] = []  # what it could not import
        self.kernels: set[int] = set()  # pids of those whose end nobody has heard of

    def ready(self) -> bool:
        """Whether the imports are done; does not wait.

        Raises
        ------
        UnavailableError
            If the server could not start.
        """
        with self._lock:
            if not (self._ready or self._lost or self.unusable):
                poll = select.poll()
                poll.register(self._link, select.POLLIN)
                if not poll.poll(0):
                    return False
                answer = self._receive()
                self._ready = "ready" in answer
                self.failures = answer.get("ready", [])
                if not self._ready:
                    self.unusable = answer.get("failed", "it ended while it started")
                    self._lose()
            if self.unusable:
                raise UnavailableError(f"no fork server: {self.unusable}")
            return True

    def spawn(
        self, argv: Sequence[str], cwd: str, env: Mapping[str, str], fds: Sequence[int]
    ) -> "ForkedKernel":
        """Fork a kernel.

        Raises
        ------
        OSError
            As `subprocess.Popen` would, if `cwd` is not there.
        StaleServerError
            If another server must do it.
        UnavailableError
            If the kernel would not import what the server has imported.
        """
        order = {"op": "spawn", "argv": list(argv), "cwd": cwd, "env": dict(env)}
        answer = self._ask(order, fds)
        if "errno" in answer:
            raise OSError(answer["errno"], os.strerror(answer["errno"]), answer["path"])
        if "shadowed" in answer:
            raise UnavailableError(f"{answer['shadowed']} has the name of a preloaded module")
        if "pid" not in answer:
            raise StaleServerError
        self.kernels.add(answer["pid"])
        return ForkedKernel(self, answer["pid"], argv)

    def exit_code(self, pid: int) -> int | None:
        """Return a kernel's exit code once it has ended, minus the signal's number if by one."""
        if self._owner != os.getpid():
            return -signal.SIGKILL  # a forked copy of the user has no kernels
        answer = self._ask({"op": "status", "pid": pid})
        # Nobody is left to ask: the kernels were killed with their server.
        code: int | None = answer.get("status", -signal.SIGKILL)
        if code is not None:
            self.kernels.discard(pid)
        return code

    def give_up(self, reason: str) -> None:
        """End a server that did not get ready, and remember why."""
        self.unusable = reason
        self.close()

    def reap(self) -> bool:
        """Whether the process has ended; leaves no zombie if so."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End the server and its kernels, and wait until they are gone."""
        with self._lock:
            self._lose()

    def forget(self) -> None:
        """Let go of the link in a forked copy of the user, so that the user's end is noticed."""
        self._lost = True
        self._link.close()
        self._process.returncode = 0  # not this process's child

    def _ask(self, message: wire.Message, fds: Sequence[int] = ()) -> wire.Message:
        """Return the answer, or an empty one if the server is gone."""
        with self._lock:
            if self._lost:
                return {}
            try:
                wire.send(self._link, message, fds)
            except OSError:
                self._lose()
                return {}
            return self._receive()

    def _receive(self) -> wire.Message:
        try:
            return wire.receive(self._link)[0]
        except (OSError, EOFError, ValueError):
            self._lose()
            return {}

    def _lose(self) -> None:
        """Close the link and see that the server ends; its kernels never outlive it."""
        if self._lost:
            return
        self._lost = True
        self._link.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForkedKernel:
    """A kernel forked by a server; what `LocalProvisioner` uses of `subprocess.Popen`."""

    stdin: IO[Any] | None = None
    stdout: IO[Any] | None = None
    stderr: IO[Any] | None = None

    def __init__(self, server: ForkServer, pid: int, argv: Sequence[str]) -> None:
        self.args = list(argv)
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        if self.returncode is None:
            self.returncode = self._server.exit_code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end; return its exit code."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            time.sleep(0.02)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel alone, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


def _import_environ(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the server's imports; its kernels get theirs from the user."""
    return {
        **env,
        "MPLBACKEND": "agg",  # none that opens a display; every kernel chooses its own
        "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a process with threads cannot fork
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS: the server forks without exec
    }
