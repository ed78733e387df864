"""nbclient as papermill has it, with an end to endless output and magics' errors told as errors."""

from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.translators import PythonTranslator, Translator, papermill_translators

from helpers.engine.run import kinds

MOST = 50_000_000
"""Characters that one cell may print or show, each message counted with `_OVERHEAD` more."""

KEPT = 100_000
"""Characters of it that are kept where it was more."""

_OVERHEAD = 1_000


class OutputLimitError(Exception):
    """A cell printed more than `MOST`: most often, without end."""


class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """Runs the cells of a notebook on a kernel."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, on_cell_error=_keep_error, **kwargs)
        self._size = 0

    def execute_cell(self, *args: Any, **kwargs: Any) -> Any:
        """Run one cell, unless it prints without end.

        Raises
        ------
        OutputLimitError
            It has printed too much; the kernel is still at it and must be killed.
        """
        self._size = 0
        try:
            return super().execute_cell(*args, **kwargs)
        except DeadKernelError:
            if self._size > MOST:
                most = f"{MOST // 1_000_000} million characters"
                raise OutputLimitError(f"it printed more than {most}; print less") from None
            raise

    def process_message(self, msg: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Take one message of the kernel's, and stop waiting for it once it has said too much."""
        content = msg["content"]
        shown = [content.get("text", ""), *content.get("data", {}).values()]
        self._size += _OVERHEAD + sum(len(one) for one in shown if isinstance(one, str))
        if self._size > MOST:
            self.task_poll_for_reply.cancel()
            return None
        return super().process_message(msg, *args, **kwargs)


def _keep_error(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Put the error of a magic among a cell's outputs; IPython prints it as a text only."""
    if not any(output.output_type == "error" for output in cell.outputs):
        said = {name: execute_reply["content"].get(name, "") for name in ("ename", "evalue")}
        error = NotebookNode(  # type: ignore[no-untyped-call]
            output_type="error", traceback=[], **said
        )
        cell.outputs.append(error)


class _Python(PythonTranslator):  # type: ignore[misc]
    """Writes down dates and numbers without end too, and the same whether Black is there or not."""

    @classmethod
    def translate(cls, val: object) -> str:
        return kinds.to_code(val)

    @classmethod
    def codify(cls, parameters: dict[str, Any], comment: str = "Parameters") -> str:
        return str(Translator.codify.__func__(cls, parameters, comment)).rstrip()


papermill_translators.register("python", _Python)
