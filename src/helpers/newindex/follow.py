"""Whose the printed ranks are, which indicator is the index itself, and which way is up.

A rank column belongs to the indicator that it is named after, or whose order it is. A printed
rank that is mistyped, or that a tie is broken in by other means, does not make it another's.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from helpers.newindex.cellkinds import number, rank, values
from helpers.newindex.columns import RANK, words
from helpers.newindex.understood import Understood

GENERIC = {
    "", "world", "overall", "global", "national", "total", "n", "index", "general", "chung",
}  # fmt: skip
"""What a rank column is called beside the word rank where it is that of the index itself."""
_SCORE = re.compile(
    r"\b(score|scores|index|total|overall|points?|pts|rating|marks?|value|composite|diem|indice|pontos|"
    r"chi so|tong|average score|total score)\b|分"
)
_WITHIN = re.compile(r"\b(national|country|domestic|regional|region|state|continent(al)?|group)\b")
_FIRSTS = 3  # units that may share the first place of a whole table
_HEAD = re.compile(
    r"^(?:overall|total|index|score|scores|overall score|total score|points|pts|composite|headline|"
    r"final score|global score|tong|tong diem|diem tong hop|diem|tong hop|world score|n score|"
    r"score n|总分)$"
)
_WRONG = 0.15
"""The share of steps down a rank list that may lead up in the scores: mistyped cells."""
_WITH = 0.3
MANY = 6
"""Of more indicators than this whose direction nothing tells, each is not asked about."""


def settle(frame: pd.DataFrame, found: Understood) -> None:
    """Fill in ``ranked``, ``headline`` and ``directions``, with the reason of each guess."""
    names = frame[found.key]
    kept = frame[~names.isin([n for n in found.skipped if isinstance(n, str)])]
    scores = {c: values(kept[c], lambda t: number(t, found.style)) for c in found.scores}
    year = kept[found.year] if found.year else pd.Series("", index=kept.index)
    for column, (base, when) in list(found.ranks.items()):
        told = values(kept[column], rank)
        if _WITHIN.search(words(column)) and (told == 1).groupby(year).sum().max() > _FIRSTS:
            del found.ranks[column]
            found.left_out[column] = "ranks within groups, of which each has a first"
            continue
        own_year = when or found.fixed
        fits = {c: at for c, at in found.scores.items() if own_year in (at[1] or found.fixed, 0)}
        wrong = {c: _disorder(told, scores[c], year) for c in fits}
        found.ranked[column] = _whose(found, column, base, fits, wrong)
        if len(one := found.ranked[column]) == 1:
            own = next((c for c, at in fits.items() if at[0] == one[0]), None)
            if own in wrong and min(wrong[own]) <= _WRONG:
                way = 1 if wrong[own][0] <= wrong[own][1] else -1
                found.directions.setdefault(one[0], way)
                found.reasons.setdefault(f"direction of {one[0]}", f"by the ranks in {column!r}")
    _drop_seconds(found)
    _headline(found)
    _directions(found, scores)


def _drop_seconds(found: Understood) -> None:
    """Leave out ranks that a column before has already."""
    seen = set()
    for column, one in list(found.ranked.items()):
        origin = found.origins.get(column)
        target = (*one, found.ranks[column][1], origin and origin.only)
        if len(one) == 1 and target in seen:
            del found.ranks[column], found.ranked[column]
            found.left_out[column] = f"ranks of {one[0]} a second time"
        seen.add(target)


def _whose(
    found: Understood,
    column: str,
    base: str,
    fits: dict[str, tuple[str, int | None]],
    wrong: dict[str, tuple[float, float]],
) -> list[str]:
    indicators = list(dict.fromkeys(at[0] for at in found.scores.values()))
    if not indicators:
        return [base]
    told = _base(base)
    if named := [one for one in indicators if told and _base(one) == told]:
        return named[:1]
    within = [one for one in indicators if told and set(told.split()) <= set(_base(one).split())]
    if len(within) == 1 and told not in GENERIC:
        found.reasons[f"ranks in {column!r}"] = f"{within[0]} by its name"
        return within
    if len(indicators) == 1 and (fits or base in GENERIC or not wrong):
        return indicators
    best = min((min(w) for w in wrong.values()), default=1.0)
    alike = list(dict.fromkeys(fits[c][0] for c, w in wrong.items() if min(w) == best <= _WRONG))
    if len(alike) == 1:
        found.reasons[f"ranks in {column!r}"] = f"the order of {alike[0]}"
        return alike
    heads = _called(found, alike or indicators)
    if _base(base) in GENERIC and len(heads) == 1:
        found.reasons[f"ranks in {column!r}"] = f"{heads[0]} by its name"
        return heads
    return alike


def stem(said: str) -> str:
    """Return what a score and its errors share: the name without the words for a score."""
    return " ".join(re.sub(r"\b(scores?|value|points|diem|estimates?|mean)\b", " ", said).split())


def _called(found: Understood, indicators: list[str]) -> list[str]:
    """Return those called as an index is; else the only one that is called a score."""
    scored = [n for n in indicators if _SCORE.search(words(found.labels.get(n, n)))]
    heads = [one for one in indicators if _HEAD.match(one.replace("_", " "))]
    return heads or (scored if len(scored) == 1 else [])


def _base(name: str) -> str:
    """Return what a score and its ranks share: the name without the words score and rank."""
    plain = RANK.sub(" ", words(name.replace("_", " ")))
    return " ".join(re.sub(r"\b(scores?|value|points|diem)\b", " ", plain).split())


def _disorder(told: pd.Series, score: pd.Series, year: pd.Series) -> tuple[float, float]:
    """Return the share of steps down the ranks that lead up, and down, in the scores."""
    both = pd.DataFrame({"rank": told, "score": score, "year": year}).dropna()
    if len(both) < 3:
        return 1.0, 1.0
    both = both.sort_values(["year", "rank"], kind="stable")
    inside = (both["year"] == both["year"].shift()) & (both["rank"] > both["rank"].shift())
    step = both["score"].diff()[inside]
    if len(step) < 2 or not step.any():
        return 1.0, 1.0
    return float((step > 0).mean()), float((step < 0).mean())


def _headline(found: Understood) -> None:
    indicators = found.indicators
    ranked = {c: one[0] for c, one in found.ranked.items() if len(one) == 1}
    if len(indicators) == 1:
        found.headline = indicators[0]
        return
    generic = {n for c, n in ranked.items() if _base(found.ranks[c][0]) in GENERIC}
    called = _called(found, indicators)
    if len(generic) == 1:
        found.headline = generic.pop()
        found.reasons["headline"] = "the table's ranks are its ranks"
    elif len(set(ranked.values())) == 1:
        found.headline = next(iter(ranked.values()))
        found.reasons["headline"] = "it is the one that is ranked"
    elif len(called) == 1:
        found.headline = called[0]
        found.reasons["headline"] = "by its name"


def _directions(found: Understood, scores: dict[str, pd.Series]) -> None:
    head = found.headline
    if not found.scores:
        found.directions = dict.fromkeys(found.indicators, 1)
        return
    for indicator in found.indicators:
        label = found.labels.get(indicator, indicator)
        if indicator not in found.directions and (
            _SCORE.search(words(label)) or (indicator == "overall" and not label)
        ):
            found.directions[indicator] = 1
            found.reasons[f"direction of {indicator}"] = "a score by its name"
    if head in found.directions:
        _go_along(found, scores)
    if (
        len(open_ones := [n for n in found.indicators if n not in found.directions and n != head])
        > MANY
    ):
        found.directions |= dict.fromkeys(open_ones, 1)
        found.reasons[f"direction of {len(open_ones)} indicators"] = (
            "more is better, as nothing tells; -1 in structure.csv where less is"
        )


def _go_along(found: Understood, scores: dict[str, pd.Series]) -> None:
    """Let an indicator's direction be that in which it goes with the index itself."""
    head = found.headline
    up = found.directions[head]
    stacked: dict[str, list[tuple[int | None, pd.Series]]] = {}
    for column, (indicator, when) in found.scores.items():
        stacked.setdefault(indicator, []).append((when or found.fixed, scores[column]))
    for indicator, columns in stacked.items():
        if indicator in found.directions:
            continue
        pairs = [(a, b) for when, a in columns for then, b in stacked[head] if when == then]
        both = pd.concat([pd.DataFrame({"a": a, "b": b}) for a, b in pairs] or [pd.DataFrame()])
        both = both.dropna() if len(both) else both
        if len(both) < 5 or both.nunique().min() < 3:
            continue
        along = float(np.corrcoef(both["a"].rank(), both["b"].rank())[0, 1])
        if abs(along) >= _WITH:
            found.directions[indicator] = up if along > 0 else -up
            way = "rises" if along > 0 else "falls"
            found.reasons[f"direction of {indicator}"] = f"it {way} with {head}"
