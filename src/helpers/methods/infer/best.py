"""Which units may be among the best or the worst: projections of simultaneous rank sets."""

from __future__ import annotations

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
    level: float = 0.95,
    step_down: bool = True,
    draws: int = 1000,
    seed: int = 0,
    best: Best = "high",
) -> pd.Series:
    """Say which units may be among the `tau` best: together they hold all of those, at `level`.

    The set is the projection of the simultaneous lower bounds: a unit is in it if its bound is at
    most `tau`. Parameters are those of `rank_confidence_sets`.

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
        estimates,
        std_errors,
        level=level,
        kind="simultaneous",
        sided="lower",
        step_down=step_down,
        draws=draws,
        seed=seed,
        best=best,
    )
    if isinstance(tau, bool) or not isinstance(tau, (int, np.integer)) or not 1 <= tau <= len(sets):
        raise ValueError(f"tau is {tau!r}; expected a whole number from 1 to {len(sets)}")
    return (sets["lower"] <= tau).rename("in_set")


def tau_worst_set(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    *,
    tau: int,
    level: float = 0.95,
    step_down: bool = True,
    draws: int = 1000,
    seed: int = 0,
    best: Best = "high",
) -> pd.Series:
    """Say which units may be among the `tau` worst; see `tau_best_set`."""
    require(best, ("high", "low"), "best")
    return tau_best_set(
        estimates,
        std_errors,
        tau=tau,
        level=level,
        step_down=step_down,
        draws=draws,
        seed=seed,
        best="low" if best == "high" else "high",
    )


def best_set(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    *,
    level: float = 0.95,
    step_down: bool = True,
    draws: int = 1000,
    seed: int = 0,
    best: Best = "high",
) -> pd.Series:
    """Say which units may be the best one: `tau_best_set` with tau = 1."""
    return tau_best_set(
        estimates,
        std_errors,
        tau=1,
        level=level,
        step_down=step_down,
        draws=draws,
        seed=seed,
        best=best,
    )
