"""Outliers pulled in, and indicators brought to a common scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from helpers.methods.ranking import Floats
from helpers.methods.robust.options import Normalisation

SKEW_LIMIT = 2.0
KURTOSIS_LIMIT = 3.5


def skew_and_kurtosis(x: Floats) -> tuple[float, float]:
    """Return the bias-corrected skewness and excess kurtosis of `x`, shape (n,), n >= 4.

    The definitions are those of pandas and of the spreadsheets (G1 and G2 of Joanes and Gill,
    The Statistician 47, 1998). A constant gives zeros.
    """
    n = len(x)
    centred = x - x.mean()
    spread = np.abs(centred).max()
    if spread == 0:
        return 0.0, 0.0
    centred = centred / spread
    m2, m3, m4 = (float(np.mean(centred**k)) for k in (2, 3, 4))
    skew = m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return float(skew), float(kurtosis)


def winsorise(matrix: Floats, points: int) -> Floats:
    """Pull in up to `points` outlying values of each indicator, shape (units, indicators).

    While |skewness| > 2 and kurtosis > 3.5, the values at the longer tail's end are set to the
    next value inwards, one end at a time: the rule of the R package COINr, without its logarithm
    for indicators that remain skewed after that. An indicator with only two distinct values is
    left as it is, as pulling in would make it a constant; so is one of fewer than four units.
    """
    if points == 0 or len(matrix) < 4:
        return matrix
    out = matrix.copy()
    for j in range(out.shape[1]):
        out[:, j] = _winsorise_one(out[:, j], points)
    return out


def _winsorise_one(x: Floats, points: int) -> Floats:
    moved = np.zeros(len(x), dtype=bool)
    while moved.sum() < points:
        skew, kurtosis = skew_and_kurtosis(x)
        if abs(skew) <= SKEW_LIMIT or kurtosis <= KURTOSIS_LIMIT:
            break
        sign = 1.0 if skew >= 0 else -1.0
        signed = sign * x
        at_end = signed == signed.max()
        inner = signed[~at_end]
        if inner.max() == inner.min():
            break
        x = np.where(at_end, sign * inner.max(), x)
        moved |= at_end
    return x


def normalise(
    matrix: Floats, directions: Floats, scale: Normalisation, names: Sequence[str]
) -> Floats:
    """Bring a complete (units, indicators) matrix to a common scale on which more is better.

    Raises
    ------
    ValueError
        An indicator is constant under ``min-max`` or ``z-score``, or not positive under
        ``distance``; the message names it.
    """
    if scale.method == "none":
        return matrix * directions
    if scale.method == "distance":
        return _ratio_to_best(matrix, directions, names)
    signed = matrix * directions
    if scale.method in ("rank", "percentile"):
        ranks = np.asarray(scipy.stats.rankdata(signed, axis=0), dtype=float)
        return ranks if scale.method == "rank" else np.asarray((ranks - 1) / (len(matrix) - 1))
    a, b = float(scale.a or 0.0), float(scale.b or 0.0)
    low, high = signed.min(axis=0), signed.max(axis=0)
    if (low == high).any():
        name = names[int(np.flatnonzero(low == high)[0])]
        raise ValueError(
            f"{name} is the same for all units, so {scale.method} is undefined; leave it out "
            "of the structure or normalise by rank"
        )
    # Both start from the share of the range, which keeps squares of huge values in range.
    relative: Floats = (signed - low) / (high - low)
    if scale.method == "min-max":
        return np.asarray(a + relative * (b - a))
    return np.asarray(a + (relative - relative.mean(axis=0)) / relative.std(axis=0, ddof=1) * b)


def _ratio_to_best(matrix: Floats, directions: Floats, names: Sequence[str]) -> Floats:
    if (matrix <= 0).any():
        j = int(np.argwhere(matrix <= 0)[0][1])
        raise ValueError(
            f"{names[j]} has values <= 0, which have no ratio to the best; use min-max or rank"
        )
    best = np.where(directions > 0, matrix / matrix.max(axis=0), matrix.min(axis=0) / matrix)
    return np.asarray(best)
