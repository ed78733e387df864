"""What else a table tells of its figures: percentages, scales, errors, and what ranks rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from helpers.index import units
from helpers.index.catalog import OPEN, Index
from helpers.newindex import columns, follow
from helpers.newindex.cellkinds import number, rank, split_head, values
from helpers.newindex.say import some
from helpers.newindex.understood import UNRANKED, Understood
from helpers.newindex.yamltext import plain, quoted

_STANDARD_ERROR = re.compile(r"\b(std ?err(?:or)?s?|standard errors?|s ?e)\b")
_BOUND = {
    "lower": re.compile(r"\b(lower|low(?:er)? (?:bound|limit)|ci low(?:er)?|lcl)\b"),
    "upper": re.compile(r"\b(upper|up(?:per)? (?:bound|limit)|ci (?:up(?:per)?|high)|ucl)\b"),
}
_BESIDE = re.compile(r"\b(bound|limit|ci|\d\d|of|the|confidence|interval)\b")
_TOPS = (1, 10, 100, 1000)
_SHOWN = 3


def look(frame: pd.DataFrame, found: Understood) -> None:
    """Fill in ``percents``, ``scales``, ``errors``, ``withheld`` and ``by_print``."""
    out = set(found.skipped)
    kept = frame[~frame[found.key].isin(out) & ~frame.index.isin(out)]
    read = {c: values(kept[c], lambda t: number(t, found.style)) for c in found.scores}
    for column, told in read.items():
        signed = kept[column][told.notna()].str.endswith("%")
        if signed.mean() > 0.5:  # the others are asked about by the build, cell by cell
            found.percents.add(column)
    _scales(found, read)
    _errors(frame, found)
    _withheld(kept, found, read)
    for column, one in found.ranked.items():
        if len(one) == 1 and not found.by_print:
            _ties(kept, found, column, read)


def top_of(high: float) -> int | None:
    """Return the usual end of a scale that holds a figure."""
    return next((top for top in _TOPS if high <= top), None)


def _scales(found: Understood, read: dict[str, pd.Series]) -> None:
    """Find the indicators whose figures lie on another scale than that of the index itself."""
    ends: dict[str, tuple[float, float]] = {}
    for column, (indicator, _year) in found.scores.items():
        low, high = ends.get(indicator, (np.inf, -np.inf))
        ends[indicator] = min(low, read[column].min()), max(high, read[column].max())
    if found.headline not in ends:
        return
    low, high = ends[found.headline]
    found.low, found.high = float(low), float(high)
    top = top_of(high) if low >= 0 else None
    for indicator, (least, most) in ends.items():
        # On an open scale any figure is possible, on that of the headline those up to its end.
        if top is not None and (least < 0 or most > top):
            found.scales[indicator] = float(least), float(most)


def _errors(frame: pd.DataFrame, found: Understood) -> None:
    """Find the columns of standard errors, or of bounds, that belong to a column of scores."""
    if found.origins:
        return
    bases: dict[Any, list[str]] = {}
    for column in found.scores:
        bases.setdefault(_stem(column, found), []).append(column)
    bounds: dict[str, dict[str, str]] = {}
    for column in map(str, frame):
        said = columns.words(split_head(column)[0])
        kind = "column" if _STANDARD_ERROR.search(said) else next(
            (name for name, word in _BOUND.items() if word.search(said)), ""
        )  # fmt: skip
        if not kind or column not in found.left_out:
            continue
        stem = _stem(column, found)
        near = bases.get(stem, []) or [c for c in found.scores if not stem[0] and
                                       _stem(c, found)[1] == stem[1]]  # fmt: skip
        if len(near) > 1:  # of errors that name no score the index itself is meant
            near = [c for c in near if found.scores[c][0] == found.headline]
        if len(near) == 1 and kind not in bounds.setdefault(near[0], {}):
            bounds[near[0]][kind] = column
    for score, told in bounds.items():
        if "column" in told:
            found.errors[score] = {"column": told["column"]}
        elif len(told) == 2:
            found.errors[score] = told
    for score, told in found.errors.items():
        found.reasons[f"errors of {score!r}"] = f"{', '.join(told.values())} by name"
        for column in told.values():
            found.left_out.pop(column, None)


def _stem(column: str, found: Understood) -> tuple[str, int | None]:
    """Return what a score and its error share: the name without what tells them apart, the year."""
    bare, year = (column, None) if found.year else split_head(column)
    said = columns.words(bare)
    for word in (_STANDARD_ERROR, *_BOUND.values(), _BESIDE):
        said = word.sub(" ", said)
    return follow.stem(said), year or found.fixed


def _withheld(frame: pd.DataFrame, found: Understood, read: dict[str, pd.Series]) -> None:
    """Count the rows that have every other score but not that of the index itself."""
    heads = [c for c, (name, _y) in found.scores.items() if name == found.headline]
    for head in heads:
        others = [c for c in found.scores if c not in heads and
                  found.scores[c][1] == found.scores[head][1]]  # fmt: skip
        if not others:
            continue
        gone = read[head].isna()
        for column in others:
            gone &= read[column].notna()
        found.withheld += list(frame.loc[gone, found.unit])


def _ties(frame: pd.DataFrame, found: Understood, column: str, read: dict[str, pd.Series]) -> None:
    """Tell whether the ranks part what is equal in the scores, wherever it is."""
    indicator, when = found.ranked[column][0], found.ranks[column][1] or found.fixed
    scores = [c for c, (name, year) in found.scores.items() if name == indicator
              and (year or found.fixed or 0) == (when or 0)]  # fmt: skip
    if len(scores) != 1:
        return
    table = pd.DataFrame(
        {"score": read[scores[0]], "rank": values(frame[column], rank), "name": frame[found.unit],
         "year": frame[found.year] if found.year else str(when or "")}
    ).dropna()  # fmt: skip
    tied = table[table.duplicated(["year", "score"], keep=False)]
    parted = [rows for _cell, rows in tied.groupby(["year", "score"], sort=False)
              if rows["rank"].is_unique]  # fmt: skip
    groups = tied.groupby(["year", "score"]).ngroups
    # Where some ties share a place, the others were parted by what rounding took away.
    if not parted or len(parted) < groups:
        return
    shown = "; ".join(
        f"{' and '.join(rows['name'].astype(str)[:_SHOWN])} {rows['year'].iloc[0]}".strip()
        for rows in parted[:_SHOWN]
    )
    more = f" and {len(parted) - _SHOWN} more" if len(parted) > _SHOWN else ""
    found.by_print = (
        f"ranks in {column!r} part those with equal {indicator} ({shown}{more}), by something "
        "these scores do not hold; `scores` to let them share a place"
    )
    found.reasons["the printed ranks are the ranks"] = found.by_print


def scale_of(tables: list[Understood]) -> list[str]:
    """Return the scale that the figures lie in; without scores there is none."""
    scored = [found for found in tables if found.scores]
    if not scored:
        return []
    low, high = min(f.low for f in scored), max(f.high for f in scored)
    top = top_of(high)
    shown = "[null, null]" if low < 0 or top is None else f"[0, {top}]"
    said = f"found {low:g} to {high:g}; null leaves an end open"
    return [f"scale: {shown} # lowest and highest possible score: {said}"]


def proposals(tables: list[Understood]) -> Iterator[str]:
    """Yield the fields that say what some tables tell: own scales, what ranks rest on, derive."""
    ends: dict[str, list[float]] = {}
    for found in tables:
        for name, pair in found.scales.items():
            ends.setdefault(name, []).extend(pair)
    if ends:
        own = ", ".join(
            f"{plain(n)}: [{'null' if min(e) < 0 else 0}, null]" for n, e in ends.items()
        )
        seen = "; ".join(f"{n} {min(e):g} to {max(e):g}" for n, e in ends.items())
        yield f"scales: {{{own}}} # of their own: {seen}"
    if exact := sorted({name for found in tables for name in found.exact}):
        yield f"exact: [{', '.join(map(plain, exact))}] # whole points, not rounded"
    if why := next((found.by_print for found in tables if found.by_print), ""):
        yield f"ranks: published # {why}"
    if withheld := [name for found in tables for name in found.withheld]:
        head = next(found.headline for found in tables if found.headline)
        yield f"derive: [] # {head} stays empty where none is published ({some(withheld)}); name it"
        yield "# here to have it worked out from its parts, whose weights structure.csv must give"


def errors_of(errors: dict[str, dict[str, str]]) -> str:
    """Return the field of that name as YAML; of bounds the level is asked for."""
    lines = [""]
    for column, told in errors.items():
        named = ", ".join(f"{field}: {quoted(name)}" for field, name in told.items())
        asked = f', level: "{OPEN}"}} # 0.95, 0.9: of which level are these intervals?'
        lines.append(f"      {quoted(column)}: {{{named}{asked if 'lower' in told else '}'}")
    return "\n".join(lines)


def settle_unranked(index: Index, found: Understood) -> None:
    """Take the rows without a rank for units' where an earlier table has them as such."""
    known = units.load(index)
    sets = {unit.unit_set for unit in known.all}
    for name, why in list(found.skipped.items()):
        if why == UNRANKED and any(known.settle(str(name), one) for one in sets):
            del found.skipped[name]
