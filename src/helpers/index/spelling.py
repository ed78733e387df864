"""How a unit's name may be spelt: without case, diacritics or title, as the same unit."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

_TITLE = {
    "municipality": re.compile(r"^(?:tp|thanh pho)\b|\bcity$"),
    "province": re.compile(r"^tinh\b|\bprovince$"),
}
# What may stand before or after the name of a unit that is one.
_TITLED = {
    "municipality": (("TP", ""), ("Thành phố", ""), ("Tỉnh", ""), ("", "City"), ("", "Province")),
    "province": (("Tỉnh", ""), ("", "Province")),
}
# Letters with a stroke do not decompose. Old conversions wrote the Icelandic or the African
# letter in place of the Vietnamese one; in print all three look the same.
_STROKES = str.maketrans("đðɖ", "ddd")

Marks = Counter[str]


def fold(text: str) -> str:
    """Return a text without case, diacritics and punctuation, words parted by one space."""
    text = unicodedata.normalize("NFD", text.casefold()).translate(_STROKES)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", text).strip()


def slugify(text: str) -> str:
    """Return a text as a file name can hold it: ``Bà Rịa`` -> ``ba-ria``."""
    return fold(text).replace(" ", "-")


def letters(text: str) -> str:
    """Return a text's letters alone, folded."""
    return fold(text).replace(" ", "")


def marks(text: str) -> Marks:
    """Count a text's diacritics; on which vowel a tone sits is a matter of taste."""
    return Counter(filter(unicodedata.combining, unicodedata.normalize("NFD", text)))


def as_written(text: str) -> str:
    """Return a name as it is written, but for case and spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def spellings(text: str, kind: str) -> list[tuple[str, Marks]]:
    """Return the letters and marks under which a unit is found, given what kind of unit it is.

    "TP. Bắc Ninh" is a town inside the province of that name: the word for city is taken
    off, or put before it, only where the unit itself is one.
    """
    folded, own = fold(text), marks(text)
    found = [(folded.replace(" ", ""), own)]
    if kind in _TITLE:
        bare = _TITLE[kind].sub("", folded).replace(" ", "")
        found.append((bare, own))
        for before, after, title_marks in _titles(kind):
            found.append((before + bare + after, own + title_marks if title_marks else own))
    return [(name, allowed) for name, allowed in found if name]


@cache
def _titles(kind: str) -> list[tuple[str, str, Marks]]:
    return [(letters(a), letters(b), marks(a + b)) for a, b in _TITLED[kind]]
