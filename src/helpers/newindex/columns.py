"""What the columns of a table are: names of units, codes, years, scores, ranks, or neither."""

from __future__ import annotations

import re

import pandas as pd

from helpers.errors import DataError
from helpers.index.spelling import fold
from helpers.newindex.cellkinds import (
    SPANNED,
    is_code,
    is_mark,
    number,
    rank,
    split_head,
    values,
    year,
)

RANK = re.compile(
    r"\b(ranks?|ranking|rnk|rk|pos|place|placement|position|standing|hang|xep hang|thu hang|"
    r"puesto|rang|platz)\b"
)
BEFORE = re.compile(r"\b(previous|prev|prior|last|former|nam truoc|ky truoc)\b|\bn 1\b")
_UNIT = re.compile(
    r"\b(countr(?:y|ies)|econom(?:y|ies)|territory|universit(?:y|ies)|institutions?|college|team|"
    r"club|units?|name|provinces?|provincia|tinh|thanh pho|state|city|cities|municipality|district|"
    r"schools?|schname|location|entity|area|don vi|ten|xa|huyen|pais|pays|land|geo)\b|学校|国家|省"
)
_YEARLY = re.compile(r"\b(year|years|season|nam|date|period|time|fy|edition|vintage|jahr|ano)\b|年")
INDICATOR = re.compile(
    r"\b(indicators?|pillars?|criteri(?:a|on)|measures?|metric|variables?|chi so|chi tieu|"
    r"tieu chi)\b"
)
_REGION = re.compile(r"\b(region|regional indicator|continent|khu vuc|vung|mien|subregion)\b")
_SERIAL = re.compile(r"^(.* )?(stt|tt|no|nr|so thu tu|row)$")
_KEYED = re.compile(
    r"\b(code|codes|id|ids|iso|iso2|iso3|urn|ukprn|fips|geoid|m49|isocode|ma|key|uid|nuts|laestab)\b"
)
_PLACE = re.compile(
    r"^(lat|latitude|lon|lng|long|longitude|easting|northing|x coord|y coord|kinh do|vi do)$"
)
_COUNT = re.compile(
    r"\b(num|number|no of|count|counts|population|pop|students?|enrolment|enrollment|respondents?|"
    r"sample|src|sources|surveys used|n|so luong|dan so|so mau|observations?|obs)\b"
)
_ERROR = re.compile(
    r"\b(std ?err(or)?|standard error|std ?dev|standard deviation|se|s e|moe|margin of error|lower|"
    r"upper|ci|confidence|low(?:er)? bound|up(?:per)? bound|(?:upper|lower)? ?whisker|"
    r"sai so|p value|variance)\b"
)
_SCORED = re.compile(r"\b(score|scores|index|points?|rate|percent|pct|diem|value)\b")
POINTS = re.compile(
    r"\b(points?|pts|pkt|punkte|puntos|pontos|wins?|goals?|gd|goal difference|medals?|gold|silver|"
    r"bronze|trophies|titles)\b"
)
_SAME = 4  # more rows than this with one figure only hold a constant, no score
_CHANGE = re.compile(
    r"\b(change|changes|chg|diff|difference|delta|evolution|moved?|movement|gain|thay doi|"
    r"tang giam|chenh lech|yoy|trend|versus)\b|[±Δ]|\+/-"
)  # fmt: skip


def words(name: str) -> str:
    """Return a column's name folded, its capitals and digits parted: ``NumSrc`` -> ``num src``."""
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def share(column: pd.Series, style: str) -> float:
    """Return the share of figures and ranks among the cells that are no mark of a missing one."""
    kept = column[[not is_mark(text) for text in column]]
    if kept.empty:
        return 0.0
    read = values(kept, lambda t: number(t, style) if rank(t) is None else 1.0)
    return float(read.notna().mean())


def years_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold periods, the likeliest column of years first."""
    found = {}
    for column in map(str, frame):
        filled = frame[column][frame[column] != ""]
        if len(filled) and values(filled, year).notna().mean() > 0.9:
            named = bool(_YEARLY.search(words(column)))
            found[column] = (not named, filled.nunique())
    return sorted(found, key=lambda c: found[c])


def is_yearly(name: str) -> bool:
    """Tell whether a column's name says that it holds years."""
    return bool(_YEARLY.search(words(name)))


def region(frame: pd.DataFrame, texts: list[str]) -> str:
    """Return the column of regions, empty where there is none."""
    fits = [c for c in texts if _REGION.search(words(c)) and frame[c].nunique() < len(frame) / 2]
    return fits[0] if fits else ""


SAME = "the same figure in every row"


def role(name: str, column: pd.Series, style: str) -> tuple[str, str]:
    """Return what a column of numbers is: ``rank``, ``score``, or empty with the reason why not."""
    said = words(name)
    filled = column[[not is_mark(text) for text in column]]
    plain = values(filled, lambda t: number(t, style))
    ranks = values(filled, rank)
    whole = bool((plain.dropna() % 1 == 0).all())
    if (_SERIAL.match(said) or name.strip() == "#") and whole:
        return "", "a serial number"
    ranked = RANK.search(said)
    if _CHANGE.search(said) or _CHANGE.search(name) or SPANNED.search(name):
        return "", "a change, which follows from the years"
    figures = (plain.notna() | ranks.notna()).sum()  # beside them "NEW" is a mark
    if ranked and figures > 0.5 * len(filled) and ranks.notna().sum() > 0.9 * figures:
        if BEFORE.search(said):
            return "before", ""
        return "rank", ""
    marked = filled[plain.isna() & ranks.notna()]
    if len(marked) > 0.1 * len(filled) and ranks.notna().mean() > 0.95:
        return "rank", ""
    if ranked and (plain.dropna() % 1 != 0).any() and not _SCORED.search(said):
        return "", "called a rank but holds no places, as percentile ranks"
    if BEFORE.search(said) and re.search(r"\bn 1\b", said):
        return "", "of the year before"
    if _PLACE.match(said):
        return "", "a coordinate"
    if _ERROR.search(said):
        return "", "the error of a score"
    unique = filled.nunique() == len(filled)
    padded = any(len(t) > 1 and t[0] == "0" and t.isdecimal() for t in filled)
    if whole and ((_KEYED.search(said) and len(filled)) or (padded and unique)):
        return "", "an identifier"
    if whole and _COUNT.search(said) and not _SCORED.search(said):
        return "", "a count"
    if len(filled) > _SAME and len(set(filled)) == 1:
        return "", SAME
    grouped = sum("," in t or " " in t or t.count(".") > 1 for t in filled)
    if whole and grouped > 0.5 * len(filled) and plain.abs().median() >= 1000:
        return "", "whole numbers of many digits: a count"
    return "score", ""


def units(frame: pd.DataFrame, texts: list[str], unit: str) -> tuple[str, str, str]:
    """Return the column of the units' names, that of their codes, and why these.

    Raises
    ------
    DataError
        When no column, or several alike, can name the units.
    """
    if unit and unit not in frame:
        raise DataError(f"no column {unit!r}; there are: {', '.join(map(str, frame))}")
    filled = {c: [t for t in frame[c] if t] for c in texts}
    codes = [c for c in texts if sum(map(is_code, filled[c])) >= max(1, 0.7 * len(filled[c]))]
    # Names differ from row to row; a group or a remark repeats.
    most = max((len(set(filled[c])) for c in texts), default=0)
    names = [c for c in texts if c not in codes and len(set(filled[c])) > 0.8 * most]
    if not unit and not names and codes:
        # All columns hold short texts: the one of the units is called so, or is the longest.
        named = [c for c in codes if _UNIT.search(words(c)) and not _KEYED.search(words(c))]
        names = named[:1] or codes[:1]
    why = ""
    called = [c for c in texts if c not in codes and _UNIT.search(words(c)) and c not in names]
    if not unit and names and not any(_UNIT.search(words(c)) for c in names) and len(called) == 1:
        # In a long table indicators can be more than units; each is at several units.
        other = names[0]
        kinds = frame[other].nunique() <= len(frame) / 2 and len(set(frame[called[0]])) > 1
        if kinds and not frame.duplicated([called[0], other]).all():
            names, why = called, f"of {', '.join([*called, *names])} by its name"
    if unit:
        names = [unit]
    elif len(names) > 1:
        names, why = _likeliest(frame, names, filled)
    if not names:
        raise DataError(
            f"no column names the units (columns: {some_of(frame)}); give UNIT_COLUMN=, or a table "
            "with a column of names: turn one whose heads are the units (paste, transpose)"
        )
    _refuse_beside(frame, names[0], texts)
    fits = [c for c in codes if c != names[0] and _go_together(frame, names[0], c)]
    if len(names) > 1:
        raise DataError(
            f"several columns may name the units ({', '.join(names)}); give UNIT_COLUMN="
        )
    code = names[0] if names[0] in codes else (fits[0] if fits else "")
    return names[0], code, why


def _refuse_beside(frame: pd.DataFrame, name: str, texts: list[str]) -> None:
    """Refuse two tables side by side: each row has the names of two units."""
    bare = re.compile(r" \(\d+\)$")
    for other in texts:
        alike = bare.sub("", split_head(other)[0]) == bare.sub("", split_head(name)[0])
        if other != name and alike and (frame[other] != frame[name]).any():
            raise DataError(
                f"two tables side by side: columns {name!r} and {other!r} name different units; "
                "put one below the other, or each into a file of its own"
            )


def some_of(frame: pd.DataFrame) -> str:
    """List the columns of a table, the first twenty of many."""
    names = [str(column) for column in frame]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _likeliest(
    frame: pd.DataFrame, names: list[str], filled: dict[str, list[str]]
) -> tuple[list[str], str]:
    """Narrow several columns of names to the one that is called so, in English or Vietnamese."""
    called = [c for c in names if _UNIT.search(words(c))]
    if len(called) == 1:
        return called, f"of {', '.join(names)} by its name"
    pool = called or names
    english = [c for c in pool if re.search(r"\b(en|english|eng|vi|viet)\b", words(c))]
    if len(english) == 1 and all(_go_together(frame, english[0], c) for c in pool):
        return english, f"of {', '.join(pool)} by its language"
    exact = [c for c in pool if _UNIT.fullmatch(words(c))]
    if len(exact) == 1:
        return exact, f"of {', '.join(pool)} by its name"
    most = max(len(set(filled[c])) for c in pool)
    widest = [c for c in pool if len(set(filled[c])) == most]
    return (
        (widest, f"of {', '.join(pool)} the one that differs most")
        if called and len(widest) == 1
        else (pool, "")
    )


def numeric_key(frame: pd.DataFrame, name: str, year_column: str, columns: list[str]) -> str:
    """Return the column of numbers that tells apart units of equal names; empty if none does."""
    place = [year_column] if year_column else []
    for column in columns:
        filled = frame[column]
        digits = all(t.isdecimal() for t in filled if t) and (filled != "").all()
        if digits and not frame.duplicated([column, *place]).any():
            pairs = frame[[name, column]].drop_duplicates()
            if _KEYED.search(words(column)) or len(pairs) == filled.nunique() < len(frame):
                return column
    return ""


def _go_together(frame: pd.DataFrame, name: str, code: str) -> bool:
    """Tell whether nearly every name has a code of its own."""
    pairs = len(frame[[name, code]].drop_duplicates())
    return pairs <= 1.1 * min(frame[name].nunique(), frame[code].nunique()) + 1
