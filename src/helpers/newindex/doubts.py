"""What is doubtful in a published table: rows, marks, zeros, decimals and jumps."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import pandas as pd

from helpers.index.spelling import fold
from helpers.newindex import columns, countries
from helpers.newindex.cellkinds import is_code, is_mark, is_whole, number, rank, values, year
from helpers.newindex.understood import UNRANKED, WHOLE, Understood

_MANY = 8
_JUMP = 4.0
"""Where the middle figure grows or shrinks by this factor, the scale may be another one."""
_NEAR = 0.1
"""A zero is one of the figures where the next lies within this share of the largest."""
_SHARED = 4
_PAIRS = 300  # of units with gaps, among which one under two names is looked for


def look_at_rows(frame: pd.DataFrame, found: Understood) -> None:
    """Note the rows that may be no unit's, or a unit's for a second time."""
    names = frame[found.key]
    short = found.key == found.code and all(map(is_code, names[names != ""].mode()))
    length = Counter(names.str.len()).most_common(1)[0][0]
    codes = set(frame[found.code]) - {""} if found.code else set()
    lettered = bool(codes) and sum(map(is_code, codes)) > 0.7 * len(codes)
    coded = lettered and len(codes & countries.codes().keys()) > 0.8 * len(codes)
    shown = [*found.scores, *found.ranks]
    cells = pd.DataFrame(
        {
            c: values(frame[c], rank if c in found.ranks else lambda t: number(t, found.style))
            for c in shown
        }
    ).notna()
    blank = (frame[shown] == "").all(axis=1)
    found.units = set(names) - {""}
    known = set(names[cells.any(axis=1)])
    ranked = cells[list(found.ranks)].any(axis=1) if found.ranks else pd.Series(dtype=bool)
    unranked = set(names) - set(names[ranked]) if found.ranks and ranked.mean() > 0.5 else set()
    header = frame.eq(list(frame.columns)).sum(axis=1) > len(frame.columns) / 2
    seen: dict[tuple[str, str], set[str]] = {}
    years: dict[str, set[str]] = {}
    told = {c: found.scores.get(c) or found.ranks[c] for c in shown}
    dated, coded_by, spoken = (
        frame[c].tolist() if c else [""] * len(frame) for c in (found.year, found.code, found.unit)
    )
    filled_in, is_blank, is_header = cells.to_numpy(), blank.tolist(), header.tolist()
    for place, (row, name) in enumerate(zip(map(int, frame.index), names, strict=True)):
        filled = {c for c, there in zip(shown, filled_in[place], strict=True) if there}
        key = (fold(name) or name, dated[place])
        code, called = coded_by[place], spoken[place]
        if is_header[place]:
            found.skipped[row] = "the header once more"
        elif not name:
            found.skipped[row] = "no name"
        elif name not in known:
            found.absent.add(name)
            if is_blank[place] or (frame.loc[row, shown] == name).all():
                found.skipped[name if len(name) <= 60 or found.origins else row] = "no figures"
        elif is_whole(called):
            found.skipped[name] = WHOLE
        elif name in unranked:
            found.skipped[name] = UNRANKED
        elif (short and len(name) != length) or (lettered and not is_code(code)):
            found.skipped[name] = "no code like the others"
        elif coded and code not in countries.codes() and fold(called) not in countries.names():
            found.skipped[name] = "its code is no country's"
        elif filled & seen.get(key, set()):
            found.skipped[row] = f"{name} a second time"
        seen[key] = seen.get(key, set()) | filled
        when = {str(told[column][1] or key[1]) for column in filled}
        years[name] = years.get(name, set()) | when
    # Bands leave out the last places: where many have no rank, their rank is what is missing.
    weak = [n for n, why in found.skipped.items() if why == UNRANKED]
    if len(weak) > 0.4 * len(known) or not found.scores:
        for name in weak:
            del found.skipped[name]
    units = {n: own for n, own in years.items() if n in known and n not in found.skipped}
    whole = set[str]().union(*units.values())
    partly = [n for n, own in units.items() if own < whole][:_PAIRS]
    # A first word that many share (University of ...) tells nothing.
    firsts = Counter(fold(name).partition(" ")[0] for name in units)
    common = {word for word, count in firsts.items() if count > _SHARED}
    found.renamed = [
        (a, b)
        for a, b in combinations(partly, 2)
        if not units[a] & units[b] and _alike(a, b, common)
    ]


def _alike(one: str, other: str, common: set[str]) -> bool:
    """Tell whether two names begin alike, or one holds all words of the other."""
    a, b = (fold(name).replace("-", " ").split() for name in (one, other))
    if not a or not b:
        return False
    return (a[0] == b[0] and a[0] not in common) or set(a) <= set(b) or set(b) <= set(a)


def look_at_figures(frame: pd.DataFrame, found: Understood) -> None:
    """Note decimals, range, marks of missing figures, zeros, and jumps from year to year."""
    names = frame[found.key]
    rows = frame.index.to_series()
    outside = names.isin([n for n in found.skipped if isinstance(n, str)])
    outside |= rows.isin([n for n in found.skipped if isinstance(n, int)])
    heading = rows.isin([n for n in found.skipped if isinstance(n, int)]) | names.isin(
        [n for n, why in found.skipped.items() if why == "no figures"]
    )
    sizes: dict[tuple[str, int], pd.Series] = {}
    printed: dict[str, dict[str, int]] = {}
    every, lowest, highest = found.decimals, [], []
    period = frame[found.year] if found.year else None
    for column in found.ranks:
        read = values(frame[column], rank)
        _note_missing(found, column, frame[column][read.isna() & ~heading])
    for column, (indicator, when) in found.scores.items():
        cells = frame[column]
        read = values(cells, lambda t: number(t, found.style))
        _note_missing(found, column, cells[read.isna() & ~heading])
        own = read.dropna()
        if own.empty:
            continue
        lowest.append(own.min())
        highest.append(own.max())
        places = cells[own.index].map(
            {t: _places(t, found.style) for t in cells[own.index].unique()}
        )
        before = every.get(indicator, 0)
        exact = places.isna().any() or before is None
        every[indicator] = None if exact else max(before or 0, int(places.max()))
        of = period[own.index] if period is not None else pd.Series(str(when or 0), own.index)
        for told, group in places.dropna().groupby(of):
            # A dropped trailing zero is likely in one figure, not in eight.
            if len(group) >= _MANY:
                printed.setdefault(indicator, {})[str(told)] = int(group.max())
        for told, group in own[~outside[own.index]].groupby(of):
            if (one := year(str(told))) is not None and (group >= 0).all():
                sizes[indicator, one] = group
        zero = own.index[own == 0]
        rest = own[own != 0].abs()
        if len(zero) and (own >= 0).all() and len(rest) > 1 and rest.min() > _NEAR * rest.max():
            found.zeros[column] = list(names[zero])
    whole = {n for c, (n, _y) in found.scores.items() if columns.POINTS.search(columns.words(c))}
    found.exact = [n for n in whole if every.get(n) == 0]
    if found.style == "?" and not any(
        "," in t or "." in t for c in found.scores for t in frame[c].unique() if not is_mark(t)
    ):
        found.style = "en"
    if highest:
        found.low, found.high = float(min(lowest)), float(max(highest))
    found.jumps = _jumps(sizes)
    for indicator, told_in in printed.items():
        if every.get(indicator) is not None and len(set(told_in.values())) > 1:
            found.uneven[indicator] = told_in
            every[indicator] = min(told_in.values())


def _note_missing(found: Understood, column: str, none: pd.Series) -> None:
    """Count the cells that hold no figure; those with a digit in them may be damaged ones."""
    found.missing.update(none)
    for text in none.unique():
        if not is_mark(text) and any(map(str.isdigit, text)):
            row = int(none.index[none == text][0])
            found.odd.setdefault(text, f"column {column}, row {row}")


def _places(text: str, style: str) -> int | None:
    """Return the decimals of a figure; None where they are those of a computer, not of print."""
    point = "," if style == "vi" else "."
    text = text.rstrip("% ")
    if len(text.partition(point)[2]) > 12:
        value = number(text, style)
        text, point = f"{value:.12g}", "."  # 0.8510200000000001 is 0.85102
    places = len(text.partition(point)[2])
    return None if places > 6 or "e" in text.lower() else places


def _jumps(sizes: dict[tuple[str, int], pd.Series]) -> list[tuple[int, int]]:
    """Return the neighbouring years between which the middle size of figures leaps."""
    middle = {key: float(group.median()) for key, group in sizes.items()}
    found = set()
    for indicator in {name for name, _when in middle}:
        for before, after in pairwise(sorted(when for name, when in middle if name == indicator)):
            low, high = sorted((middle[indicator, before], middle[indicator, after]))
            if low > 0 and high / low >= _JUMP:
                found.add((before, after))
    return sorted(found)
