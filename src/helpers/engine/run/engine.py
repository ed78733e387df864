"""The papermill engine that runs a notebook on a kernel of ours and remembers how far it came."""

import math
import time
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines

from helpers.engine.run.client import Client
from helpers.engine.run.kernel import Kernel, quiet

NAME = "helpers"


class Limits:
    """Time limits of a run: one for each cell and one for the whole notebook, in seconds.

    Either may be ``math.inf``.
    """

    def __init__(self, cell: float, notebook: float) -> None:
        self.cell = cell
        self.notebook = notebook
        self._end: float | None = None  # set by the first cell: a kernel's start is not counted

    def of_next_cell(self, cell: NotebookNode | None = None) -> float | None:
        """Seconds that the next cell may take; never 0, which nbclient takes for no limit."""
        now = time.monotonic()
        self._end = self._end or now + self.notebook
        limit = max(0.05, min(self.cell, self._end - now))
        return None if limit == math.inf else limit

    def reached(self) -> str:
        """Which limit a time-out has met, as words."""
        if self._end and time.monotonic() >= self._end:
            return f"the notebook took longer than {self.notebook:g} s"
        return f"it took longer than {self.cell:g} s"


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, seen: list[NotebookNode], **kwargs: Any
    ) -> None:
        # papermill hands the notebook back only if the kernel outlives it.
        seen.append(nb_man.nb)
        nb_man.nb.metadata.papermill.pop("parameters", None)  # it cannot write a date
        kernel: Kernel = kwargs["kernel"]
        limits: Limits = kwargs["limits"]
        client = Client(
            nb_man,
            km=kernel.manager,
            kernel_name=kernel_name,
            timeout_func=limits.of_next_cell,
            startup_timeout=60,
            iopub_timeout=30,  # of 4 s, a busy machine makes failures
            record_timing=False,
            log=quiet,
        )
        try:
            client.execute(cleanup_kc=False)
        finally:
            if client.kc is not None:
                run_sync(_stop)(client.kc)


async def _stop(channels: Any) -> None:
    await ensure_async(channels.stop_channels())


papermill_engines.register(NAME, _Engine)
