"""Run one notebook to the end, or leave nothing behind but an account of how it failed."""

import errno
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.engine.run import gate
from helpers.engine.run.codes import no_room, say
from helpers.engine.run.source import STOCK, TABLES, WARM, language, read
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
    folder: Path | None = None,
    cell_timeout: float = 120,
    timeout: float = 600,
    kernel_name: str | None = None,
    warm: str | None = WARM,
    may_exit: bool = False,
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
        Root of the project: where relative paths start, and the kernel's ``HELPERS_ROOT``.
    folder
        The kernel's working folder; by default ``cwd``.
    cell_timeout, timeout
        Seconds that one cell, and all cells together, may take; ``math.inf`` for no limit.
    kernel_name
        Kernel to use in place of the one that the notebook names.
    warm
        The warm kernel (`prefork`) to take where the notebook names the environment's own Python
        and one can be forked here; it pays for itself from the second notebook on. None for the
        ordinary one.
    may_exit
        Whether a cell may end the notebook by ``sys.exit(0)``, as papermill has it. It is said
        on stderr, and what was not run is marked so.
    progress
        Show a bar on stderr while it runs; one line at the end where stderr is no terminal.

    Returns
    -------
    Path
        ``output``, absolute.

    Raises
    ------
    ParameterError, DataError
        A parameter is refused, the notebook is malformed or asks for a kernel that is not there;
        or a cell raised an error of this name, whose message is kept.
    NotebookError
        A cell failed, ended or killed its kernel, or took too long: the message names notebook,
        code cell, its first line, and the last line of the error.
    HelpersError
        The result could not be written; what was there before is untouched.
    """
    root = Path(os.path.abspath(cwd))  # noqa: PTH100  (resolving links would move the project)
    notebook, output = root / notebook, root / output
    node = read(notebook)
    values = gate.check(notebook, parameters, node)
    kernel = choose_kernel(notebook, node, kernel_name, warm=warm)
    title = output.name.removesuffix(".ipynb")
    failed = root / build / f"{title}.failed.ipynb"
    folders = (root / (folder or root), root)
    terminal = sys.stderr is not None and sys.stderr.isatty()
    began = time.monotonic()

    node, failure = _run(
        node,
        values,
        kernel,
        folders=folders,
        limits=(cell_timeout, timeout),
        may_exit=may_exit,
        bar={"desc": title, "leave": False} if progress and terminal else False,
    )
    where = _shown(notebook, root)
    if failure is not None and not (may_exit and failure.is_good_exit):
        try:
            publish(failed, _to_bytes(node))
            kept = f"; see {_shown(failed, root)}"
        except HelpersError:  # a full disk must not hide why the notebook failed
            kept = ""
        raise _error(node, failure, where, kept, folders)
    publish(output, _to_bytes(node))
    failed.unlink(missing_ok=True)
    if failure is not None:
        from helpers.engine.run.outcome import locate

        place = locate(node, failure)
        say(f"{where}{place}: ended by sys.exit(0); no cell after it was run")
    if progress and not terminal:
        seconds = time.monotonic() - began
        say(f"{title}: {len(node.cells)} cells in {seconds:.1f} s")
    return output


class Chosen(NamedTuple):
    """A kernel by name, ``None`` for this environment's own Python, and its language."""

    name: str | None
    language: str


def choose_kernel(
    notebook: Path, node: "NotebookNode", asked: str | None, *, warm: str | None = WARM
) -> Chosen:
    """Return the kernel to run a notebook with: the one asked for, else the one it names.

    Parameters
    ----------
    warm
        The warm kernel that is to be this environment's own Python; None for the ordinary one.

    Raises
    ------
    ParameterError
        There is no kernel of that name, or it runs another language than the notebook's.
    """
    from jupyter_client.kernelspec import NoSuchKernel

    from helpers.engine.run.kernel import OwnKernelSpecs
    from prefork.kernelspec import KERNEL_NAME

    written = language(node)
    name = asked or node.metadata.get("kernelspec", {}).get("name") or STOCK
    if not asked and name in (STOCK, WARM, TABLES, KERNEL_NAME):
        found = Chosen(warm or STOCK, "python")
    else:
        manager = OwnKernelSpecs()
        try:
            found = Chosen(name, manager.get_kernel_spec(name).language.lower())
        except NoSuchKernel:
            there = ", ".join(sorted(manager.find_kernel_specs()))
            raise ParameterError(
                f"{notebook}: the kernel {name} (language {written}) is not installed; "
                f"there are: {there}; another is taken by --kernel NAME"
            ) from None
    if found.language != written:
        raise ParameterError(
            f"{notebook}: written in {written}, and the kernel {name} runs {found.language}; "
            f"install a kernel for {written} and give it by --kernel NAME"
        )
    return found


def _run(
    source: "NotebookNode",
    values: Mapping[str, Any],
    chosen: Chosen,
    *,
    folders: tuple[Path, Path],
    limits: tuple[float, float],
    may_exit: bool,
    bar: dict[str, Any] | bool,
) -> tuple["NotebookNode", "Failure | None"]:
    """Run the cells; return the settled notebook and why it stopped, if it did."""
    import logging

    import nbformat
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    from helpers.engine.run import engine, outcome
    from helpers.engine.run.kernel import start_kernel

    # It warns of parameters that it cannot read; ours are read by the gate.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    seen = [source]
    failure = None
    with start_kernel(chosen.name, cwd=folders[0], root=folders[1]) as kernel:
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
                language=chosen.language,
                progress_bar=bar,
                seen=seen,
                kernel=kernel,
                limits=limit,
            )
        except PapermillExecutionError:
            outcome.remove_banners(seen[-1])  # the error is in a cell, where it may be allowed
        except Exception as exc:
            failure = outcome.explain(
                exc, seen[-1], limit=limit.reached(), last_words=kernel.last_words()
            )
    node = seen[-1]
    # A cell that calls sys.exit(0) stops the notebook without an exception.
    failure = outcome.find_error(node) or failure or outcome.find_unrun(node)
    outcome.settle(node, values, folders)
    if failure is not None:
        good = may_exit and failure.is_good_exit
        outcome.mark(node, failure, "completed" if good else "failed")
    try:
        nbformat.validate(node)
    except nbformat.ValidationError as exc:
        what = str(exc).partition("\n")[0]
        failure = failure or outcome.Failure(None, "ValidationError", f"an output is amiss: {what}")
    return node, failure


def _error(
    node: "NotebookNode", failure: "Failure", notebook: str, kept: str, folders: Iterable[Path]
) -> HelpersError:
    """Error to raise for a failure; what the project's own errors say is for the user as it is."""
    from helpers.engine.run.outcome import last_line, locate

    where = locate(node, failure)
    room = no_room(*folders) if f"[Errno {errno.ENOSPC}]" in failure.evalue else ""
    error: HelpersError = NotebookError(f"{notebook}{where}: {last_line(failure)}{room}{kept}")
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
