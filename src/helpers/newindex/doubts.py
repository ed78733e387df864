"""What is doubtful in a published table: rows, zeros, jumps, and whose the ranks are."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pandas as pd
from babel import Locale
from babel.core import get_global

from helpers.index.units import fold
from helpers.newindex.cellkinds import WHOLE, YEAR, is_code, number

if TYPE_CHECKING:
    from helpers.newindex.understand import Understood

_MANY = 8
_JUMP = 4.0
"""Where the middle figure grows or shrinks by this factor, the scale may be another one."""


def look_at_rows(frame: pd.DataFrame, found: Understood) -> None:
    """Note the rows that may be no unit's, or a unit's for a second time."""
    short = found.unit == found.code
    length = Counter(len(t) for t in frame[found.unit]).most_common(1)[0][0]
    codes = set(frame[found.code]) - {""} if found.code else set()
    countries = len(codes & _countries()) > 0.8 * len(codes) if codes else False
    cells = frame[list(found.scores)].map(lambda t: number(t, found.style) is not None)
    known = set(frame[found.unit][cells.any(axis=1)])
    seen: dict[tuple[str, str], set[str]] = {}
    years: dict[str, set[str]] = {}
    for position, name in enumerate(frame[found.unit]):
        filled = {column for column in found.scores if cells[column].iloc[position]}
        key = (fold(name), frame[found.year].iloc[position] if found.year else "")
        code = frame[found.code].iloc[position] if found.code else ""
        if not name:
            found.doubtful[f"row {position + 2}"] = "no name"
        elif name not in known:
            found.doubtful[name] = "no figures"
        elif WHOLE.search(fold(name)):
            found.doubtful[name] = "may be an aggregate"
        elif (short and len(name) != length) or (found.code and not is_code(code)):
            found.doubtful[name] = "no code like the others"
        elif countries and code not in _countries():
            found.doubtful[name] = "its code is no country's"
        elif filled & seen.get(key, set()):
            found.doubtful[f"row {position + 2}"] = f"{name} a second time"
        seen[key] = seen.get(key, set()) | filled
        when = {str(found.scores[column][1] or key[1]) for column in filled}
        years[name] = years.get(name, set()) | when
    units = {n: own for n, own in years.items() if n in known and n not in found.doubtful}
    whole = set[str]().union(*units.values())
    partly = [n for n, own in units.items() if own < whole]
    found.renamed = [
        (a, b) for a, b in combinations(partly, 2) if not units[a] & units[b] and _alike(a, b)
    ]


def _alike(one: str, other: str) -> bool:
    """Tell whether two names begin alike, or one holds all words of the other."""
    a, b = (fold(name).replace("-", " ").split() for name in (one, other))
    return a[0] == b[0] or set(a) <= set(b) or set(b) <= set(a)


@cache
def _countries() -> frozenset[str]:
    """Return the two- and three-letter codes of countries and territories, and EL for Greece."""
    unions = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    two = {str(c) for c in Locale("en").territories if len(str(c)) == 2} - unions
    aliases = get_global("territory_aliases").items()
    return frozenset(two | {"EL"} | {str(old) for old, new in aliases if new and new[0] in two})


def look_at_figures(frame: pd.DataFrame, found: Understood) -> None:
    """Note decimals, range, marks of missing figures, zeros, and jumps from year to year."""
    names = frame[found.unit]
    # A row without any figure is a heading or a footnote, judged as a row.
    empty = {name for name, why in found.doubtful.items() if why == "no figures"} | {""}
    sizes: dict[tuple[str, int], list[float]] = {}
    printed: dict[str, dict[str, list[int]]] = {}
    values: list[float] = []
    for column, (indicator, when) in found.scores.items():
        numbers = [number(t, found.style) for t in frame[column]]
        years = frame[found.year] if found.year else [str(when or 0)] * len(frame)
        places = []
        for text, value, unit, year in zip(frame[column], numbers, names, years, strict=True):
            if value is None:
                found.missing.update([text] if unit not in empty else [])
                continue
            values.append(value)
            places.append(_places(text, value, found.style))
            if places[-1] is not None:
                printed.setdefault(indicator, {}).setdefault(year, []).append(places[-1])
            if YEAR.fullmatch(year) and unit not in found.doubtful:
                sizes.setdefault((indicator, int(year)), []).append(abs(value))
            if value == 0:
                found.zeros.setdefault(column, []).append(unit)
        most = max((p for p in places if p is not None), default=0)
        before = found.decimals.get(indicator, 0)
        exact = None in places or before is None
        found.decimals[indicator] = None if exact else max(before or 0, most)
    found.low, found.high = min(values), max(values)
    found.jumps = _jumps(sizes)
    for indicator, years_of in printed.items():
        # A dropped trailing zero is likely in one figure, not in eight.
        told = {year: max(these) for year, these in years_of.items() if len(these) >= _MANY}
        if found.decimals[indicator] is not None and len(set(told.values())) > 1:
            found.uneven[indicator] = told


def _places(text: str, value: float, style: str) -> int | None:
    """Return the decimals of a figure; None where they are those of a computer, not of print."""
    point = "," if style == "vi" else "."
    if len(text.partition(point)[2]) > 12:
        text, point = f"{value:.12g}", "."  # 0.8510200000000001 is 0.85102
    places = len(text.partition(point)[2])
    return None if places > 6 or "e" in text.lower() else places


def _jumps(sizes: dict[tuple[str, int], list[float]]) -> list[tuple[int, int]]:
    """Return the neighbouring years between which the middle size of figures leaps."""
    middle = {key: pd.Series(values).median() for key, values in sizes.items()}
    found = set()
    for indicator in {name for name, _year in middle}:
        for before, after in pairwise(sorted(year for name, year in middle if name == indicator)):
            low, high = sorted((middle[indicator, before], middle[indicator, after]))
            if low > 0 and high / low >= _JUMP:
                found.add((before, after))
    return sorted(found)


def settle_headline(frame: pd.DataFrame, found: Understood) -> None:
    """Take the indicator that the published ranks follow, and the direction in which they do."""
    kept = ~frame[found.unit].isin(list(found.doubtful))
    groups = list(frame[kept].groupby(frame[found.year] if found.year else (lambda _row: 0)))
    for rank_column, (_name, rank_year) in found.ranks.items():
        follows: dict[str, int] = {}
        for column, (indicator, score_year) in found.scores.items():
            if rank_year not in (None, score_year):
                continue
            for direction in (1, -1):
                agree = [
                    _follow(rows[rank_column], rows[column], direction, found.style)
                    for _year, rows in groups
                ]
                if any(agree) and False not in agree:
                    follows[indicator] = direction
        found.ranked[rank_column] = list(follows)
        if len(follows) == 1:
            found.directions |= follows
    indicators = list(dict.fromkeys(name for name, _year in found.scores.values()))
    told = {names[0] for names in found.ranked.values() if len(names) == 1}
    if len(indicators) == 1 or len(told) == 1:
        found.headline = indicators[0] if len(indicators) == 1 else told.pop()


def _follow(ranks: pd.Series, scores: pd.Series, direction: int, style: str) -> bool | None:
    """Tell whether ranks are the order of scores; None where too few have both."""
    score = scores.map(lambda t: number(t, style)).astype(float)
    told = ranks.map(lambda t: number(t.strip("= "), style)).astype(float)
    both = score.notna() & told.notna()
    if both.sum() < 3:
        return None
    # Ranks of ranks: a table may be cut from a longer one.
    order = (-direction * score[both]).rank(method="min")
    return bool(order.corr(told[both].rank(method="min")) > 0.99)
