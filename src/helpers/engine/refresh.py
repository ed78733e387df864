"""Fresh outputs for the notebooks in the repository, which the tests compare with.

Pictures are left out (they are tested by their data, and their bytes depend on the machine);
so are times, paths and everything else that differs between two runs.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from helpers.engine.run.execute import execute
from helpers.files import publish
from helpers.index.catalog import root

_IGNORED = "nbval-ignore-output"


def refresh() -> None:
    """Run every notebook with its default parameters and store what it printed."""
    import nbformat

    folder = root() / "notebooks"
    for notebook in sorted(folder.glob("*.ipynb")):
        build = Path(tempfile.mkdtemp(prefix="stored-", dir=_build()))
        try:
            executed = execute(
                notebook, {}, output=build / notebook.name, build=_build(), cwd=root()
            )
            fresh: Any = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        finally:
            shutil.rmtree(build)
        kept: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        ran = {cell["id"]: cell for cell in fresh["cells"]}
        for cell in kept["cells"]:
            if cell["cell_type"] == "code":
                new = ran[cell["id"]]
                cell["execution_count"] = new["execution_count"]
                kept_outputs = (
                    () if _IGNORED in cell["metadata"].get("tags", []) else new["outputs"]
                )
                cell["outputs"] = [o for o in map(_without_pictures, kept_outputs) if o]
        text: str = nbformat.writes(kept)  # type: ignore[no-untyped-call]
        publish(notebook, f"{text.rstrip()}\n".encode())


def _build() -> Path:
    folder = root() / "build"
    folder.mkdir(exist_ok=True)
    return folder


def _without_pictures(output: Any) -> Any:
    """Return an output without its pictures, None if nothing is left to compare."""
    if "data" not in output:
        return output
    if any(kind.startswith("image/") for kind in output["data"]):
        # The text beside the picture is its alternative text: the message in words.
        output["data"] = {k: v for k, v in output["data"].items() if not k.startswith("image/")}
        output["metadata"] = {}
    return output if output["data"] else None
