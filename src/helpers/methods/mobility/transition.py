"""Who moved from which fifth of the table to which."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.methods.mobility.pairs import Best, iterate_scopes, pair_units
from helpers.methods.ranking import Ints


def classify(ranks: Ints, classes: int) -> Ints:
    """Cut competition ranks into classes of about equal size, 1 the best.

    A unit of rank r among n belongs to class 1 + floor((r - 1) * classes / n). Ties share a rank
    and so a class, the better one; a class may then be larger than the others, or empty.
    """
    return 1 + (ranks - 1) * classes // ranks.size


def transition(
    before: ArrayLike | pd.Series,
    after: ArrayLike | pd.Series,
    classes: int = 5,
    *,
    regions: pd.Series | Mapping[object, object] | None = None,
    best: Best = "low",
) -> pd.DataFrame:
    """Count the moves between classes of the table (fifths, by default) from one year to another.

    Parameters
    ----------
    before, after, regions, best
        As in `movement`. The classes are those of the whole table, also for a region.
    classes
        Number of classes, from 2 to the number of units; see `classify` for ties.

    Returns
    -------
    pandas.DataFrame
        scope, class_from, class_to (1 is the best class), count and rate, classes**2 rows a
        scope. The rates of one class_from sum to 1; they are NaN where the class is empty.

    Raises
    ------
    ValueError
        As `movement`, and for a number of classes out of range.
    """
    pairs = pair_units(before, after, best)
    n = len(pairs.units)
    if isinstance(classes, bool) or not isinstance(classes, (int, np.integer)) or classes < 2:
        raise ValueError(f"classes is {classes!r}; expected a whole number of at least 2")
    if classes > n:
        raise ValueError(f"classes is {classes}, but there are only {n} units with both years")
    first, second = classify(pairs.before, classes), classify(pairs.after, classes)
    parts = []
    labels = np.arange(1, classes + 1)
    for scope, inside in iterate_scopes(pairs, regions):
        counts = np.zeros((classes, classes), dtype=np.int64)
        np.add.at(counts, (first[inside] - 1, second[inside] - 1), 1)
        leavers = counts.sum(axis=1, keepdims=True)
        rates = np.divide(counts, leavers, out=np.full(counts.shape, np.nan), where=leavers > 0)
        columns = {
            "scope": scope,
            "class_from": np.repeat(labels, classes),
            "class_to": np.tile(labels, classes),
            "count": counts.ravel(),
            "rate": rates.ravel(),
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
