"""What became of a notebook: the states of its cells, told truly, and a form that is stable."""

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

_BANNER = "papermill-error-cell-tag"
INJECTED = "injected-parameters"


class Failure(NamedTuple):
    """Where a notebook failed and with what error; ``cell`` is an index, or ``None``."""

    cell: int | None
    ename: str
    evalue: str


def identify_cells(notebook: NotebookNode) -> NotebookNode:
    """Give ids to cells of older formats, always the same; nbformat's own would be random."""
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        notebook.nbformat_minor = 5
        for number, cell in enumerate(notebook.cells, start=1):
            cell["id"] = f"cell-{number}"
    return notebook


def remove_banners(notebook: NotebookNode) -> None:
    """Drop the cells that papermill puts before a failed one, as they shift the numbering."""
    notebook.cells = [c for c in notebook.cells if _BANNER not in c.metadata.get("tags", [])]


def find_error(notebook: NotebookNode) -> Failure | None:
    """First cell with an error among its outputs, or ``None``."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return Failure(index, output.ename, output.evalue)
    return None


def find_unrun(notebook: NotebookNode) -> Failure | None:
    """First cell that has code but was not run, or ``None``."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            return Failure(index, "NotRun", "the notebook ended before this cell")
    return None


def explain(exc: Exception, notebook: NotebookNode, *, limit: str, last_words: str) -> Failure:
    """Failure behind an exception that left no error in a cell: a time-out or a dead kernel."""
    begun = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    said = f"; it last said: {last_words}" if last_words else ""
    if isinstance(exc, CellTimeoutError):
        name, message = "TimeoutError", limit
    elif isinstance(exc, DeadKernelError):
        name, message = "DeadKernelError", f"the kernel was killed or ran out of memory{said}"
    else:
        name, message = type(exc).__name__, f"{exc}{said}"
    return Failure(begun[-1] if begun else None, name, message)


def locate(notebook: NotebookNode, failure: Failure) -> str:
    """Words for the cell that failed: its number as *Run All* counts, and its first line."""
    if failure.cell is None:
        return ""
    cell = notebook.cells[failure.cell]
    number = sum(
        other.cell_type == "code" and INJECTED not in other.metadata.get("tags", [])
        for other in notebook.cells[: failure.cell + 1]
    )
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f", code cell {number} (`{first[:70]}`)"


def mark_failure(notebook: NotebookNode, failure: Failure) -> None:
    """Write down which cells ran, which one failed and which were never begun.

    Call it after `settle`. papermill calls every cell completed once a kernel has died. A failed
    cell with no error among its outputs, as its kernel could not send one, gets one here.
    """
    stopped = -1 if failure.cell is None else failure.cell
    for index, cell in enumerate(notebook.cells):
        status = "completed" if index < stopped else "failed" if index == stopped else "pending"
        cell.metadata["papermill"] = {"status": status}
    if failure.cell is not None:
        cell = notebook.cells[failure.cell]
        if not any(output.output_type == "error" for output in cell.get("outputs", [])):
            error = NotebookNode(  # type: ignore[no-untyped-call]
                output_type="error", ename=failure.ename, evalue=failure.evalue, traceback=[]
            )
            cell.outputs = [*cell.get("outputs", []), error]


def settle(notebook: NotebookNode, parameters: Mapping[str, object], root: str) -> None:
    """Take out of an executed notebook all that differs from run to run or tells of the machine.

    Times, run ids, papermill's notes but for the parameters, the interpreter's version, numbers
    of processes and absolute paths go; cell ids become stable.
    """
    notebook.metadata["papermill"] = {"parameters": dict(parameters)}
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for volatile in ("execution", "papermill"):
            cell.metadata.pop(volatile, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
            # papermill's own text depends on whether Black happens to be installed.
            cell.source = "# Parameters\n" + "\n".join(
                f"{k} = {v!r}" for k, v in parameters.items()
            )
        if "outputs" in cell:
            cell.outputs = _join_streams(cell.outputs)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = hide_paths(output.text, root)
            elif output.output_type == "error":
                output.traceback = [hide_paths(line, root) for line in output.traceback]


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """One output for all of stdout and one for all of stderr: their pieces depend on timing.

    nbclient can do so too, but takes minutes over a long line.
    """
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in streams:
            streams[output.name].text += output.text
        else:
            streams[output.name] = output
            joined.append(output)
    return joined


def hide_paths(text: str, root: str) -> str:
    """Text without this machine's folders: the project's paths relative, others by a name."""
    # ipykernel names the code of a cell <temporary folder>/ipykernel_<process>/<hash>.py.
    temporary = tempfile.gettempdir()
    text = re.sub(re.escape(temporary) + r"/ipykernel_\d+/\d+\.py", "<cell>", text)
    for folder, name in (
        (f"{root}/", ""),
        (root, "."),
        (sys.prefix, "<environment>"),
        (sys.base_prefix, "<python>"),
        (str(Path.home()), "~"),
        (temporary, "<temporary>"),
    ):
        if len(folder) > 1:
            text = re.sub(re.escape(folder) + ("" if not name else r"(?![\w.-])"), name, text)
    return text
