"""Run one notebook to the end, or leave nothing behind but an account of how it failed."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.engine.run import gate
from helpers.errors import DataError, HelpersError, NotebookError, ParameterError
from helpers.files import publish

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from helpers.engine.run.outcome import Failure


def execute(
    notebook: Path,
    parameters: Mapping[str, object],
    *,
    output: Path,
    build: Path,
    cwd: Path,
    cell_timeout: float = 120,
    timeout: float = 600,
    kernel_name: str | None = None,
    progress: bool = True,
) -> Path:
    """Execute a notebook with parameters and publish the executed one.

    The result is the same, byte for byte, for the same notebook, parameters and data: no times,
    no paths of this machine, stable cell ids. Of papermill's metadata only
    ``metadata.papermill.parameters`` stays, with the values of all declared parameters.

    Parameters
    ----------
    notebook
        The notebook; it is not changed.
    parameters
        Name to value, checked by `gate.check` before a kernel starts.
    output
        Where the executed notebook goes, once it has run to the end and is valid.
    build
        Folder for ``<stem of output>.failed.ipynb`` when it has not.
    cwd
        Root of the project: the kernel's working folder, and its ``HELPERS_ROOT``.
    cell_timeout, timeout
        Seconds that one cell, and all cells together, may take.
    kernel_name
        Kernel to use in place of the environment's own Python. By default a warm one
        (`prefork`), or where nothing can be forked an ordinary one.
    progress
        Show a bar on stderr while it runs; one line at the end where stderr is no terminal.

    Returns
    -------
    Path
        ``output``, absolute.

    Raises
    ------
    ParameterError, DataError
        A parameter is refused, or a cell raised an error of this name, whose message is kept.
    NotebookError
        A cell failed, ended or killed its kernel, or took too long: the message names notebook,
        code cell, its first line, and the last line of the error.
    HelpersError
        The result could not be written; what was there before is untouched.
    """
    root = Path(os.path.abspath(cwd))  # noqa: PTH100  (resolving links would move the project)
    notebook, output = root / notebook, root / output
    values = gate.check(notebook, parameters)
    title = output.name.removesuffix(".ipynb")
    failed = root / build / f"{title}.failed.ipynb"
    terminal = sys.stderr.isatty()
    began = time.monotonic()

    node, failure = _run(
        notebook,
        values,
        root=root,
        limits=(cell_timeout, timeout),
        kernel_name=kernel_name,
        bar={"desc": title, "leave": False} if progress and terminal else False,
    )
    if failure is not None:
        try:
            publish(failed, _to_bytes(node))
            kept = f"; see {_shown(failed, root)}"
        except HelpersError:  # a full disk must not hide why the notebook failed
            kept = ""
        raise _error(node, failure, _shown(notebook, root), kept)
    publish(output, _to_bytes(node))
    failed.unlink(missing_ok=True)
    if progress and not terminal:
        seconds = time.monotonic() - began
        print(f"{title}: {len(node.cells)} cells in {seconds:.1f} s", file=sys.stderr, flush=True)
    return output


def _run(
    notebook: Path,
    values: Mapping[str, gate.Value],
    *,
    root: Path,
    limits: tuple[float, float],
    kernel_name: str | None,
    bar: dict[str, Any] | bool,
) -> tuple["NotebookNode", "Failure | None"]:
    """Run the cells; return the settled notebook and the failure, if there was one."""
    import nbformat
    from papermill.execute import execute_notebook

    from helpers.engine.run import engine, outcome
    from helpers.engine.run.kernel import start_kernel

    source = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    seen = [outcome.identify_cells(source)]
    failure = None
    with start_kernel(kernel_name, cwd=root) as kernel:
        limit = engine.Limits(*limits)
        try:
            # Handed over as a node, as papermill expands braces in paths; with no output path,
            # as it would write there at every cell, and tear what is there on a full disk.
            execute_notebook(
                source,
                None,
                parameters=dict(values),
                engine_name=engine.NAME,
                kernel_name=kernel.manager.kernel_name,
                language="python",
                progress_bar=bar,
                seen=seen,
                kernel=kernel,
                limits=limit,
            )
        except Exception as exc:
            outcome.remove_banners(seen[-1])
            failure = outcome.find_error(seen[-1]) or outcome.explain(
                exc, seen[-1], limit=limit.reached(), last_words=kernel.last_words()
            )
    node = seen[-1]
    # A cell that calls sys.exit(0) stops the notebook without an exception.
    failure = failure or outcome.find_error(node) or outcome.find_unrun(node)
    outcome.settle(node, values, str(root))
    if failure is not None:
        outcome.mark_failure(node, failure)
    nbformat.validate(node)
    return node, failure


def _error(node: "NotebookNode", failure: "Failure", notebook: str, kept: str) -> HelpersError:
    """Error to raise for a failure; what the project's own errors say is for the user as it is."""
    from helpers.engine.run.outcome import locate

    where = locate(node, failure)
    last = (failure.evalue.strip().splitlines() or [""])[-1].strip()
    what = f"{failure.ename}: {last}" if last else failure.ename
    error: HelpersError = NotebookError(f"{notebook}{where}: {what}{kept}")
    for kind in (DataError, ParameterError):
        if failure.ename == kind.__name__:
            error = kind(failure.evalue)
    error.cell = where.removeprefix(", ")
    return error


def _to_bytes(node: "NotebookNode") -> bytes:
    import nbformat

    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]
    return f"{text.rstrip()}\n".encode()


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
