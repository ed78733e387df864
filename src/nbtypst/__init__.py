"""Notebooks as reports: nbconvert exporters for Typst, for PDF/UA-1 and for one HTML page.

``jupyter nbconvert --to typst-pdf notebook.ipynb`` sets any notebook; ``typst`` writes the
Typst document behind it and ``report_html`` a page with the same content. Code is hidden,
cells tagged `lang-vi` or `lang-en` appear in that language only, and every figure must
carry alternative text.

What sets type is imported when a notebook is exported, so that listing exporters is cheap.
"""

from __future__ import annotations

import os
import re
import sys
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from traitlets import (
    Bool,
    CRegExp,
    Dict,
    Enum,
    Float,
    Integer,
    List,
    TraitError,
    Unicode,
    default,
    validate,
)

from nbtypst.style import ALT_HINT, COLOURS, NUMBER, TYPEFACE, ExportError, Style

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from nbtypst.blocks import Origin, Report

__all__ = [
    "CommandLineName",
    "ExportError",
    "ReportExporter",
    "ReportHTMLExporter",
    "TypstExporter",
    "TypstPDFExporter",
]


class ReportExporter(Exporter):
    """What the exporters share: the reading of the notebook and the options.

    Each names its `extension` and has a method `_set`, which sets what was read.
    """

    extension = ""

    lang = Unicode(
        "",
        help="Language of the report, such as vi or en. Default: the parameter `lang` of the "
        "notebook's run, else of its parameters cell, else en.",
    ).tag(config=True)
    author = Unicode(
        "", help="Author in the metadata of a notebook whose `report` metadata names none."
    ).tag(config=True)
    show_code = Bool(False, help="Show code cells and what they print to stderr.").tag(config=True)
    colours = Dict(
        Unicode(),
        help=f"Colours as #rrggbb; those that are not given stay: {COLOURS}. Further ones are "
        "variables of the page's style sheet.",
    ).tag(config=True)
    typeface = Unicode(TYPEFACE, help="The family that text is set in.").tag(config=True)
    font_files = List(
        Unicode(),
        help="Files of the typeface, one a face. Default: those of the package "
        "font-source-sans-pro.",
    ).tag(config=True)
    languages = Dict(
        Dict(Unicode()),
        help="For each language its words, such as `figure` and `table`, and the `region` that "
        "its dates are written for: {'fr': {'figure': 'Figure', 'table': 'Tableau', "
        "'region': 'CA'}}. English and Vietnamese are known; else English words.",
    ).tag(config=True)
    number = CRegExp(
        NUMBER,
        help="Matches the whole text of a table cell that reads as a number: a column of these "
        "is set to the right.",
    ).tag(config=True)
    alt_hint = Unicode(
        ALT_HINT,
        help="How to give a figure its alternative text; ends the message about one without.",
    ).tag(config=True)

    missing_alt = Enum(
        ["refuse", "warn", "derive"],
        "derive",
        help="What becomes of a picture without alternative text: refuse it; say its cell in its "
        "place, with a warning; or derive a text from its caption, from the title its code gives "
        "the plot, or from the text above it, with a warning.",
    ).tag(config=True)
    strict = Bool(
        False, help="Refuse a notebook of which something would be left out, however little."
    ).tag(config=True)

    @validate("colours")
    def _check_colours(self, proposal: Any) -> dict[str, str]:
        for name, colour in proposal["value"].items():
            if not (re.fullmatch(r"[a-z]+", name) and re.fullmatch(r"#[0-9a-fA-F]{6}", colour)):
                raise TraitError(f"colours: {name!r} is {colour!r}; expected a name and #rrggbb")
        return dict(proposal["value"])

    @property
    def style(self) -> Style:
        """The options that shape what is set."""
        missing = {name: colour for name, colour in COLOURS.items() if name not in self.colours}
        return Style(
            {**self.colours, **missing}, self.typeface, tuple(self.font_files),
            self.languages, self.number, self.alt_hint, self.missing_alt,
        )  # fmt: skip

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return self.extension

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:  # nbconvert declares a notebook; its writers take the rest
        """Return what was set, as text or bytes, and nbconvert's resources."""
        try:
            report, resources = self.read(nb, resources)
            content = self.write(report)
        except ExportError as error:
            self._end(error, (resources or {}).get("metadata") or {})
            raise
        resources["output_extension"] = self.file_extension
        return content, resources

    def read(self, nb: NotebookNode, resources: Any = None) -> tuple[Report, dict[str, Any]]:
        """Return the content of a notebook, which exporters of one style can all write."""
        from nbtypst.read_notebook import read_report

        nb, resources = super().from_notebook_node(nb, resources)
        about = resources.get("metadata") or {}
        folder = Path(about["path"]) if about.get("path") else None
        report = read_report(
            nb, self.style, self.lang, self.show_code, str(about.get("name") or ""), folder
        )
        return replace(report, author=report.author or self.author), resources

    def write(self, report: Report) -> str | bytes:
        """Return the document, and say what was left out."""
        report = replace(report, notices=[*report.notices])  # what only this form leaves out
        content = self._set(report)
        self._tell(report)
        return content

    def _tell(self, report: Report) -> None:
        """Say what was left out, a line for each; with `strict` that is an error."""
        left_out = [str(notice) for notice in report.notices]
        if left_out and self.strict:
            more = f"; and {len(left_out) - 1} more" if len(left_out) > 1 else ""
            raise ExportError(f"{left_out[0]}{more} (strict is set)")
        for line in left_out:
            self.log.warning(line)
        if report.hidden:
            cells = _cells(report.hidden)
            self.log.warning(f"what cells {cells} wrote to stderr is not shown; show_code shows it")
        if report.derived:
            cells = _cells(report.derived)
            what = "the cell's name stands" if self.missing_alt == "warn" else "it was derived"
            self.log.warning(
                f"pictures without alternative text in cells {cells}: {what}; {self.alt_hint}"
            )

    def _end(self, error: ExportError, about: Mapping[str, Any]) -> None:
        """End a run from the command line: one line, and the files that come after this one.

        nbconvert itself would print a traceback and leave those out.
        """
        from nbconvert.nbconvertapp import NbConvertApp

        if not NbConvertApp.initialized():
            return
        app: Any = NbConvertApp.instance()
        this = Path(about.get("path", ""), f"{about.get('name', '')}.ipynb")
        self.log.error(f"{this.name}: {error}")
        files = list(app.notebooks)
        at = next((n for n, name in enumerate(files) if Path(name) == this), len(files))
        for name in files[at + 1 :]:
            app.convert_single_notebook(name)
        raise SystemExit(1)

    @abstractmethod
    def _set(self, report: Report) -> str | bytes:
        """Return the document."""


def _cells(origins: list[Origin]) -> str:
    return ", ".join(str(origin.cell) for origin in origins)


class TypstExporter(ReportExporter):
    """A notebook as one Typst document that needs no other file."""

    export_from_notebook = "Typst"
    output_mimetype = "text/x-typst"
    extension = ".typ"

    timestamp = Integer(
        -1,
        help="Date of the document in seconds since 1970. Default: SOURCE_DATE_EPOCH, else the "
        "`date` (YYYY-MM-DD) of the notebook's `report` metadata, else the document has none. "
        "Never the present time: the same notebook gives the same bytes.",
    ).tag(config=True)

    def _set(self, report: Report) -> str | bytes:
        return self._write(report)[0]

    def _write(self, report: Report) -> tuple[str, list[bool]]:
        from nbtypst.to_typst import write

        return write(report, self.style, self._date(report))

    def _date(self, report: Report) -> datetime | None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isascii() and epoch.isdigit():
            return datetime.fromtimestamp(int(epoch), UTC)
        if self.timestamp >= 0:
            return datetime.fromtimestamp(self.timestamp, UTC)
        return datetime.combine(report.date, time.min) if report.date else None


class TypstPDFExporter(TypstExporter):
    """A notebook as a tagged PDF (PDF/UA-1), set by Typst."""

    export_from_notebook = "PDF via Typst"
    output_mimetype = "application/pdf"
    extension = ".pdf"

    timeout = Float(60.0, help="Longest time in seconds that setting the PDF may take.").tag(
        config=True
    )

    def _set(self, report: Report) -> bytes:
        from nbtypst.press import compile_pdf

        origins = {block.origin.cell: block.origin for block in report.blocks}
        source, heads = self._write(report)
        return compile_pdf(source, origins, self.style, self.timeout, report.notices, heads)


class ReportHTMLExporter(ReportExporter):
    """A notebook as one HTML page: same content as the PDF, no scripts, nothing fetched."""

    pages = Dict(
        Unicode(),
        help="The same report in other languages, to link to: {'en': 'report.en.html'}.",
    ).tag(config=True)

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"
    extension = ".html"

    def _set(self, report: Report) -> str:
        from nbtypst.to_html import write

        return write(report, self.style, self.pages)


class CommandLineName(Exporter):
    """An exporter by a name with a hyphen: for the command line alone.

    JupyterLab lists every exporter and asks for none whose name has a hyphen; so a server is not
    shown it.
    """

    @default("enabled")
    def _away_from_servers(self) -> bool:
        return "jupyter_server" not in sys.modules


class CommandLinePDF(CommandLineName, TypstPDFExporter):
    """`TypstPDFExporter` as ``typst-pdf``."""


class CommandLineHTML(CommandLineName, ReportHTMLExporter):
    """`ReportHTMLExporter` as ``report-html``."""
