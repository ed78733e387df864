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

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop, run_sync

from helpers.engine.run.source import STOCK, TABLES, WARM
from helpers.errors import NotebookError
from prefork import IPCKernelManager, kernel_json, runtime_dir
from prefork.kernelspec import PROVISIONER_NAME

# What a warm kernel has imported, and done, before it is forked: of reports, and of tables too.
SPECS = {
    WARM: ("helpers.engine.warm",),
    TABLES: ("helpers.engine.warm", "helpers.engine.warm_tables"),
}

_IPYTHON = ["--HistoryManager.hist_file=:memory:"]

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
def start_kernel(name: str | None, *, cwd: Path, root: Path | None = None) -> Iterator[Kernel]:
    """Start a kernel and kill it on leaving, whatever the reason for leaving is.

    With no name it is a warm one (`prefork`) of this very Python; "python3" is the ordinary one
    of this very Python, which stands in for a warm one where nothing can be forked.

    It talks over local sockets in a folder that only this user can enter; over TCP where the
    platform has no such sockets. Its working folder is ``cwd``; it finds ``root``, by default the
    same, in ``HELPERS_ROOT``; it reads no IPython profile of the user's and hashes texts alike in
    every run.

    Raises
    ------
    NotebookError
        There is no kernel of that name, or its program cannot be started.
    """
    wanted = name or WARM
    private = runtime_dir() if hasattr(os, "fork") else None
    folder = Path(tempfile.mkdtemp(prefix="kernel-", dir=private))
    log = folder / "kernel.log"
    manager = IPCKernelManager(
        kernel_name=STOCK if wanted in SPECS and not _can_fork() else wanted,
        kernel_spec_manager=OwnKernelSpecs(),
        log=quiet,
    )
    # IPython reads it when a kernel is asked who it is, and a kernel that finds no number there
    # never answers. The date of a document is set by its exporter, in this process.
    inherited = {name: one for name, one in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment = inherited | {
        "HELPERS_ROOT": str(root or cwd),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONHASHSEED": "0",
    }
    try:
        try:
            with log.open("wb") as stream:
                _wait_for(
                    manager.start_kernel,
                    extra_arguments=_IPYTHON if _speaks_python(manager) else [],
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


def _speaks_python(manager: AsyncKernelManager) -> bool:
    return manager.kernel_spec is not None and manager.kernel_spec.language == "python"


class OwnKernelSpecs(KernelSpecManager):
    """Knows this Python's warm and ordinary kernels, whatever kernelspecs are installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return a kernelspec by its name."""
        if kernel_name in SPECS:
            return KernelSpec(**kernel_json(SPECS[kernel_name]))
        if kernel_name == STOCK:
            return KernelSpec(**get_kernel_dict())
        return super().get_kernel_spec(kernel_name)


def _can_fork() -> bool:
    """Tell whether a kernel can be forked here, and Jupyter knows by whom."""
    known = entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER_NAME)
    return hasattr(os, "fork") and bool(known)


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
