"""One kernel for one notebook: started in private, gone for certain afterwards."""

import asyncio
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop, run_sync

from helpers.errors import NotebookError

# An address of a local socket is at most 103 bytes on macOS, 107 on Linux; our names end on
# "/kernel-ipc-5".
_LONGEST_FOLDER = 103 - len("/kernel-ipc-5")

# What goes wrong in a kernel is said once, in our error. papermill's and nbclient's logs stay
# silent, unless somebody attaches a handler here.
quiet = logging.getLogger("helpers.engine.run")
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


class Kernel:
    """A running kernel: its manager for nbclient, and the log it writes beside the protocol."""

    def __init__(self, manager: AsyncKernelManager, log: Path) -> None:
        self.manager = manager
        self._log = log

    def last_words(self) -> str:
        """Last line the kernel's process wrote to its stdout or stderr, or an empty text."""
        with suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""


@contextmanager
def start_kernel(name: str | None, *, cwd: Path) -> Iterator[Kernel]:
    """Start a kernel and kill it on leaving, whatever the reason for leaving is.

    With no name it is a warm one (`prefork`) of this very Python, or, where nothing
    can be forked, the ordinary one.

    It talks over local sockets in a folder that only this user can enter; over TCP where the
    platform has no such sockets or every temporary folder's path is too long for one. Its
    working folder is ``cwd``, which it also finds in ``HELPERS_ROOT``; it reads no IPython
    profile of the user's and hashes texts alike in every run.

    Raises
    ------
    NotebookError
        There is no kernel of that name, or its program cannot be started.
    """
    folder = _private_folder()
    local = zmq.has("ipc") and os.name == "posix" and len(os.fsencode(folder)) <= _LONGEST_FOLDER
    log = folder / "kernel.log"
    manager = AsyncKernelManager(
        **(_warm() if name is None else {"kernel_name": name}),
        transport="ipc" if local else "tcp",
        connection_file=str(folder / "kernel.json"),
        log=quiet,
    )
    # IPython reads it when a kernel is asked who it is, and a kernel that finds no number there
    # never answers. The date of a document is set by its exporter, in this process.
    inherited = {name: one for name, one in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment = inherited | {
        "HELPERS_ROOT": str(cwd),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONHASHSEED": "0",
    }
    try:
        try:
            with log.open("wb") as stream:
                _wait_for(
                    manager.start_kernel,
                    extra_arguments=["--HistoryManager.hist_file=:memory:"],
                    cwd=str(cwd),
                    env=environment,
                    stdout=stream,
                    stderr=stream,
                )
        except (NoSuchKernel, OSError) as exc:
            raise NotebookError(f"the kernel {name} could not be started: {exc}") from None
        yield Kernel(manager, log)
    finally:
        # Ctrl-C leaves the loop with tasks half done, which would go on at the next opportunity.
        _cancel_pending_tasks()
        if manager.has_kernel:
            # Not asked to shut down: it has nothing left to save, and may be past answering.
            with suppress(ProcessLookupError):
                _wait_for(manager.signal_kernel, getattr(signal, "SIGKILL", signal.SIGTERM))
            _wait_for(manager.shutdown_kernel, now=True)
        _wait_for(manager.cleanup_resources)
        shutil.rmtree(folder, ignore_errors=True)


class _WarmKernelSpecs(KernelSpecManager):
    """Knows the warm kernel of this Python, whether its kernelspec is installed or not."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        from prefork.kernelspec import KERNEL_NAME, kernel_json

        if kernel_name != KERNEL_NAME:
            return super().get_kernel_spec(kernel_name)
        return KernelSpec(**kernel_json())


def _warm() -> dict[str, Any]:
    """Return what makes a manager start a warm kernel; where it cannot, an ordinary one."""
    from prefork.kernelspec import KERNEL_NAME, PROVISIONER_NAME

    registered = entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER_NAME)
    if not (hasattr(os, "fork") and registered):
        return {"kernel_name": "python3"}
    return {"kernel_name": KERNEL_NAME, "kernel_spec_manager": _WarmKernelSpecs()}


def _private_folder() -> Path:
    """Make a folder of mode 700 where its path is short enough for a socket."""
    folders = [os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"]
    for base in folders:
        if base and Path(base).is_dir() and os.access(base, os.W_OK | os.X_OK):
            folder = Path(tempfile.mkdtemp(prefix="rcn-", dir=base))
            if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
                return folder
            folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="rcn-"))


def _wait_for(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    async def call() -> Any:
        return await function(*args, **kwargs)

    return run_sync(call)()


def _cancel_pending_tasks() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop = ensure_event_loop()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
