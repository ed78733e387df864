"""What a new set of weights did on its own, at a break of the scheme."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.methods.attribute.align import Weights, align, read_weights
from helpers.methods.attribute.split import own_and_others
from helpers.methods.ranking import TOLERANCE, Floats


def reweighting(
    before: pd.DataFrame,
    after: pd.DataFrame,
    weights_before: Weights,
    weights_after: Weights,
    *,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Split rank changes across a break into the scheme's effect and the data's.

    Both years are scored under both schemes (weighted arithmetic means). The scheme's
    effect is the change from old to new weights on the same data, the data's effect the
    change from old to new data under the same weights, each the mean over the two years or
    schemes that could be held: the Shapley value of two players. The data's effect splits
    further into own and others' effect, the mean of `own_and_others` under both schemes.

    Parameters
    ----------
    before, after : (n, p) frames
        Indicators of the units in two years, on scales that mean the same in both.
    weights_before, weights_after : mapping or Series
        The points of each scheme, for all columns; 0 where a scheme does not use one.

    Returns
    -------
    DataFrame
        One row per unit: ``rank_from`` (old data, old weights), ``rank_to`` (new data, new
        weights), ``change``, ``rank_scheme_only`` (old data, new weights),
        ``rank_data_only`` (new data, old weights) as Int64; ``scheme_effect``,
        ``data_effect`` (halves), ``own_effect``, ``others_effect`` (quarters) as float64.
        ``scheme_effect + data_effect == change`` and ``own_effect + others_effect ==
        data_effect`` without rounding.

    Raises
    ------
    ValueError
        If tables or weights do not fit, or weights are negative or all zero.

    Notes
    -----
    A unit that lacks an indicator which either scheme uses cannot be scored under both: it
    is left out of that year's table, so ranks are those among the units that can be, and
    everything that needs the year is missing for it. Where that happens ``rank_from`` and
    ``rank_to`` can differ from the published ranks.
    """
    tables = align(before, after)
    if tables.columns is None:
        raise ValueError("one column given: expected a frame of indicators to weigh")
    old_weights = read_weights(weights_before, tables.columns, "weights_before")
    new_weights = read_weights(weights_after, tables.columns, "weights_after")
    used = (old_weights > 0) | (new_weights > 0)

    def split(weights: Floats) -> pd.DataFrame:
        shares = weights[used] / weights.sum()
        old, new = tables.before[:, used] @ shares, tables.after[:, used] @ shares
        return own_and_others(old, new, tolerance=tolerance).set_axis(tables.units)

    first, second = split(old_weights), split(new_weights)
    change = first["rank_from"] - second["rank_to"]
    data = _halve(first["change"] + second["change"])
    return pd.DataFrame(
        {
            "rank_from": first["rank_from"],
            "rank_to": second["rank_to"],
            "change": change,
            "rank_scheme_only": second["rank_from"],
            "rank_data_only": first["rank_to"],
            "scheme_effect": change.to_numpy(dtype=np.float64, na_value=np.nan) - data,
            "data_effect": data,
            "own_effect": (first["own_effect"] + second["own_effect"]) / 2,
            "others_effect": (first["others_effect"] + second["others_effect"]) / 2,
        }
    )


def _halve(counts: pd.Series) -> Floats:
    return counts.to_numpy(dtype=np.float64, na_value=np.nan) / 2
