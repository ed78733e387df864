"""Printed ranks beside scores: which ranks the scores allow, by which convention of ties.

Publishers rank ties as 1, 2, 2, 4 (competition), 1, 2, 2, 3 (dense), by the mean of the places
a tie holds (average) or by the last of them; and they rank scores before these are rounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy

from helpers.methods.ranking import Floats, competition_ranks, margin, rank_sets

COMPETITION = "competition"
# As scipy calls them.
_OTHERS = {"dense": "dense", "average": "average", "last": "max"}


class Allowed(NamedTuple):
    """The ranks that scores allow: the best, that of the scores as printed, and the worst.

    Each has the shape (n,), NaN where a unit has no score; ``convention`` is that of the ties.
    """

    low: Floats
    computed: Floats
    high: Floats
    convention: str = COMPETITION


def allowed_ranks(
    score: Floats, low: Floats, high: Floats, printed: Floats, others: int = 0
) -> Allowed:
    """Return the ranks that the scores of one table allow, by the convention it was ranked by.

    Parameters
    ----------
    score, low, high
        Scores, more being better, and the ends of their intervals, shape (n,).
    printed
        The printed ranks, shape (n,), NaN where none is.
    others
        How many units were ranked whose scores are not known: each may be above.

    Returns
    -------
    Allowed
        A tie holds all the places it covers, as the publisher may have parted it by something
        else. Where most units have a printed rank, those without are not counted at best.
        Another convention than competition is taken if every unit has a printed rank and all
        follow it in an order the scores allow; failing that, if its ranks are far nearer.
    """
    counted = ~np.isnan(score)
    told = counted & ~np.isnan(printed)
    rank = competition_ranks(score)
    best, worst = rank_sets(low, high)
    tied = np.full_like(rank, np.nan)
    tied[counted] = scipy.stats.rankdata(rank[counted], "max")
    worst = np.maximum(worst, tied)
    if told.sum() * 2 > counted.sum() > told.sum():
        best[told] = np.minimum(best[told], rank_sets(low[told], high[told])[0])
    allowed = Allowed(best, rank, worst + others)
    outside = told & ~((allowed.low <= printed) & (printed <= allowed.high))
    if not outside.any() or told.sum() * 2 <= counted.sum():
        return allowed
    apart = {COMPETITION: np.abs(rank - printed)[told].sum()}
    ranks = {}
    in_order = in_order_of(printed[told], low[told], high[told])
    for convention, method in _OTHERS.items():
        own = np.full_like(rank, np.nan)
        own[told] = scipy.stats.rankdata(rank[told], method)
        if in_order and (scipy.stats.rankdata(printed[told], method) == printed[told]).all():
            ends = np.fmin(own, printed), np.fmax(own, printed)
            return Allowed(ends[0], own, ends[1], convention)
        ranks[convention] = own
        apart[convention] = np.abs(own - printed)[told].sum()
    likely = min(apart, key=lambda one: apart[one])
    if apart[likely] * 2 >= apart[COMPETITION]:
        return allowed
    own = ranks[likely]
    blur = rank - best, worst + others - rank
    return Allowed(np.maximum(own - blur[0], 1.0), own, own + blur[1], likely)


def in_order_of(printed: Floats, low: Floats, high: Floats) -> bool:
    """Tell whether some scores inside their intervals have the order of the printed ranks.

    Parameters
    ----------
    printed, low, high
        Shape (n,), without NaN; equal ranks ask for equal scores.
    """
    ranks, group = np.unique(printed, return_inverse=True)
    lowest, highest = np.full(len(ranks), -np.inf), np.full(len(ranks), np.inf)
    np.maximum.at(lowest, group, low)
    np.minimum.at(highest, group, high)
    level = margin(low, high)
    equal = (lowest <= highest + level).all()
    # Every better unit can be above every worse one: so there are scores for all at once.
    better, worse = np.minimum.accumulate(highest), np.maximum.accumulate(lowest[::-1])[::-1]
    return bool(equal and (better[:-1] > worse[1:] + level).all())
