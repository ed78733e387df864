"""Carry out one step: run its notebook, and set documents from what it became."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.engine.run.execute import execute
from helpers.engine.run.graph import Step
from helpers.engine.run.source import WARM
from helpers.errors import NotebookError
from helpers.files import publish_many

# Who a report's metadata names as its author.
AUTHOR = "rank-change-notebooks"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def executed_path(step: Step, root: Path) -> Path:
    """Return where the executed notebook of a step is kept."""
    return root / "build" / (step.name + ".ipynb")


def failed_path(step: Step, root: Path) -> Path:
    """Return where the notebook of a step that failed is kept."""
    return root / "build" / (step.name + ".failed.ipynb")


def carry_out(step: Step, root: Path, *, warm: str = WARM, progress: bool = True) -> None:
    """Run a step's notebook; where its outputs are documents, set them from the result.

    Parameters
    ----------
    root
        The project that the step is carried out in.
    warm
        The warm kernel to run it with.
    """
    executed = executed_path(step, root)
    execute(
        step.notebook, step.parameters,
        output=executed, build=executed.parent, cwd=root, warm=warm,
        progress=progress,
    )  # fmt: skip
    documents = [path for path in step.outputs if path.suffix in (".pdf", ".html")]
    if documents:
        publish_many(export(executed, documents, step.pages))


def _options(notebook: Any, ending: str) -> dict[str, Any]:
    """Return what a report is exported with: nothing is left out, and a PDF says its date.

    That is the newest day on which a source was fetched: the same tables, the same bytes.
    """
    options: dict[str, Any] = {"missing_alt": "refuse", "strict": True, "author": AUTHOR}
    parameters = notebook["metadata"].get("papermill", {}).get("parameters", {})
    if ending == ".pdf" and parameters.get("index"):
        from helpers.index import catalog, provenance

        files = [
            path for path in catalog.load(parameters["index"]).files() if path.suffix == ".csv"
        ]
        sidecars = [
            path for path in files if path.with_name(path.name + provenance.SUFFIX).is_file()
        ]
        days = [str(provenance.recorded(path).date_accessed) for path in sidecars]
        known = [dt.datetime.fromisoformat(day) for day in days if _DAY.fullmatch(day)]
        if known:
            options["timestamp"] = int(max(known).replace(tzinfo=dt.UTC).timestamp())
    return options


def told(executed: Path) -> list[str]:
    """Return what an executed notebook says to whoever ran it: the prints of its cells `told`."""
    notebook = json.loads(executed.read_bytes())
    cells = [cell for cell in notebook["cells"] if "told" in cell["metadata"].get("tags", [])]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = ["".join(output["text"]) for output in outputs if output["output_type"] == "stream"]
    return [line for text in texts for line in text.splitlines() if line]


def export(
    executed: Path, documents: Sequence[Path], pages: Mapping[str, str] | None = None
) -> dict[Path, bytes]:
    """Set an executed notebook as documents, each in the form that its ending names.

    `pages` are the addresses of the same report in other languages.
    """
    import nbformat

    from helpers.engine import exporters
    from nbtypst import ExportError

    kinds: dict[str, Any] = {".pdf": exporters.PDF, ".html": exporters.HTML}
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    found: dict[Path, bytes] = {}
    report = None
    for path in documents:
        try:
            options = _options(notebook, path.suffix)
            options |= {"pages": dict(pages)} if pages and path.suffix == ".html" else {}
            exporter = kinds[path.suffix](**options)
            if report is None:
                report, _ = exporter.read(notebook, {"metadata": {"name": executed.stem}})
            content = exporter.write(report)
        except ExportError as error:
            raise NotebookError(str(error)) from None
        found[path] = content.encode("utf-8") if isinstance(content, str) else bytes(content)
    return found
