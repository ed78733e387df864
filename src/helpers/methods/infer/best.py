"""Which units may be among the best or the worst: projections of simultaneous rank sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.methods.infer.inputs import require
from helpers.methods.infer.sets import Best, rank_confidence_sets


def tau_best_set(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    *,
    tau: int,
    **options: Any,
) -> pd.Series:
    """Say which units may be among the `tau` best: together they hold all of those, at `level`.

    The set is the projection of the simultaneous lower bounds: a unit is in it if its bound is at
    most `tau`.

    Parameters
    ----------
    estimates, std_errors, **options
        Those of `rank_confidence_sets`, but for `kind` and `sided`.
    tau
        How many are the best.

    Returns
    -------
    pandas.Series
        bool, named "in_set", with the index of the estimates.

    Raises
    ------
    ValueError
        As `rank_confidence_sets`, and for a tau that is not a whole number from 1 to p.
    """
    sets = rank_confidence_sets(
        estimates, std_errors, kind="simultaneous", sided="lower", **options
    )
    if isinstance(tau, bool) or not isinstance(tau, (int, np.integer)) or not 1 <= tau <= len(sets):
        raise ValueError(f"tau is {tau!r}; expected a whole number from 1 to {len(sets)}")
    return (sets["lower"] <= tau).rename("in_set")


def tau_worst_set(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    *,
    tau: int,
    best: Best = "high",
    **options: Any,
) -> pd.Series:
    """Say which units may be among the `tau` worst; see `tau_best_set`."""
    require(best, ("high", "low"), "best")
    turned = "low" if best == "high" else "high"
    return tau_best_set(estimates, std_errors, tau=tau, best=turned, **options)


def best_set(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    **options: Any,
) -> pd.Series:
    """Say which units may be the best one: `tau_best_set` with tau = 1."""
    return tau_best_set(estimates, std_errors, tau=1, **options)
