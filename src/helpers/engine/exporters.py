"""The exporters of `nbtypst` in the project's colours, typeface, languages and numbers.

nbconvert and JupyterLab find them by entry points; reports are set by them too.
"""

from traitlets.config import Config

from helpers import palette, show
from nbtypst import ReportHTMLExporter, TypstExporter, TypstPDFExporter

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


class Typst(_Styled, TypstExporter):
    """A notebook as a Typst document in the project's style."""


class PDF(_Styled, TypstPDFExporter):
    """A notebook as a PDF in the project's style."""


class HTML(_Styled, ReportHTMLExporter):
    """A notebook as a page in the project's style."""
