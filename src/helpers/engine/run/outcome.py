"""What became of a notebook: the states of its cells, told truly, and a form that is stable."""

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from helpers.engine.run import kinds
from helpers.engine.run.client import KEPT, OutputLimitError
from helpers.engine.run.source import INJECTED

_BANNER = "papermill-error-cell-tag"
_LONGEST = 300  # characters of an error's own words in ours


class Failure(NamedTuple):
    """Where a notebook failed and with what error; ``cell`` is an index, or ``None``."""

    cell: int | None
    ename: str
    evalue: str

    @property
    def is_good_exit(self) -> bool:
        """Whether a cell has ended the notebook with ``sys.exit(0)``, as papermill lets it."""
        return self.ename == "SystemExit" and self.evalue in ("", "0")


def remove_banners(notebook: NotebookNode) -> None:
    """Drop the cells that papermill puts before a failed one, as they shift the numbering."""
    notebook.cells = [c for c in notebook.cells if _BANNER not in c.metadata.get("tags", [])]


def find_error(notebook: NotebookNode) -> Failure | None:
    """First cell with an error among its outputs that it was not expected to raise, or ``None``."""
    for index, cell in enumerate(notebook.cells):
        if "raises-exception" in cell.metadata.get("tags", []):
            continue
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return Failure(index, output.ename, output.evalue)
    return None


def find_unrun(notebook: NotebookNode) -> Failure | None:
    """First cell that was to run but did not, or ``None``."""
    for index, cell in enumerate(notebook.cells):
        if _has_code(cell) and cell.execution_count is None:
            return Failure(index, "NotRun", "the notebook ended before this cell")
    return None


def _has_code(cell: NotebookNode) -> bool:
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


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
    elif isinstance(exc, OutputLimitError):
        name, message = "OutputLimitError", str(exc)
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
    return f", code cell {number} (`{shorten(first, 70)}`)"


def last_line(failure: Failure) -> str:
    """Return the name of the error and the last line it says."""
    last = (failure.evalue.strip().splitlines() or [""])[-1].strip()
    return f"{failure.ename}: {shorten(last, _LONGEST)}" if last else failure.ename


def shorten(text: str, longest: int) -> str:
    """Return a text with its middle left out where it is too long: both ends tell something."""
    if len(text) <= longest:
        return text
    return f"{text[: longest * 2 // 3].rstrip()} … {text[-longest // 4 :].lstrip()}"


def mark(notebook: NotebookNode, failure: Failure, status: str = "failed") -> None:
    """Write down which cells ran, which one failed and which were never begun.

    Call it after `settle`. papermill calls every cell completed once a kernel has died. A failed
    cell with no error among its outputs, as its kernel could not send one, gets one here.

    Parameters
    ----------
    status
        That of the cell the notebook stopped at.
    """
    stopped = -1 if failure.cell is None else failure.cell
    ran = [i for i, c in enumerate(notebook.cells) if c.get("execution_count") is not None]
    last = max([stopped, *ran])
    for index, cell in enumerate(notebook.cells):
        code = cell.cell_type == "code" and cell.source.strip()
        done = index in ran if code else index < last
        state = status if index == stopped else "completed" if done else "pending"
        cell.metadata["papermill"] = {"status": state}
    if failure.cell is not None:
        cell = notebook.cells[failure.cell]
        if failure.ename == "OutputLimitError":
            cell.outputs = _first(cell.outputs)
        if not any(output.output_type == "error" for output in cell.get("outputs", [])):
            error = NotebookNode(  # type: ignore[no-untyped-call]
                output_type="error", ename=failure.ename, evalue=failure.evalue, traceback=[]
            )
            cell.outputs = [*cell.get("outputs", []), error]


def _first(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the beginning of what a cell has printed without end."""
    for output in outputs[:10]:
        if output.output_type == "stream":
            output.text = output.text[:KEPT]
    return outputs[:10]


def settle(
    notebook: NotebookNode, parameters: Mapping[str, object], folders: Sequence[Path]
) -> None:
    """Take out of an executed notebook all that differs from run to run or tells of the machine.

    Times, run ids, papermill's notes but for the parameters, the interpreter's version, numbers
    of processes and absolute paths go; cell ids become stable.

    Parameters
    ----------
    folders
        Those whose paths become relative ones.
    """
    notebook.metadata["papermill"] = {"parameters": kinds.to_json(dict(parameters))}
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for volatile in ("execution", "papermill"):
            cell.metadata.pop(volatile, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
        if "outputs" in cell:
            cell.outputs = _join_streams(cell.outputs)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = hide_paths(output.text, folders)
            elif output.output_type == "error":
                output.traceback = [hide_paths(line, folders) for line in output.traceback]


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


def hide_paths(text: str, folders: Sequence[Path]) -> str:
    """Text without this machine's folders: paths in these relative, others by a name."""
    # ipykernel names the code of a cell <temporary folder>/ipykernel_<process>/<hash>.py.
    temporary = tempfile.gettempdir()
    text = re.sub(re.escape(temporary) + r"/ipykernel_\d+/\d+\.py", "<cell>", text)
    for folder, name in (
        *((f"{folder}/", "") for folder in folders),
        *((str(folder), ".") for folder in folders),
        (sys.prefix, "<environment>"),
        (sys.base_prefix, "<python>"),
        (str(Path.home()), "~"),
        (temporary, "<temporary>"),
    ):
        if len(folder) > 1:
            text = re.sub(re.escape(folder) + ("" if not name else r"(?![\w.-])"), name, text)
    return text
