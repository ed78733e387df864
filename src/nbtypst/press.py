"""Compile Typst to PDF: with the typefaces it is told, a fixed date, and a time limit."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from nbtypst.blocks import Origin
from nbtypst.style import ExportError, Style

_FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
_LINE = re.compile(r"┌─ [^\n]*?\.typ:(\d+):\d+")
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_UNICODE_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
# A report with more unknown characters than these passes can name is not a report.
_PASSES = 8


@cache
def _fonts(given: tuple[str, ...]) -> tuple[Any, tempfile.TemporaryDirectory[str]]:
    """Return the typefaces, read once a process.

    The default's package holds each face as OTF and as TTF under one name; which of the two
    Typst would take hangs on the order of the folder. So the files that are used are put
    into a folder of their own, kept as long as the process lives.
    """
    import typst

    files = list(map(Path, given))
    if not files:
        import font_source_sans_pro

        home = Path(font_source_sans_pro.font_directory)
        files = [home / f"SourceSansPro-{face}.ttf" for face in _FACES]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise ExportError(f"font_files: {', '.join(missing)} is not there")
    folder = tempfile.TemporaryDirectory(prefix="report-fonts-")
    for number, file in enumerate(files):
        shutil.copy(file, Path(folder.name, f"{number}-{file.name}"))
    return typst.Fonts(include_system_fonts=False, font_paths=[folder.name]), folder


def compile_pdf(
    source: str, origins: Mapping[int, Origin], style: Style, seconds: float = 60.0
) -> bytes:
    """Return the PDF/UA-1 of a Typst document.

    A character that no typeface has is printed by its number, ‹U+4E2D›, since PDF/UA
    forbids the empty box.

    Parameters
    ----------
    source
        The document, as `to_typst.write` gives it.
    origins
        The cells by their number, to name the one that an error comes from.
    style
        The typeface and its files.
    seconds
        The longest time a compilation may take.

    Raises
    ------
    ExportError
        If Typst refuses the document or does not come to an end in time, or there is no such
        typeface.
    """
    import typst

    fonts, _folder = _fonts(style.font_files)
    families = sorted({font.family for font in fonts.fonts()})
    if style.typeface not in families:
        raise ExportError(
            f"no typeface {style.typeface!r}; there are {', '.join(families)}; name the files "
            "of another one in font_files"
        )
    for _ in range(_PASSES):
        try:
            return _compile(source, fonts, seconds)
        except typst.TypstError as error:
            diagnostic = _errors(error.diagnostic)
            unknown = {
                c
                for text in _NO_GLYPH.findall(diagnostic)
                for c in _UNICODE_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
                if not c.isascii()
            }
            if not unknown:
                message = _explain(error.message, diagnostic, source, origins)
                raise ExportError(message) from None
            source = source.translate({ord(c): f"‹U+{ord(c):04X}›" for c in unknown})
    raise ExportError("more kinds of characters than the typefaces hold; use text they can show")


def _compile(source: str, fonts: Any, seconds: float) -> bytes:
    """Compile beside the main thread: Typst cannot be interrupted, but it can be left."""
    import typst

    result: list[bytes] = []
    failure: list[BaseException] = []

    def work() -> None:
        # An empty root: no document can read a file.
        with tempfile.TemporaryDirectory(prefix="report-root-") as root:
            try:
                compiler = typst.Compiler(source.encode(), root=root, font_paths=fonts)
                pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
                result.append(cast(bytes, pdf))
            except BaseException as error:  # handed on to the waiting thread
                failure.append(error)

    thread = threading.Thread(target=work, name="typst", daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not result:
        raise ExportError(
            f"the PDF was not set within {seconds:g} s; show fewer table rows or lighter "
            "figures, or raise the time limit (--TypstPDFExporter.timeout=600)"
        )
    return result[0]


def _errors(diagnostic: str) -> str:
    """Return the part of Typst's report that is not a warning."""
    parts = re.split(r"^(?=error|warning)", diagnostic, flags=re.M)
    return "".join(part for part in parts if not part.startswith("warning"))


def _explain(message: str, diagnostic: str, source: str, origins: Mapping[int, Origin]) -> str:
    """Put the cell's name before Typst's message, by the comment above the line at fault."""
    lines = source.split("\n")
    for number in sorted((int(n) for n in _LINE.findall(diagnostic)), reverse=True):
        for line in reversed(lines[: number + 1]):
            if found := re.fullmatch(r"// cell (\d+)", line):
                cell = int(found[1])
                return f"{origins.get(cell, f'cell {cell}')}: Typst cannot set it: {message}"
    return f"Typst cannot set the document: {message}"
