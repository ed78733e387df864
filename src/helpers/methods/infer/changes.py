"""Confidence sets for the change of a rank between two tables of estimates.

The rank sets are those of Mogstad, Romano, Shaikh and Wilhelm (2023), "Inference for Ranks with
Applications to Mobility across Neighbourhoods and Academic Achievement across Countries", Review
of Economic Studies, doi 10.1093/restud/rdad006. They treat one table; putting two of its sets
together is ours. Each table may fail with half the chance that the change may, so both hold
with the level asked for however the errors of the two tables hang together: what the same survey
gets wrong in both years does no harm. Were they independent, the level of each could be
the square root instead, which is all but the same (0.9747 in place of 0.975).
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from helpers.methods.infer.inputs import check_level
from helpers.methods.infer.sets import rank_confidence_sets


def level_of_each(level: float) -> float:
    """Return the level of the rank sets of two tables that together hold at `level`."""
    check_level(level)
    return 1 - (1 - level) / 2


def change_sets(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Bound the change of rank of every unit of two tables by the sets of its ranks.

    Parameters
    ----------
    before, after
        lower, rank, upper by unit, at `level_of_each` of the level wanted for the change; units
        may enter and leave.

    Returns
    -------
    pandas.DataFrame
        lower, change and upper (int64) of the units of both tables, in the order of `after`;
        change = rank before - rank after, so a rise is positive; lower <= change <= upper.
    """
    shared = after.index.intersection(before.index, sort=False)
    first, last = before.loc[shared], after.loc[shared]
    return pd.DataFrame(
        {
            "lower": first["lower"] - last["upper"],
            "change": first["rank"] - last["rank"],
            "upper": first["upper"] - last["lower"],
        }
    )


def rank_change_confidence_sets(
    before: tuple[ArrayLike | pd.Series, ArrayLike | pd.Series | pd.DataFrame],
    after: tuple[ArrayLike | pd.Series, ArrayLike | pd.Series | pd.DataFrame],
    *,
    level: float = 0.95,
    **options: Any,
) -> pd.DataFrame:
    """Bound the change of rank of every unit between two tables.

    Parameters
    ----------
    before, after
        Estimates, shape (p,), and their standard errors or covariance, as for
        `rank_confidence_sets`. Units that one table lacks count in the ranks of the other.
    level
        Chance that a set covers the true change (marginal), or all sets do (simultaneous).
    **options
        Those of `rank_confidence_sets` but for `sided`.

    Returns
    -------
    pandas.DataFrame
        As `change_sets`.

    Raises
    ------
    ValueError
        As `rank_confidence_sets`.

    Notes
    -----
    With true scores that tie or nearly tie, the sets hold all the same: equal units are found
    to differ as rarely as in one table. Where units differ clearly in both years the sets are
    wider than the level asks for.
    """
    each = level_of_each(level)
    return change_sets(
        rank_confidence_sets(*before, level=each, **options),
        rank_confidence_sets(*after, level=each, **options),
    )
