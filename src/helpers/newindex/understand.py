"""What the columns of a published table are, and what only a person can tell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from helpers.clean.quantity import parse
from helpers.errors import DataError
from helpers.units import fold

MARKS = {"", "-", "–", "—", "..", "...", "…", ":", "n/a", "na", "n.a.", "#n/a", "null", "nan", "*"}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_RANK = re.compile(r"\b(rank|ranking|place|position|hang|xep hang|thu hang)\b")
_SERIAL = re.compile(r"^(stt|tt|no|id|so thu tu)$")
_WHOLE = re.compile(
    r"\b(total|average|mean|median|world|overall|all|eu ?\d*|oecd|asean|region|note|notes|source|"
    r"tong|tong so|trung binh|binh quan|ca nuoc|toan quoc|ghi chu|nguon)\b"
)
_CODE = re.compile(r"[A-Z]{2,3}")


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
    headline
        The indicator whose rank is published, or the only one; empty if in doubt.
    direction
        1 or -1 by the published ranks, 0 if in doubt.
    missing
        Cells that hold no figure, with their number.
    doubtful
        Rows that may be no units: name to reason.
    """

    unit: str
    code: str = ""
    year: str = ""
    years: list[int] = field(default_factory=list)
    scores: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    ranks: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    style: str = "en"
    headline: str = ""
    direction: int = 0
    low: float = 0.0
    high: float = 0.0
    decimals: dict[str, int | None] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    doubtful: dict[str, str] = field(default_factory=dict)
    zeros: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


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
    found.left_out = [c for c in texts if c not in (name, code)]
    for column in numeric:
        if column == found.year:
            continue
        folded, said = fold(column), _YEAR.search(column)
        when = None if found.year or not said else int(said.group(1))
        bare = fold(_YEAR.sub("", column))
        if _SERIAL.match(folded) and _is_serial(frame[column]):
            found.left_out.append(column)
        elif _RANK.search(folded) and _whole(frame[column], style):
            found.ranks[column] = (_RANK.sub("", bare).strip(), when)
        else:
            found.scores[column] = (bare.replace(" ", "_") or "overall", when)
    if not found.scores:
        raise DataError("no column of scores found; expected one with numbers")
    _settle_years(frame, found, year)
    _look_at_rows(frame, found)
    _look_at_figures(frame, found)
    _settle_headline(frame, found)
    return found


def number(text: str, style: str) -> float | None:
    """Return a plain figure, None where a text is none."""
    if not re.fullmatch(r"[+\-−]?[\d.,\s]+(?:[eE][+-]?\d+)?%?", text):
        return None
    try:
        return float(text) if re.search(r"[eE]", text) else parse(text, style).value
    except ValueError:
        return None


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
    read = "en" if style == "?" else style
    return sum(number(t, read) is not None for t in kept) / len(kept) if kept else 0.0


def _unit_column(frame: pd.DataFrame, texts: list[str], unit: str) -> tuple[str, str]:
    if unit:
        if unit not in frame:
            raise DataError(f"no column {unit!r}; there are: {', '.join(map(str, frame))}")
        return unit, ""
    filled = {c: [t for t in frame[c] if t] for c in texts}
    codes = [c for c in texts if filled[c] and sum(map(_is_code, filled[c])) >= 0.7 * len(filled[c])]
    # Names differ from row to row; a group or a remark repeats.
    most = max((len(set(filled[c])) for c in texts), default=0)
    names = [c for c in texts if c not in codes and len(set(filled[c])) > 0.8 * most]
    if len(names) > 1:
        raise DataError(
            f"several columns may name the units ({', '.join(names)}); give UNIT_COLUMN="
        )
    if names:
        return names[0], codes[0] if len(codes) == 1 else ""
    if len(codes) == 1:
        return codes[0], codes[0]
    raise DataError(f"no column names the units (columns: {', '.join(map(str, frame))})")


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text))


def _holds_years(column: pd.Series) -> bool:
    filled = [t for t in column if t]
    return bool(filled) and sum(bool(_YEAR.fullmatch(t)) for t in filled) > 0.9 * len(filled)


def _is_serial(column: pd.Series) -> bool:
    filled = [t for t in column if t]
    return all(t.isdecimal() for t in filled)


def _whole(column: pd.Series, style: str) -> bool:
    values = [number(t, "en" if style == "?" else style) for t in column]
    return all(v is None or (v >= 1 and v % 1 == 0) for v in values)


def _settle_years(frame: pd.DataFrame, found: Understood, year: int) -> None:
    if found.year:
        found.years = sorted({int(t) for t in frame[found.year] if _YEAR.fullmatch(t)})
        return
    said = {when for _name, when in found.scores.values() if when}
    if said:
        undated = [c for c, (_name, when) in found.scores.items() if not when]
        found.left_out += undated
        found.scores = {c: at for c, at in found.scores.items() if at[1]}
    elif not year:
        raise DataError("no year in a column or in the columns' names; give YEAR=")
    found.years = sorted(said) or [year]


def _look_at_figures(frame: pd.DataFrame, found: Understood) -> None:
    style = "en" if found.style == "?" else found.style
    names = frame[found.unit]
    values: list[float] = []
    for column, (indicator, _year) in found.scores.items():
        numbers = [number(t, style) for t in frame[column]]
        point = "," if style == "vi" else "."
        shown = [t for t, v in zip(frame[column], numbers, strict=True) if v is not None]
        places = max((len(t.partition(point)[2]) for t in shown), default=0)
        wide = places > 6 or any("e" in t.lower() for t in shown)
        before = found.decimals.get(indicator, 0)
        found.decimals[indicator] = None if wide or before is None else max(before, places)
        values += [v for v in numbers if v is not None]
        pairs = zip(frame[column], numbers, names, strict=True)
        # A row without any figure is a heading or a footnote, judged as a row.
        empty = {name for name, why in found.doubtful.items() if why == "no figures"} | {""}
        found.missing.update(t for t, v, unit in pairs if v is None and unit not in empty)
        found.zeros += [u for v, u in zip(numbers, names, strict=True) if v == 0]
    found.low, found.high = min(values), max(values)


def _look_at_rows(frame: pd.DataFrame, found: Understood) -> None:
    style = "en" if found.style == "?" else found.style
    short = found.unit == found.code
    length = Counter(len(t) for t in frame[found.unit]).most_common(1)[0][0]
    seen: set[tuple[str, str]] = set()
    for position, name in enumerate(frame[found.unit]):
        cells = [frame[c].iloc[position] for c in found.scores]
        key = (fold(name), frame[found.year].iloc[position] if found.year else "")
        if not name:
            found.doubtful[f"row {position + 2}"] = "no name"
        elif not any(number(t, style) is not None for t in cells):
            found.doubtful[name] = "no figures"
        elif short and len(name) != length:
            found.doubtful[name] = "no code like the others"
        elif not short and _WHOLE.search(fold(name)):
            found.doubtful[name] = "may be an aggregate"
        elif not short and found.code and not _is_code(frame[found.code].iloc[position]):
            found.doubtful[name] = "no code like the others"
        elif key in seen:
            found.doubtful[f"row {position + 2}"] = f"{name} a second time"
        seen.add(key)


def _settle_headline(frame: pd.DataFrame, found: Understood) -> None:
    """Take the indicator that the published ranks follow, and the direction in which they do."""
    style = "en" if found.style == "?" else found.style
    kept = ~frame[found.unit].isin(list(found.doubtful))
    groups = frame[kept].groupby(frame[found.year] if found.year else (lambda _row: 0))
    follows: set[tuple[str, int]] = set()
    for rank_column, (_name, rank_year) in found.ranks.items():
        for column, (indicator, score_year) in found.scores.items():
            if rank_year != score_year:
                continue
            for direction in (1, -1):
                agree = []
                for _year, rows in groups:
                    score = rows[column].map(lambda t: number(t, style)).astype(float)
                    told = rows[rank_column].map(lambda t: number(t, style)).astype(float)
                    both = score.notna() & told.notna()
                    order = (-direction * score[both]).rank(method="min")
                    agree.append(both.sum() > 2 and order.corr(told[both]) > 0.99)
                if agree and all(agree):
                    follows.add((indicator, direction))
    if len(follows) == 1:
        found.headline, found.direction = follows.pop()
    indicators = list(dict.fromkeys(name for name, _year in found.scores.values()))
    if not found.headline and len(indicators) == 1:
        found.headline = indicators[0]
