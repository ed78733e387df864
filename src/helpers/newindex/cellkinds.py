"""What a cell of a published table can be: number, rank, year, code, mark, name of an aggregate."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from helpers.index.spelling import fold
from helpers.tables.clean.quantity import parse, parse_rank, parse_year

MARKS = {
    "", "-", "–", "—", "‒", "−", "..", "...", "…", ".", ":", "n/a", "na", "n.a.", "#n/a", "n.d.",
    "null", "nan", "none", "*", "x", "/", "n/r", "not ranked", "nr", "không có", "kxh",
}  # fmt: skip
"""Cells, in small letters, that mean no figure."""
_LIKE = re.compile(
    r"[=T>≥<#~]?\s?[+\-−–]?\s?\d[\d.,\s]*(?:[eE][+-]?\d+)?\s?(?:%|st|nd|rd|th|[ºª°]|\+|=)?"
    r"|\d+\s?[-–—/]\s?\d+"
)
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_NUMBER = re.compile(r"[+\-−]?[\d.,\s]+(?:[eE][+-]?\d+)?\s?%?")
_CODE = re.compile(r"[A-Z]{2,3}")


SPANNED = re.compile(r"\b(?:19|20)\d\d\s?[-–—]\s?(?:19|20)\d\d\b")  # a season is no such span
ENDS = re.compile(r"\(?[01]\s?(?:[-–—]|to)\s?\d+\)?")  # of a scale, as heads print it


def is_code(text: str) -> bool:
    """Tell whether a text looks like the code of a country or state."""
    return bool(_CODE.fullmatch(text))


def is_mark(text: str) -> bool:
    """Tell whether a text is one of the usual marks of no figure, or blank."""
    return text.strip("() ").lower() in MARKS


def looks_numeric(text: str) -> bool:
    """Tell whether a text is a number or a rank in any style, before the style is known."""
    return len(text) < 40 and bool(_LIKE.fullmatch(text))


def number(text: str, style: str) -> float | None:
    """Return a plain figure, None where a text is none; a style still in doubt reads as English."""
    if style != "vi" and _PLAIN.fullmatch(text):
        return float(text)
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        return None
    try:
        scientific = re.search(r"[eE]", text)
        value = float(text) if scientific else parse(text, "en" if style == "?" else style).value
    except (ValueError, OverflowError):
        return None
    return value if abs(value) < 1e300 else None


def rank(text: str) -> float | None:
    """Return the best place a printed rank allows, None where a text is no rank."""
    try:
        return float(parse_rank(text).low)
    except ValueError:
        return None


def year(text: str) -> int | None:
    """Return the year a printed period begins in, None where a text is no period."""
    try:
        return parse_year(text)
    except ValueError:
        return None


def values(column: pd.Series, read: Callable[[str], float | None]) -> pd.Series:
    """Return what `read` makes of each cell, NaN for None; each text is read once."""
    return column.map({text: read(text) for text in column.unique()}).astype(float)


def kind_of(text: str) -> str:
    """Return ``m`` for a mark of no figure, ``y`` for a period, ``n`` for a number, else ``t``."""
    if is_mark(text):
        return "m"
    if year(text) is not None or SPANNED.fullmatch(text):
        return "y"
    return "n" if looks_numeric(text) and not ENDS.fullmatch(text) else "t"


_SPAN = re.compile(r"((?:19|20)\d\d)\s*[-/–]\s*((?:19|20)?\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_BESIDE = {"year", "yr", "y", "x", "nam", "fy", "ay"}  # beside the year in a column's name


def split_head(name: str) -> tuple[str, int | None]:
    """Return a column's name without its year, and the year; None where it has none or several.

    ``"Score 2019"`` -> ``("Score", 2019)``, ``"2014/15 Pos"`` -> ``("Pos", 2014)``.
    """
    if (when := year(name)) is not None:
        return "", when
    spans = {m.group(0): year(m.group(0)) for m in _SPAN.finditer(name)}
    if any(one is None for one in spans.values()):
        return name, None
    rest = name
    for span in spans:
        rest = rest.replace(span, " ")
    years = {one for one in spans.values() if one} | {int(y) for y in _YEAR.findall(rest)}
    if len(years) != 1:
        return name, None
    rest = re.sub(r"\[\s*(?:YR)?\s*\]|\(\s*\)", " ", _YEAR.sub(" ", rest))
    words = [w for w in rest.split() if fold(w) and fold(w) not in _BESIDE]
    return " ".join(words), years.pop()


_WHOLE = {
    "total", "totals", "average", "mean", "median", "world", "overall", "all", "eu", "oecd",
    "asean",
    "all countries", "all units", "all provinces", "whole country", "nation", "national",
    "national average", "country average", "world average", "global average", "minimum", "maximum",
    "min", "max", "highest", "lowest", "note", "notes", "source", "sources", "sum", "grand total",
    "euro area", "european union", "europe", "asia", "africa", "oceania", "americas", "tong",
    "tong so", "tong cong", "trung binh", "binh quan", "ca nuoc", "toan quoc", "ghi chu", "nguon",
    "trung binh ca nuoc", "binh quan ca nuoc", "trung vi", "diem cao nhat", "diem thap nhat",
    "cao nhat", "thap nhat", "gia tri trung binh", "viet nam trung binh", "standard deviation",
    "std dev", "weighted average", "simple average", "unweighted average", "g7", "g20", "brics",
}  # fmt: skip
_WHOLE_BEGINS = re.compile(
    r"^(?:source|sources|note|notes|nguon|ghi chu|footnote|footnotes|average of|mean of|total of|"
    r"trung binh|binh quan|tong cong)\b.*|^(?:eu|oecd|asean) ?\d+(?: \d+)?$|"
    r"^(?:eu|oecd|asean|world|regional|national|group|country|district|state) "
    r"(?:average|mean|total|median)$|^(?:eu|euro area|ea|oecd|emu) ?\d* .*\d\d.*$"
)


def is_whole(name: str) -> bool:
    """Tell whether a whole name, not a word inside one, is that of many units or of a note."""
    folded = fold(name)
    return folded in _WHOLE or bool(_WHOLE_BEGINS.match(folded))
