"""What the columns of a published table are, and what only a person can tell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from helpers.errors import DataError
from helpers.index.units import fold
from helpers.newindex import doubts
from helpers.newindex.cellkinds import MARKS, YEAR, is_code, number
from helpers.newindex.spread import Origin, spread, tells_apart

_RANK = re.compile(r"\b(rank|ranking|place|position|hang|xep hang|thu hang)\b")
_SERIAL = re.compile(r"^(stt|tt|no|id|so thu tu)$")
_PERIOD = {"year", "yr", "y", "x", "nam", "fy"}  # beside the year in a column's name


@dataclass
class Understood:
    """What was understood of a table.

    Attributes
    ----------
    unit, code, year
        Columns; empty where there is none.
    years
        All years, oldest first.
    scores, ranks
        Columns of scores and of published ranks, as (indicator, year or None).
    ranked
        Column of ranks to the one indicator whose order it is, or to several or none.
    headline
        The indicator whose rank is published, or the only one; empty if in doubt.
    directions
        Indicator to 1 or -1, by the published ranks.
    uneven
        Indicators whose decimals differ from year to year: the decimals of each year.
    missing
        Cells that hold no figure, with their number.
    doubtful
        Rows that may be no units: name to reason.
    zeros
        Column to the units with a 0 in it.
    jumps
        Pairs of years between which the figures change their size.
    renamed
        Pairs of names that may be one unit's: alike, and never with a figure in the same year.
    origins
        In a long table: column to where its figures stand.
    """

    unit: str
    code: str = ""
    year: str = ""
    years: list[int] = field(default_factory=list)
    scores: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    ranks: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    style: str = "en"
    ranked: dict[str, list[str]] = field(default_factory=dict)
    headline: str = ""
    directions: dict[str, int] = field(default_factory=dict)
    low: float = 0.0
    high: float = 0.0
    decimals: dict[str, int | None] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    uneven: dict[str, dict[str, int]] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)
    zeros: dict[str, list[str]] = field(default_factory=dict)
    jumps: list[tuple[int, int]] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)


def understand(frame: pd.DataFrame, unit: str = "", year: int = 0) -> Understood:
    """Say what a table's columns are.

    Parameters
    ----------
    frame
        Its cells as text.
    unit
        The column of the units' names, where several could be.
    year
        The year of a table that does not say it.

    Raises
    ------
    DataError
        When no or several columns can hold the units, no year is found, or figures of both
        number styles stand in one table; one line says what to give.
    """
    style = _style(frame)
    columns = [str(column) for column in frame]
    numeric = [c for c in columns if _share(frame[c], style) >= 0.6]
    texts = [c for c in columns if c not in numeric and (frame[c] != "").any()]
    name, code = _unit_column(frame, texts, unit)
    found = Understood(name, code, style=style)
    found.year = next((c for c in numeric if _holds_years(frame[c])), "")
    numeric = [c for c in numeric if c != found.year]
    key = [c for c in (name, found.year) if c]
    found.left_out = [c for c in texts if c not in (name, code)]
    if by := tells_apart(frame, key, found.left_out):
        keep = list(dict.fromkeys([*key, *filter(None, [code])]))
        frame, found.origins = spread(frame, keep, key, by, numeric)
        found.left_out = [c for c in found.left_out if c not in by]
        numeric = list(found.origins)
    for column in numeric:
        folded, said = fold(column), YEAR.search(column)
        when = None if found.year or not said else int(said.group(1))
        bare = fold(YEAR.sub("", column))
        if _SERIAL.match(folded) and _is_serial(frame[column]):
            found.left_out.append(column)
        elif _RANK.search(folded) and _whole(frame[column], style):
            found.ranks[column] = (_RANK.sub("", bare).strip(), when)
        else:
            first, _space, last = bare.rpartition(" ")
            bare = first if when and last in _PERIOD else bare
            name_of = bare.replace(" ", "_") or "overall"
            while (name_of, when) in found.scores.values():
                name_of += "_2"
            found.scores[column] = (name_of, when)
    if not found.scores:
        raise DataError(
            "no column of scores found; expected one with numbers (ranks alone do not tell how "
            "far apart units are: add the scores they rest on)"
        )
    _settle_years(frame, found, year)
    doubts.look_at_rows(frame, found)
    doubts.look_at_figures(frame, found)
    doubts.settle_headline(frame, found)
    return found


def _style(frame: pd.DataFrame) -> str:
    """Return ``vi`` or ``en`` by the figures that only one style can read; "?" if none tells."""
    cells = {t for c in frame for t in frame[c] if re.fullmatch(r"[+\-−]?\d[\d.,]*%?", t)}
    only = {
        style: sorted(t for t in cells if number(t, style) is not None and number(t, other) is None)
        for style, other in (("vi", "en"), ("en", "vi"))
    }
    if only["vi"] and only["en"]:
        raise DataError(
            f"figures of both number styles: {only['vi'][0]!r} reads as Vietnamese only, "
            f"{only['en'][0]!r} as English only; write all in one style"
        )
    if only["vi"] or only["en"]:
        return "vi" if only["vi"] else "en"
    return "?" if any(re.search(r"[.,]", t) for t in cells) else "en"


def _share(column: pd.Series, style: str) -> float:
    """Return the share of figures among the cells that are no mark of a missing one."""
    kept = [t for t in column if t.lower() not in MARKS]
    return sum(number(t.strip("= "), style) is not None for t in kept) / len(kept) if kept else 0.0


def _unit_column(frame: pd.DataFrame, texts: list[str], unit: str) -> tuple[str, str]:
    if unit and unit not in frame:
        raise DataError(f"no column {unit!r}; there are: {', '.join(map(str, frame))}")
    filled = {c: [t for t in frame[c] if t] for c in texts}
    codes = [c for c in texts if sum(map(is_code, filled[c])) >= max(1, 0.7 * len(filled[c]))]
    # Names differ from row to row; a group or a remark repeats.
    most = max((len(set(filled[c])) for c in texts), default=0)
    names = [c for c in texts if c not in codes and len(set(filled[c])) > 0.8 * most]
    names = [unit] if unit else names or codes[:1]
    if not names:
        raise DataError(f"no column names the units (columns: {', '.join(map(str, frame))})")
    fits = [c for c in codes if _go_together(frame, names[0], c)]
    if len(names) > 1 or (codes and not fits and not unit):
        doubt = dict.fromkeys([*names, *codes])
        raise DataError(
            f"several columns may name the units ({', '.join(doubt)}); give UNIT_COLUMN="
        )
    return names[0], names[0] if names[0] in codes else (fits[0] if fits else "")


def _go_together(frame: pd.DataFrame, name: str, code: str) -> bool:
    """Tell whether nearly every name has a code of its own."""
    pairs = len(frame[[name, code]].drop_duplicates())
    return pairs <= 1.1 * min(frame[name].nunique(), frame[code].nunique()) + 1


def _holds_years(column: pd.Series) -> bool:
    filled = [t for t in column if t]
    return bool(filled) and sum(bool(YEAR.fullmatch(t)) for t in filled) > 0.9 * len(filled)


def _is_serial(column: pd.Series) -> bool:
    filled = [t for t in column if t]
    return all(t.isdecimal() for t in filled)


def _whole(column: pd.Series, style: str) -> bool:
    values = [number(t.strip("= "), style) for t in column]
    return all(v is None or (v >= 1 and v % 1 == 0) for v in values)


def _settle_years(frame: pd.DataFrame, found: Understood, year: int) -> None:
    if found.year:
        found.years = sorted({int(t) for t in frame[found.year] if YEAR.fullmatch(t)})
        return
    said = {when for _name, when in found.scores.values() if when}
    if said:
        undated = [c for c, (_name, when) in found.scores.items() if not when]
        found.left_out += undated
        found.scores = {c: at for c, at in found.scores.items() if at[1]}
    elif not year:
        raise DataError("no year in a column or in the columns' names; give YEAR=")
    found.years = sorted(said) or [year]
