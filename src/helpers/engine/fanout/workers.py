"""Workers for the fan-out: a cluster on this machine, or an existing scheduler's."""

from __future__ import annotations

import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from helpers.engine.fanout import credentials
from helpers.engine.fanout.work import environment
from helpers.errors import HelpersError, ParameterError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

_NEEDS = 1 << 30  # bytes of memory for a worker, its fork server and its kernel
_PATIENCE = 30  # seconds for a scheduler to answer and its first worker to join
_START = 120  # seconds for a worker on this machine to start, before it is given up


@contextmanager
def connect(scheduler: str, jobs: int) -> Iterator[Client]:
    """Yield a client of the scheduler; of a cluster on this machine if no address is given.

    Parameters
    ----------
    scheduler
        An address such as ``tls://host:8786``, or "".
    jobs
        How many there are; no more workers are started.

    Raises
    ------
    ParameterError
        The scheduler does not answer, is open to everybody, has no workers, or a worker's
        environment differs.
    HelpersError
        No worker can be started on this machine.
    """
    import dask
    from distributed import Client

    quiet = {
        "distributed.worker.multiprocessing-method": "spawn",
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.scheduler.work-stealing": True,
        **credentials.NO_PAGES,
    }
    with dask.config.set(quiet), warnings.catch_warnings():
        # Sending a large table once is what is meant to be done here.
        warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if not scheduler:
            with _start(count_workers(jobs)) as cluster, Client(cluster) as client:
                yield client
            return
        security = credentials.of_scheduler(scheduler)
        try:
            client = Client(scheduler, timeout=_PATIENCE, security=security)
        except (OSError, ValueError) as error:
            raise ParameterError(
                f"no scheduler at {scheduler} ({error}); start one with `dask scheduler`"
            ) from None
        with client:
            _check_workers(client, scheduler)
            yield client


def _start(count: int) -> LocalCluster:
    from distributed import LocalCluster

    try:
        with _deaf_to_interrupts():
            return LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                protocol="tls://",
                security=credentials.temporary(),
                # Left out, it would be port 8787, and with no host every address there is.
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                silence_logs=logging.CRITICAL,
                death_timeout=_START,
            )
    except (OSError, RuntimeError, MemoryError) as error:
        raise HelpersError(
            f"no worker can be started on this machine ({error}); is there enough memory? "
            "One report after another, `make report UNIT=...`, takes less"
        ) from None


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have threads and processes that begin here leave Ctrl-C to the main thread.

    A terminal sends it to all of them, but one of them is enough to end the others. One that
    comes meanwhile is kept until the end.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python's own process for shared resources, once it runs, leaves the threads' masks alone.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def count_workers(jobs: int) -> int:
    """Return how many workers this machine has room for, by cores and memory."""
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT

    room = int(MEMORY_LIMIT) // _NEEDS
    return max(1, min(int(CPU_COUNT), room, jobs))


def _check_workers(client: Client, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise ParameterError(
            f"the scheduler at {scheduler} has no workers; start one with `dask worker {scheduler}`"
        ) from None
    ours = environment()
    for address, theirs in client.run(environment, on_error="return").items():
        if isinstance(theirs, BaseException):
            raise ParameterError(f"worker {address} lacks this project: {theirs}; install it there")
        for name, expected in ours.items():
            if theirs.get(name) != expected:
                raise ParameterError(
                    f"worker {address} has another environment: {name} is "
                    f"{theirs.get(name, 'unknown')[:12]}, here it is {expected[:12]}; "
                    "install the same requirements.lock and code there"
                )
