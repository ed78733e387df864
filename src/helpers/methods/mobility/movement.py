"""How much a whole table moved between two years: agreement of two rankings, and movers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from helpers.methods.mobility.pairs import Best, Bools, Pairs, iterate_scopes, pair_units
from helpers.methods.ranking import Floats, Ints, competition_ranks

COUNTS = ["units", "dropped", "up", "down", "unmoved", "top"]


def movement(
    before: ArrayLike | pd.Series,
    after: ArrayLike | pd.Series,
    *,
    regions: pd.Series | Mapping[object, object] | None = None,
    best: Best = "low",
    top: int = 10,
    persistence: float = 0.9,
) -> pd.DataFrame:
    """Measure how far a ranking changed between two years.

    Parameters
    ----------
    before, after
        Ranks or scores, shape (n,). Series are aligned by index, arrays by position; a unit
        without a value on both sides is dropped and counted, and the others close ranks.
    regions
        Region of each unit, by unit; adds one row a region.
    best
        "low" for ranks (1 is best), "high" for scores.
    top, persistence
        Depth and parameter p of the rank-biased overlap: its first ranks weigh most, the more so
        the smaller p is (with 0.9 the first 10 ranks hold 86 % of the weight).

    Returns
    -------
    pandas.DataFrame
        One row per scope ("all", then the regions), one column per measure:

        - units, dropped: how many units the scope has; how many were left out of the table.
        - kendall_tau_b, weighted_tau, spearman: rank correlations, 1 for the same order, -1 for
          the reverse. The weighted tau gives a swap of ranks r and s the weight 1/r + 1/s.
        - rbo, top: extrapolated rank-biased overlap of the top ranks, 0 to 1, and its depth.
        - footrule, footrule_share: sum of places moved; the same as a share of its maximum.
        - dagostino_dardanoni: sum of squared places moved, as a share of its maximum; without
          ties (1 - spearman) / 2.
        - up, down, unmoved: head-count of units by the sign of their rank change.
        - head_count: (up + down) / units.
        - mean_step, mean_rise: mean of places moved; mean of rises less falls.

        Correlations and overlap of a region rank its units among themselves; they are NaN where
        a ranking is all ties or has one unit. The other measures count places of the whole table,
        and footrule, its share, dagostino_dardanoni and the head-counts of the regions add up to
        those of "all". Places are mid-ranks in footrule and dagostino_dardanoni, competition ranks
        in the head-counts and steps.

    Raises
    ------
    ValueError
        For infinite values, repeated or missing units, and parameters out of range.

    References
    ----------
    D'Agostino and Dardanoni (2009), doi 10.1016/j.jet.2008.11.003 (squared places, also of
    subgroups); Bossert, Can and D'Ambrosio (2018), doi 10.1111/ecca.12256 (head-count); Vigna
    (2015), doi 10.1145/2736277.2741088 (weighted tau); Webber, Moffat and Zobel (2010),
    doi 10.1145/1852102.1852106 (rank-biased overlap).
    """
    if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
        raise ValueError(f"top is {top!r}; expected a whole number of at least 1")
    if not 0 < persistence < 1:
        raise ValueError(f"persistence is {persistence!r}; expected a number between 0 and 1")
    pairs = pair_units(before, after, best)
    rows = {
        scope: {
            "units": int(inside.sum()),
            "dropped": len(pairs.dropped),
            **_correlate(pairs, inside),
            **_overlap(pairs, inside, int(top), persistence),
            **_count_places(pairs, inside),
        }
        for scope, inside in iterate_scopes(pairs, regions)
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("scope")
    return table.astype(dict.fromkeys(COUNTS, "int64"))


def _correlate(pairs: Pairs, inside: Bools) -> dict[str, float]:
    first, second = pairs.before_mid[inside], pairs.after_mid[inside]
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return {"kendall_tau_b": np.nan, "weighted_tau": np.nan, "spearman": np.nan}
    return {
        "kendall_tau_b": float(scipy.stats.kendalltau(first, second).statistic),
        # The weights go to the largest values, so the best rank has to be the largest.
        "weighted_tau": float(scipy.stats.weightedtau(-first, -second).statistic),
        "spearman": float(
            np.corrcoef(scipy.stats.rankdata(first), scipy.stats.rankdata(second))[0, 1]
        ),
    }


def _overlap(pairs: Pairs, inside: Bools, top: int, persistence: float) -> dict[str, float]:
    first, second = (
        competition_ranks(-ranks[inside]).astype(np.int64) for ranks in (pairs.before, pairs.after)
    )
    depth = min(top, first.size)
    return {"rbo": overlap_of_ranks(first, second, depth, persistence), "top": depth}


def overlap_of_ranks(first: Ints, second: Ints, depth: int, persistence: float) -> float:
    """Extrapolated rank-biased overlap of two rankings of the same units, down to a depth.

    The agreement at depth d is 2 |S n T| / (|S| + |T|), where S and T hold the units ranked d or
    better, ties included; below `depth` the agreement reached there is taken to go on.

    Parameters
    ----------
    first, second
        Competition ranks, shape (n,), 1 is best.
    depth, persistence
        Last rank looked at, and p; 0 < p < 1.

    References
    ----------
    Webber, Moffat and Zobel (2010), doi 10.1145/1852102.1852106, equation 32 and their rule for
    ties.
    """
    # A unit is within both rankings' first d ranks from the worse of its two ranks on.
    in_first, in_second, in_both = (
        np.bincount(ranks, minlength=depth + 1)[: depth + 1].cumsum()[1:]
        for ranks in (first, second, np.maximum(first, second))
    )
    agreement = 2 * in_both / (in_first + in_second)
    weights = (1 - persistence) * persistence ** np.arange(depth)
    return float(weights @ agreement + agreement[-1] * persistence**depth)


def _count_places(pairs: Pairs, inside: Bools) -> dict[str, float]:
    n = pairs.before.size
    places: Floats = np.abs(pairs.before_mid - pairs.after_mid)[inside]
    rise = (pairs.before - pairs.after)[inside]
    up, down = int((rise > 0).sum()), int((rise < 0).sum())
    farthest, farthest_squared = n**2 // 2, n * (n**2 - 1) / 3
    return {
        "footrule": float(places.sum()),
        "footrule_share": float(places.sum() / farthest) if n > 1 else np.nan,
        "dagostino_dardanoni": float(places @ places / farthest_squared) if n > 1 else np.nan,
        "up": up,
        "down": down,
        "unmoved": rise.size - up - down,
        "head_count": (up + down) / rise.size,
        "mean_step": float(np.abs(rise).mean()),
        "mean_rise": float(rise.mean()),
    }
