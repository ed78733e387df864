"""Indicators to composites, for many replicates at once.

The three means are one: each is the weighted arithmetic mean of values put through a function
(identity, logarithm, minus the reciprocal) and taken back at the end. As the kind of mean is the
same at every level, going down the tree only multiplies shares, and the scores of all replicates
are one matrix product of effective weights and transformed indicators.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.ranking import Floats
from helpers.methods.robust.structure import Tree


def transform(
    values: Floats,
    aggregation: str,
    names: Sequence[str],
    units: pd.Index,
    used: npt.NDArray[np.bool_],
) -> Floats:
    """Put (units, L) normalised indicators through the function of a mean.

    Parameters
    ----------
    used : array of bool, shape (L,)
        Indicators that enter the mean; the others become 0 and are not checked.

    Returns
    -------
    array of shape (units, L)

    Raises
    ------
    ValueError
        A value <= 0 under ``geometric`` or ``harmonic``; the message names indicator and unit.
    """
    if aggregation == "arithmetic":
        return values * used
    bad = (values <= 0) & used
    if bad.any():
        i, j = (int(x) for x in np.argwhere(bad)[0])
        raise ValueError(
            f"{names[j]} of unit {units[i]} is {values[i, j]:g} after normalisation, but a "
            f"{aggregation} mean needs positive values; use min-max 1 to 100 or an arithmetic mean"
        )
    safe = np.where(used, values, 1.0)
    return (np.log(safe) if aggregation == "geometric" else -1.0 / safe) * used


def restore(values: Floats, aggregation: str) -> Floats:
    """Take means of transformed values back to the scale of the indicators; may work in place."""
    if aggregation == "geometric":
        return np.exp(values, out=values)
    if aggregation == "harmonic":
        return np.divide(-1.0, values, out=values)
    return values


def effective_weights(tree: Tree, shares: Floats) -> Floats:
    """Multiply (replicates, E) shares down the tree; shape (replicates, L), rows sum to 1."""
    n = len(shares)
    at: dict[str, Floats] = {tree.target: np.ones(n)}
    for e, (parent, child) in enumerate(zip(tree.parents, tree.children, strict=True)):
        part = at[parent] * shares[:, e]
        at[child] = at[child] + part if child in at else part
    return np.column_stack([at[leaf] for leaf in tree.leaves])


def node_values(tree: Tree, shares: Floats, transformed: Floats) -> dict[str, Floats]:
    """Return the transformed value of every node for one set of (E,) shares."""
    values = {leaf: transformed[:, j] for j, leaf in enumerate(tree.leaves)}
    for parent, block in reversed(tree.blocks()):
        kids = np.column_stack([values[child] for child in tree.children[block]])
        values[parent] = kids @ shares[block]
    return values
