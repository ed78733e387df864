"""The fork server: imports the stack, then forks a kernel for every order of its user.

It runs on one thread and computes nothing. It ends when the link to its user ends, and with it
every kernel, so that nothing depends on how the user came to its end.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from prefork import wire
from prefork.kernel import Order, run_kernel, step_into
from prefork.leftovers import Connection, remove_connection
from prefork.preload import Preloaded
from prefork.runtime import sweep_runtime_dirs
from prefork.sources import Sources
from prefork.threads import why_not_single_threaded

_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


class Server:
    """The loop between the user's orders and the kernels' ends.

    Parameters
    ----------
    link
        The socket to the user.
    preloaded
        What was imported.
    set_by_imports
        Environment variables that the imports set, as they would in the kernel.
    idle
        Seconds without a kernel after which it ends.
    """

    def __init__(
        self,
        link: socket.socket,
        preloaded: Preloaded,
        set_by_imports: Mapping[str, str],
        idle: float,
    ) -> None:
        self._pid = os.getpid()
        self._link = link
        self._preloaded = preloaded
        self._set_by_imports = set_by_imports
        self._idle = idle
        self._kernels: dict[int, Connection | None] = {}
        self._codes: dict[int, int] = {}  # of kernels that ended, until the user has asked
        self._leaving = False  # no more orders: end with the last kernel
        self._stopping = False
        self._sources = Sources()
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}

    def run(self) -> Order | None:
        """Serve until nobody needs it (None), or return an order in a newly forked kernel."""
        with selectors.PollSelector() as selector:
            selector.register(self._link, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._stopping and (self._kernels or self._codes or not self._leaving):
                events = selector.select(None if self._kernels else self._idle)
                ready = {key.fileobj for key, _ in events}
                if not (ready or self._kernels):
                    break
                if self._woken in ready:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                self._reap()
                if self._link in ready:
                    try:
                        message, fds = wire.receive(self._link)
                    except (EOFError, OSError):
                        self._end(user_is_gone=True)
                        return None
                    order = self._obey(message, fds)
                    if order is not None:
                        return order
        self._end(user_is_gone=False)
        return None

    def _obey(self, message: wire.Message, fds: list[int]) -> Order | None:
        """Answer one message; return the order itself in the kernel that it asked for."""
        if message["op"] == "status":
            pid = message["pid"]
            running = pid in self._kernels
            answer: wire.Message = {
                "status": None if running else self._codes.pop(pid, -signal.SIGKILL)
            }
        elif self._leaving or self._sources.changed():
            self._leaving = True
            answer = {"stale": True}
        elif clash := self._preloaded.shadowed_in(message["cwd"]):
            answer = {"shadowed": clash}
        else:
            env = {**self._set_by_imports, **message["env"]}
            order = Order(message["argv"], message["cwd"], env, fds, self._pid)
            answer = self._fork(order)
            if os.getpid() != self._pid:
                return order
        for fd in fds:
            os.close(fd)
        with contextlib.suppress(OSError):  # the next read will find that the user is gone
            wire.send(self._link, answer)
        return None

    def _fork(self, order: Order) -> wire.Message:
        """Fork; in the server, wait until the kernel stands on its own feet."""
        heard, told = os.pipe()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
        except OSError as error:
            os.close(heard)
            os.close(told)
            return {"errno": error.errno, "path": order.argv[0]}
        finally:
            if os.getpid() == self._pid:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if pid == 0:
            self._let_go()
            os.close(heard)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            step_into(order, told)
            return {}
        os.close(told)
        refusal = os.read(heard, 16)
        os.close(heard)
        if refusal:
            os.waitpid(pid, 0)
            return {"errno": int(refusal), "path": order.cwd}
        self._kernels[pid] = Connection.read(order.argv)
        return {"pid": pid}

    def _let_go(self) -> None:
        """In a new kernel: give up what belongs to the server."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        for end in (self._link, self._wake, self._woken):
            end.close()

    def _reap(self) -> None:
        """Take note of the kernels that ended, and end what they had started and left."""
        for pid in list(self._kernels):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._kernels[pid]
                self._codes[pid] = os.waitstatus_to_exitcode(status)
                _kill_group(pid)

    def _end(self, user_is_gone: bool) -> None:
        """Kill the kernels; where nobody is left to do so, remove their files."""
        for pid, connection in self._kernels.items():
            _kill_group(pid)
            os.waitpid(pid, 0)
            if user_is_gone and connection is not None:
                remove_connection(connection)
        if user_is_gone:
            sweep_runtime_dirs()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = self._stopping or number != signal.SIGCHLD


def main(fd: int, idle: float, modules: Sequence[str]) -> None:
    """Be a fork server on the inherited socket `fd`; or, after a fork, a kernel."""
    os.chdir("/")  # hold nobody's directory
    link = socket.socket(fileno=fd)
    link.set_inheritable(False)
    before = dict(os.environ)
    preloaded = Preloaded(modules)
    reason = why_not_single_threaded()
    if reason:
        wire.send(link, {"failed": reason})
        return
    changed = {k: v for k, v in os.environ.items() if before.get(k) != v}
    server = Server(link, preloaded, changed, idle)
    gc.collect()
    gc.freeze()  # no collection in a kernel writes to, and so copies, what it shares
    with contextlib.suppress(OSError):  # the loop will find that the user is gone
        wire.send(link, {"ready": preloaded.failures})
    order = server.run()
    if order is not None:
        del server, link, preloaded
        sys.exit(run_kernel(order))


def _kill_group(pid: int) -> None:
    """Kill a kernel's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie
        os.killpg(pid, signal.SIGKILL)
