"""The exporters of `nbtypst` in the project's colours, typeface, languages and numbers.

nbconvert and JupyterLab find them by entry points; reports are set by them too.
"""

from typing import Any

from traitlets.config import Config

from helpers import palette, show
from nbtypst import ExportError, ReportHTMLExporter, TypstExporter, TypstPDFExporter

_STYLE = {
    "colours": {n.lower(): c for n, c in vars(palette).items() if n.isupper() and n != "FONT"},
    "typeface": palette.FONT,
    "languages": {
        "en": {"figure": "Figure", "table": "Table", "region": "GB"},
        "vi": {"figure": "Hình", "table": "Bảng", "region": "VN"},
    },
    "number": show.NUMBER.pattern,
    "alt_hint": "end the cell with "
    "show.Figure(fig, alt='what the figure shows, with its key numbers')",
}


class _Styled:
    """Puts the project's style below what a user configures."""

    @property
    def default_config(self) -> Config:
        return Config({"ReportExporter": _STYLE})

    def _preprocess(self, nb: Any, resources: Any) -> Any:
        """Refuse a notebook with cells that were never run: what they show would be left out."""
        nb, resources = super()._preprocess(nb, resources)  # type: ignore[misc]
        written = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
        idle = [cell for cell in written if not (cell.execution_count or cell.outputs)]
        if idle:
            raise ExportError(
                f"{len(idle)} of {len(written)} code cells were not run, the first begins "
                f"{idle[0].source.strip().splitlines()[0]!r}; run all cells (Run > Run All Cells), "
                "save, and export again"
            )
        return nb, resources


class Typst(_Styled, TypstExporter):
    """A notebook as a Typst document in the project's style."""


class PDF(_Styled, TypstPDFExporter):
    """A notebook as a PDF in the project's style."""


class HTML(_Styled, ReportHTMLExporter):
    """A notebook as a page in the project's style."""
