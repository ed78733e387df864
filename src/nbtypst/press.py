"""Compile Typst to PDF: with the typefaces it is told, a fixed date, and a time limit."""

from __future__ import annotations

import io
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from nbtypst import typefaces
from nbtypst.blocks import Notice, Origin
from nbtypst.style import ExportError, Style

_LINE = re.compile(r"┌─ [^\n]*?\.typ:(\d+):\d+")
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_UNICODE_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
# A report with more unknown characters than these passes can name is not a report.
_PASSES = 8


def compile_pdf(
    source: str,
    origins: Mapping[int, Origin],
    style: Style,
    seconds: float = 60.0,
    notices: list[Notice] | None = None,
    row_heads: Sequence[bool] = (),
) -> bytes:
    """Return the PDF/UA-1 of a Typst document.

    A character that no typeface has is printed by its number, ‹U+4E2D›, since PDF/UA
    forbids the empty box; `notices` is told of it. `row_heads` are the cells that head rows,
    as `to_typst.write` gives them.

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

    fonts, folder = typefaces.fonts(style.font_files, typefaces.needs_cjk(source))
    families = sorted({font.family for font in fonts.fonts()})
    if style.typeface not in families:
        raise ExportError(
            f"no typeface {style.typeface!r}; there are {', '.join(families)}; name the files "
            "of another one in font_files"
        )
    for _ in range(_PASSES):
        try:
            return _finish(_compile(source, fonts, Path(folder.name, "root"), seconds), row_heads)
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
            for notice in _unprintable(source, unknown, origins):
                if notices is not None and notice not in notices:
                    notices.append(notice)
            source = source.translate({ord(c): f"‹U+{ord(c):04X}›" for c in unknown})
    raise ExportError("more kinds of characters than the typefaces hold; use text they can show")


def _unprintable(source: str, unknown: set[str], origins: Mapping[int, Origin]) -> Iterator[Notice]:
    """Yield a notice a cell: which of its characters no typeface has."""
    parts = re.split(r"^// cell (\d+)$", source, flags=re.M)
    for cell, text in [("0", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
        found = sorted(unknown & set(text))
        if found:
            names = [f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in found[:3]]
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            origin = origins.get(int(cell), Origin(int(cell), "title"))
            yield Notice("glyph", origin, ", ".join(names) + more)


def _compile(source: str, fonts: Any, root: Path, seconds: float) -> bytes:
    """Compile beside the main thread: Typst cannot be interrupted, but it can be left.

    The root is empty, so that no document can read a file.
    """
    import typst

    result: list[bytes] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            compiler = typst.Compiler(source.encode(), root=root, font_paths=fonts)
            pdf, warnings = compiler.compile_with_warnings(
                format="pdf", pdf_standards=["ua-1"], timestamp=0
            )
            # Typst only warns where it drops something.
            dropped = [warning.message for warning in warnings if "ignored" in warning.message]
            if dropped:
                raise ExportError(f"Typst cannot set the document: {dropped[0]}")
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


def _finish(pdf: bytes, row_heads: Sequence[bool]) -> bytes:
    """Tag the cells that head rows, as Typst tags heads of columns only, and pack the objects.

    Packed, the many small objects of the tags take half a report's bytes less. No cell is tagged
    should the document have others than it was told.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        cells = list(_data_cells(document.Root.StructTreeRoot.K))
        if len(cells) == len(row_heads):
            for cell, head in zip(cells, row_heads, strict=True):
                if head:
                    cell.S = pikepdf.Name.TH
                    cell.A = [pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)]
        packed = io.BytesIO()
        document.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return packed.getvalue()


def _data_cells(children: Any) -> Iterator[Any]:
    """Yield the data cells below some tags in the order of reading."""
    import pikepdf

    for tag in children if isinstance(children, pikepdf.Array) else [children]:
        if not isinstance(tag, pikepdf.Dictionary):
            continue  # the number of a mark in a page
        if tag.get("/S") == "/TD":
            yield tag
        elif "/K" in tag:
            yield from _data_cells(tag.K)


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
