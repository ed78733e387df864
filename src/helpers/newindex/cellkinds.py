"""What a cell of a published table can be: figure, year, code, mark, name of an aggregate."""

from __future__ import annotations

import re

from helpers.tables.clean.quantity import parse

MARKS = {"", "-", "–", "—", "..", "...", "…", ":", "n/a", "na", "n.a.", "#n/a", "null", "nan", "*"}
"""Cells that mean no figure."""
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
WHOLE = re.compile(
    r"\b(total|average|mean|median|world|overall|all|eu ?\d*|oecd|asean|region|note|notes|source|"
    r"tong|tong so|trung binh|binh quan|ca nuoc|toan quoc|ghi chu|nguon)\b"
)
"""Names, folded, of rows that may be about many units or none."""
_CODE = re.compile(r"[A-Z]{2,3}")


def is_code(text: str) -> bool:
    """Tell whether a text looks like the code of a country or state."""
    return bool(_CODE.fullmatch(text))


def number(text: str, style: str) -> float | None:
    """Return a plain figure, None where a text is none; a style still in doubt reads as English."""
    if not re.fullmatch(r"[+\-−]?[\d.,\s]+(?:[eE][+-]?\d+)?%?", text):
        return None
    try:
        scientific = re.search(r"[eE]", text)
        return float(text) if scientific else parse(text, "en" if style == "?" else style).value
    except ValueError:
        return None
