"""What each pillar and indicator does to the ranking: the index without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.methods.robust.inputs import Inputs, assemble
from helpers.methods.robust.model import Model
from helpers.methods.robust.weights import active_edges


def drop_one(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    *,
    children: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Leave out each node in turn, its siblings taking over its weight, and compare the ranks.

    Parameters
    ----------
    data, structure
        As in `uncertainty_analysis`.
    children : sequence of str, optional
        Nodes to leave out; default every composite and indicator below the target that does not
        take the whole index with it.

    Returns
    -------
    frame indexed by the node left out
        level (1 indicators, 2 their parents, ...), mean_abs_shift and max_abs_shift of the ranks
        over the units, moved (units whose rank differs).

    Raises
    ------
    ValueError
        As in `build`; or nothing remains without a node asked for.
    """
    given = assemble(data, structure)
    chosen = given.nominal
    if chosen.leave_out is not None:
        raise ValueError(f"nominal already leaves out {chosen.leave_out}; pass leave_out=None")
    model = Model(given)
    base = model.run(chosen).ranks[0]
    below = [n for n in (*model.tree.composites, *model.tree.leaves) if n != model.tree.target]
    rows = {}
    for node in below if children is None else children:
        if children is None and not _remains(model, node):
            continue
        ranks = model.run(replace(chosen, leave_out=node)).ranks[0]
        shift = np.abs(ranks.astype(np.int32) - base)
        level = model.tree.levels[node]
        rows[node] = level, shift.mean(), int(shift.max()), int((shift > 0).sum())
    columns = ["level", "mean_abs_shift", "max_abs_shift", "moved"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("left_out")


def _remains(model: Model, node: str) -> bool:
    try:
        active_edges(model.tree, node)
    except ValueError:
        return False
    return True
