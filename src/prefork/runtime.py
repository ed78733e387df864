"""Kernels without open ports: Unix sockets in a private directory that outlives nobody.

Every user process has at most one such directory, mode 0700, and holds a lock on it for as long
as it lives. It removes the directory at exit; where it could not (SIGKILL), whoever comes next
finds the lock free and sweeps.
"""

import atexit
import contextlib
import itertools
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager

if sys.platform != "win32":
    import fcntl

_PREFIX = "prefork-"
_UNLOCKED = ".prefork-"  # a directory's name until its maker holds the lock
_LONGEST_BASE = 60  # bytes; a Unix socket's whole path has room for about 100
_numbers = itertools.count(1)
_making = threading.Lock()
_directory: tuple[int, Path, int] | None = None  # owner's pid, path, descriptor with the lock


def runtime_dir() -> Path:
    """Return this process's private directory for connection files and sockets.

    Made at the first call (mode 0700, a short path), removed at exit.
    """
    global _directory
    with _making:
        if _directory is None or _directory[0] != os.getpid():  # a forked child makes its own
            sweep_runtime_dirs()
            path, lock = _make_locked(_base())
            _directory = (os.getpid(), path, lock)
            atexit.register(_remove_own, *_directory)
        return _directory[1]


def sweep_runtime_dirs() -> None:
    """Remove the private directories whose owners ended without doing so."""
    for path in _base().glob(f"{_PREFIX}*"):
        _remove_if_free(path)
    for path in _base().glob(f"{_UNLOCKED}*"):  # its maker was killed just before it had the lock
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > 60:
                _remove_if_free(path)


def ipc_manager_kwargs() -> dict[str, str]:
    """Return keyword arguments for any kernel manager: IPC transport and a new connection file.

    Empty where the platform has no IPC transport, so that ``KernelManager(**ipc_manager_kwargs())``
    is right everywhere. Each call names another connection file; use the result once.
    """
    if not (zmq.has("ipc") and hasattr(os, "fork")):
        return {}
    path = runtime_dir() / f"{os.getpid()}-{next(_numbers)}.json"
    return {"transport": "ipc", "connection_file": str(path)}


class IPCKernelManager(AsyncKernelManager):
    """A kernel manager over IPC; for nbclient's and papermill's ``kernel_manager_class``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**ipc_manager_kwargs(), **kwargs})

    @property
    def ipykernel(self) -> bool:
        """Whether nbclient may pass IPython's own options.

        It then keeps the history in memory, rather than having kernels that run side by side
        write to one file in the user's home. The base class asks for the name "python3".
        """
        spec = self.kernel_spec
        return bool(spec and "ipykernel_launcher" in spec.argv)


def _base() -> Path:
    """Return where private directories are made: the temporary directory, if its path is short."""
    base = tempfile.gettempdir()
    return Path(base if len(os.fsencode(base)) <= _LONGEST_BASE else "/tmp")


def _make_locked(base: Path) -> tuple[Path, int]:
    """Make a directory that is locked before it has a name that sweeping looks for."""
    made = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=base))
    lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.suppress(OSError):  # a file system without locks: never swept, then
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return made.rename(base / made.name.removeprefix(".")), lock


def _remove_if_free(path: Path) -> None:
    """Remove a directory of this user on which nobody holds the lock."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(lock)


def _remove_own(owner: int, path: Path, lock: int) -> None:
    """Remove the directory at exit, but not from a forked child that inherited this handler."""
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)
