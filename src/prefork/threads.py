"""Whether this process may fork: a fork copies only the thread that asks for it."""

import os
import threading
from pathlib import Path


def why_not_single_threaded() -> str:
    """Return what keeps this process from forking safely, or nothing.

    A fork is tried first: OpenBLAS ends its pool of workers in the moment before one, and starts
    it again at the next matrix product, in the kernel.
    """
    if threading.active_count() > 1:
        names = ", ".join(thread.name for thread in threading.enumerate()[1:])
        return f"an import started the threads {names}"
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    tasks = Path("/proc/self/task")  # Linux; elsewhere only Python's own threads are known
    others = [task for task in tasks.glob("*") if task.name != str(os.getpid())]
    if others:
        names = ", ".join((task / "comm").read_text().strip() for task in others)
        return f"an imported library started the threads {names}"
    return ""
