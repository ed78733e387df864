"""Fresh outputs for the notebooks in the repository, which the tests compare with.

Pictures are stored small, to be looked at: they are tested by their data, as their bytes depend on
the machine. Times, paths and everything else that differs between two runs are left out.
"""

from __future__ import annotations

import base64
import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from helpers.engine.run.execute import execute
from helpers.files import publish
from helpers.index.catalog import root

_IGNORED = "nbval-ignore-output"
_SVG = "image/svg+xml"
_DOTS, _COLOURS = 110, 48  # an inch; a page's figures have a dozen colours and their edges


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
                cell["outputs"] = [_light(output) for output in kept_outputs]
                if notebook.stem.startswith("report"):
                    _fold(cell)
        text: str = nbformat.writes(kept)  # type: ignore[no-untyped-call]
        publish(notebook, f"{text.rstrip()}\n".encode())


def _fold(cell: Any) -> None:
    """Fold a cell's code, so that a report reads as one; what a reader may change stays open."""
    if "parameters" not in cell["metadata"].get("tags", []):
        cell["metadata"]["jupyter"] = {"source_hidden": True}


def _build() -> Path:
    folder = root() / "build"
    folder.mkdir(exist_ok=True)
    return folder


def _light(output: Any) -> Any:
    """Return an output with its picture as a small PNG, which every reader of notebooks shows."""
    data = output.get("data", {})
    if (svg := data.pop(_SVG, None)) is not None:
        about = output["metadata"].pop(_SVG, {})
        data["image/png"] = base64.encodebytes(draw(svg)).decode()
        # In the size it has on a page, of finer dots than a screen's.
        kept = {name: about[name] for name in ("alt", "caption") if about.get(name)}
        output["metadata"] = {"image/png": kept}
    return output


def draw(svg: str) -> bytes:
    """Return an SVG as a PNG of few colours, its texts set in the project's typeface."""
    import font_source_sans_pro
    import typst
    from PIL import Image

    page = b"#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
    fonts = [str(Path(font_source_sans_pro.__file__).parent / "files")]
    compile_page: Any = typst.compile
    drawn = compile_page(
        page + b'#image(bytes(sys.inputs.svg), format: "svg")',
        format="png", ppi=_DOTS, sys_inputs={"svg": svg}, font_paths=fonts,
    )  # fmt: skip
    picture, small = Image.open(io.BytesIO(drawn)).convert("RGB"), io.BytesIO()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()
