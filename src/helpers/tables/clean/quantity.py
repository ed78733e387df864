"""Figures as they are printed, with the interval that the print leaves open.

"33,5%" says a share between 33.45 and 33.55 per cent, "trên 71%" one above 71, and
"1.991" is one thousand nine hundred and ninety-one in Vietnamese but not quite two in
English: a printed figure is read by the style of its language, never guessed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import NumberFormatError, parse_decimal

_QUALIFIERS = {
    "more than": r"trên|hơn|more than|over|above|>(?!=)",
    "at least": r"ít nhất|tối thiểu|at least|≥|>=",
    "at most": r"tối đa|không quá|at most|≤|<=",
    "less than": r"dưới|less than|under|below|<(?!=)",
    "estimate": r"ước đạt|ước|khoảng|gần|about|around|nearly|estimated|~|≈",
}
_SCALES = {
    r"nghìn tỷ|trillion": 12,
    r"tỷ|tỉ|billion|bn": 9,
    r"triệu|million|m": 6,
    r"nghìn|ngàn|thousand": 3,
}
_SIGN = r"[+\-−–]?\s?"
_NUMBER = re.compile(rf"{_SIGN}\d{{1,3}}(?: \d{{3}})+(?![\d])(?:[.,]\d+)?|{_SIGN}\d(?:[\d.,]*\d)?")
# Digits and a decimal mark: read by any parser as by this one, and most of every table.
PLAINEST = {"vi": re.compile(r"[0-9]+(?:,[0-9]+)?"), "en": re.compile(r"[0-9]+(?:\.[0-9]+)?")}
SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")  # how programs write 0.000002
_CHANGE = re.compile(
    r"^(?P<up>tăng|lên|up|rose)?(?P<down>giảm|tụt|xuống|down|fell)?\s*(?P<by>\d+)\s*"
    r"(?:bậc|hạng|places?|ranks?)\b(?:.*?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_PAIR = re.compile(r"^(\d+)\s*\(([^()]+)\)$")
_LOCALES = {"vi": "vi", "en": "en"}
_RANK = re.compile(
    r"(?P<open>[>≥]=?)?\s*(?P<tie>=|T|joint\s)?\s*(?:#|no\.?\s|hạng\s|thứ\s)?\s*"
    r"(?P<low>\d{1,3}(?:,\d{3})+|\d+)(?:\.0+|\.)?(?:st|nd|rd|th|[ºª°]|er|e)?"
    r"(?:\s*(?:-|–|—|to|đến)\s*(?P<high>\d{1,3}(?:,\d{3})+|\d+)|\s*/\s*(?P<of>\d+))?"
    r"\s*(?P<after>=|\+)?",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:FY|AY|season|year|năm)?\s*(?:"
    r"(?P<year>(?:19|20)\d\d)(?:\.0)?(?:\s*[-/–]\s*(?P<next>(?:19|20)?\d\d))?"
    r"|(?P<iso>(?:19|20)\d\d)[-/.](?P<isomonth>\d\d?)[-/.]\d\d?(?:[T ]00:00(?::00)?Z?)?"
    r"|\d\d?[-/.](?:\d\d?[-/.])?(?P<last>(?:19|20)\d\d)"
    r"|(?P<quarter>(?:19|20)\d\d)\s*-?(?:Q[1-4]|H[12]|M\d\d?)"
    r"|(?:(?:\d\d?\s)?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
    r"(?:\s\d\d?)?,?\s|Q[1-4]\s|H[12]\s)(?P<named>(?:19|20)\d\d)"
    r")",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A printed figure.

    Attributes
    ----------
    value
        What is printed, scaled ("3,17 tỷ" -> 3.17e9); for a fraction its quotient.
    low, high
        The interval the print allows; infinite where a qualifier leaves an end open.
    qualifier
        exact, more than, at least, at most, less than or estimate.
    unit
        What follows the number: "%", "USD", or empty.
    decimals
        The printed decimals.
    numerator, denominator
        The two counts of a fraction ("129/225"), else None.
    half
        Half a unit of the last printed digit, scaled as the value is; 0 of a fraction.
    """

    value: float
    low: float
    high: float
    qualifier: str = "exact"
    unit: str = ""
    decimals: int = 0
    numerator: float | None = None
    denominator: float | None = None
    half: float = field(default=0.0, compare=False)

    def ends(self, qualifier: str) -> tuple[float, float]:
        """Return the interval under a qualifier that stands beside the print."""
        return _open_ends(qualifier, self.value, self.low, self.high)


@lru_cache(maxsize=1 << 16)  # a column of four decimals holds each figure many times
def parse(text: str, style: str = "vi") -> Quantity:
    """Return the quantity a printed figure states.

    Parameters
    ----------
    text
        For instance ``"0,6077"``, ``"1.991"``, ``"33,5%"``, ``"3,17 tỷ USD"``,
        ``"trên 71%"``, ``"129/225"``.
    style
        The language whose separators are meant: ``"vi"`` or ``"en"``.

    Raises
    ------
    ValueError
        When the text holds no figure, several, or one of the other style.
    """
    clean = " ".join(unicodedata.normalize("NFC", text).replace("\xa0", " ").split())
    rest, qualifier = clean, "exact"
    for name, words in _QUALIFIERS.items():
        if found := re.match(rf"(?:{words})(?=\W|\d)\s*", rest, re.IGNORECASE):
            rest, qualifier = rest[found.end() :], name
            break
    if fraction := re.fullmatch(r"(\d[\d.,]*)\s*/\s*(\d[\d.,]*)", rest):
        over, under = (float(_decimal(part, style, text)) for part in fraction.groups())
        if under == 0:
            raise ValueError(f"{text!r} divides by zero")
        share = over / under
        ends = _open_ends(qualifier, share, share, share)
        return Quantity(share, *ends, qualifier, "", 0, over, under)
    number = _NUMBER.match(rest)
    if number is None:
        raise ValueError(f"{text!r} is not a number")
    decimal = _decimal(number.group(), style, text)
    scale, unit = _scale(rest[number.end() :].strip(), text)
    exponent = decimal.as_tuple().exponent
    decimals = max(0, -int(exponent))
    # A count is exact as printed; decimals, a percentage and a scaled figure are rounded.
    exact, half = decimal.scaleb(scale), Decimal(5).scaleb(-decimals - 1 + scale)
    open_by = half if decimals > 0 or unit == "%" or scale > 0 else Decimal(0)
    value, low, high = float(exact), float(exact - open_by), float(exact + open_by)
    ends = _open_ends(qualifier, value, low, high)
    return Quantity(value, *ends, qualifier, unit, decimals, half=float(half))


def parse_rank_and_score(text: str, style: str = "vi") -> tuple[int, Quantity]:
    """Return the rank and the score of a cell such as ``"17 (0,633)"``.

    Raises
    ------
    ValueError
        When the cell is not of that form.
    """
    found = _PAIR.match(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a rank with a score in brackets")
    return int(found.group(1)), parse(found.group(2), style)


class Rank(NamedTuple):
    """A printed rank: every place it may be, and its text. An open band has no last place."""

    low: int
    high: float
    text: str


@lru_cache(maxsize=1 << 16)
def parse_rank(text: str) -> Rank:
    """Return the places that a printed rank allows.

    Parameters
    ----------
    text
        Exact (``"4"``, ``"1st"``, ``"5/63"``), tied (``"=164"``, ``"65="``, ``"T2"``), banded
        (``"101-150"``) or open (``"201+"``, ``">600"``).

    Raises
    ------
    ValueError
        When the text is no rank: no whole place from 1, or a band upside down.
    """
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    found = _RANK.fullmatch(clean) if len(clean) < 40 else None
    if found is None:
        raise ValueError(f"{text!r} is not a rank")
    low = int(found["low"].replace(",", ""))
    high: float = int((found["high"] or found["low"]).replace(",", ""))
    if opened := found["open"]:
        low += opened == ">"
    if opened or found["after"] == "+":
        high = math.inf
    upside = found["high"] and (opened or found["after"] == "+")
    beyond = found["of"] and int(found["of"]) < low
    if not 1 <= low <= high or upside or beyond:
        raise ValueError(f"{text!r} is not a rank")
    return Rank(low, high, clean)


@lru_cache(maxsize=1 << 12)
def parse_year(text: str) -> int:
    """Return the year that a printed period begins in.

    Parameters
    ----------
    text
        A year (``"2019"``, ``"FY2019"``), a season (``"2014/15"``, ``"2014-15"``), a month or
        quarter (``"2019-06"``, ``"2019Q2"``) or a date (``"31/12/2019"``, ``"2019-12-31"``).

    Raises
    ------
    ValueError
        When the text is none of these, or a span of several years.
    """
    found = _PERIOD.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError(f"{text!r} is not a year")
    year = int(next(filter(None, found.group("year", "iso", "last", "quarter", "named"))))
    if following := found["next"]:
        season = int(following) in (year + 1, (year + 1) % 100)
        if not season and not (len(following) == 2 and 1 <= int(following) <= 12):
            raise ValueError(f"{text!r} spans several years")
    return year


def parse_change(text: str) -> tuple[int, int | None]:
    """Return the signed places and the reference year of "tăng 5 bậc so với 2021".

    Raises
    ------
    ValueError
        When the text does not say a number of places up or down.
    """
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    found = _CHANGE.match(clean)
    if found is None or bool(found["up"]) == bool(found["down"]):
        raise ValueError(f"{text!r} does not say how many places up or down")
    places, year = int(found["by"]), found["year"]
    return (places if found["up"] else -places), (int(year) if year else None)


def _decimal(text: str, style: str, whole: str) -> Decimal:
    text = re.sub(r"\s", "", text).replace("−", "-").replace("–", "-")
    try:
        return Decimal(parse_decimal(text.lstrip("+"), locale=_LOCALES[style], strict=True))
    except NumberFormatError:
        raise ValueError(f"{whole!r} is not a number in {style} style") from None


def _open_ends(qualifier: str, value: float, low: float, high: float) -> tuple[float, float]:
    if qualifier in ("more than", "at least"):
        return value, math.inf
    if qualifier in ("less than", "at most"):
        return -math.inf, value
    return low, high


def _scale(rest: str, whole: str) -> tuple[int, str]:
    for words, power in _SCALES.items():
        if found := re.match(rf"(?:{words})(?=\W|$)\s*", rest, re.IGNORECASE):
            return power, rest[found.end() :].strip()
    if re.search(r"\d", rest):
        raise ValueError(f"{whole!r} holds more than one number")
    if rest.startswith((".", ",", "/")):
        raise ValueError(f"{whole!r} breaks off after its number")
    return 0, rest
