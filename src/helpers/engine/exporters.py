"""The exporters of `nbtypst` in the project's colours, typeface, languages and numbers.

nbconvert and JupyterLab find them by entry points; reports are set by them too.
"""

from functools import cache
from typing import Any

from babel.core import get_global
from traitlets.config import Config

from helpers import palette, show, words
from nbtypst import (
    CommandLineName,
    ExportError,
    ReportHTMLExporter,
    TypstExporter,
    TypstPDFExporter,
)

_STYLE = {
    "colours": {n.lower(): c for n, c in vars(palette).items() if n.isupper() and n != "FONT"},
    "typeface": palette.FONT,
    "number": show.NUMBER.pattern,
    "alt_hint": "end the cell with "
    "show.Figure(fig, alt='what the figure shows, with its key numbers')",
}


@cache
def _languages() -> dict[str, dict[str, str]]:
    """Return for each language of the project its words for a caption, and its region."""
    languages = {}
    for lang in words.languages():
        say = words.use(lang)
        said = {"figure": say._("Figure, in captions"), "table": say._("Table, in captions")}
        likely = get_global("likely_subtags").get(lang, "").rpartition("_")[2]
        region = say.locale.territory or likely
        # What a catalogue does not translate the exporter says in its own words.
        told = {key: word for key, word in said.items() if "," not in word}
        languages[lang] = {**told, **({"region": region} if region else {})}
    return languages


class _Styled:
    """Puts the project's style below what a user configures."""

    @property
    def default_config(self) -> Config:
        return Config({"ReportExporter": {**_STYLE, "languages": _languages()}})

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


class CommandLinePDF(CommandLineName, PDF):
    """`PDF` as ``typst-pdf``."""


class CommandLineHTML(CommandLineName, HTML):
    """`HTML` as ``report-html``."""
