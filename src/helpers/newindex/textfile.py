"""Separated text: its encoding, its delimiter, its cells."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

from helpers.errors import DataError
from helpers.newindex import limits
from helpers.newindex.grid import Grid

_ENCODINGS = ["cp1252", "cp1258", "gb18030", "cp1251", "shift_jis", "big5", "euc_kr"]
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_MIXED = re.compile(r"[A-Za-z][\u0400-\u04ff]+|[\u0400-\u04ff]+[A-Za-z]")
_LOOKED_AT = 200  # lines from which the delimiter is told


def read(name: str, content: bytes) -> Grid:
    """Return the cells of a text file.

    Raises
    ------
    DataError
        When the bytes are no text in a known encoding, or the cells cannot be parted.
    """
    text, encoding = decode(name, content)
    if not text.strip():
        raise DataError(f"{name}: the file is empty; give one with a header and rows")
    delimiter = _delimiter(text)
    loose = _loose(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=not loose)
    counter, rows, number = limits.Counter(name), {}, 0
    try:
        for number, cells in enumerate(reader, start=1):
            row = [" ".join((cell.strip('"') if loose else cell).split()) for cell in cells]
            counter.row(number, row)
            if any(row):
                rows[number] = row
    except csv.Error as error:
        if "field larger" in str(error):
            found = f"a cell of more than {csv.field_size_limit():,} letters"
            raise limits.refuse(
                f"{name}, row {number + 1}", found, f"{limits.TEXT:,}", "shorten it"
            ) from None
        raise DataError(
            f"{name}, row {number + 1}: {error}; mend the row's {_DELIMITERS[delimiter]} and quotes"
        ) from None
    said = [] if encoding.startswith("utf-8") else [f"read as {encoding}"]
    if loose:
        said.append("quotes inside texts are not doubled, read by the commas")
    if delimiter != ",":
        said.append(f"cells parted by {_DELIMITERS[delimiter]}")
    return Grid("", rows, said=said, plain=not said)


def decode(name: str, content: bytes) -> tuple[str, str]:
    """Return the text of a file in Unicode's composed form, and its encoding.

    UTF-8 and UTF-16 tell themselves; the others are told by how probable their letters are.

    Raises
    ------
    DataError
        When no encoding fits; names those that were tried.
    """
    tried = ["utf-8"]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    elif content[:2000].count(0) > 0.3 * len(content[:2000]):
        tried = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    encoding = tried[0]
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        best = None
        if encoding == "utf-8" and b"\0" not in content:
            # The letters beyond ASCII tell; of a long file a part is enough.
            lines = b"\n".join(x for x in content[: 1 << 22].splitlines() if not x.isascii())
            best = from_bytes(lines[: 1 << 17], cp_isolation=_ENCODINGS).best()
            tried += _ENCODINGS
        try:
            text = content.decode(best.encoding) if best else ""
        except UnicodeDecodeError:
            best = None
        if best is None:
            row = content[: error.start].count(b"\n") + 1
            raise DataError(
                f"{name}, row {row}: no text in any encoding known (tried: {', '.join(tried)}); "
                "save it as CSV in UTF-8"
            ) from None
        encoding = best.encoding
        if len(_MIXED.findall(text)) > 0.5 * len(_CYRILLIC.findall(text)) > 0:
            # Cyrillic letters inside Latin words are Latin ones with marks.
            text, encoding = content.decode("cp1252", "replace"), "cp1252"
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}, row {row}: holds a NUL byte; save the file as CSV in UTF-8")
    return unicodedata.normalize("NFC", text), encoding


def _loose(text: str, delimiter: str) -> bool:
    """Tell whether quotes inside texts are not doubled, and every row has as many cells still."""
    try:
        for _row in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        try:
            rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
            return len({len(row) for row in rows if row}) == 1
        except csv.Error:
            return False
    return False


def _delimiter(text: str) -> str:
    """Return the delimiter under which most lines have the same number of cells, and most cells."""
    lines = [x for x in text[: 1 << 20].splitlines() if x.strip()][:_LOOKED_AT]
    best, found = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        alike = (round(count / len(widths), 1), width)
        if width > 1 and alike > best:
            best, found = alike, delimiter
    return found
