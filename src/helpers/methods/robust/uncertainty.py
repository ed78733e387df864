"""The index and its ranks under other choices: nominal build, uncertainty, chance of a rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.robust import aggregate
from helpers.methods.robust.inputs import Inputs, assemble
from helpers.methods.robust.model import (
    Model,
    choose_assumptions,
    common_units,
    design_at_random,
    rank_changes,
    read_years,
)
from helpers.methods.robust.options import Assumption, Options

BAND = (0.05, 0.95)


def build(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    options: Options | None = None,
    *,
    target: str | None = None,
) -> pd.DataFrame:
    """Build an index and all its levels.

    Values are divided by their denominators, imputed, winsorised, normalised with direction and
    aggregated level by level, as `options` say.

    Parameters
    ----------
    data : frame or Inputs
        One row per unit (the index), one numeric column per indicator; further columns
        (denominators, groups) may stand beside them. Or all that is asked for, assembled.
    structure : frame
        Columns indicator, parent, weight, and if wanted direction (1, -1) and denominator.
    options : Options, optional
        Default: nothing but the weighted arithmetic mean.
    target : str, optional
        Composite to build; default ``overall``, else the only root.

    Returns
    -------
    frame of shape (units, nodes)
        The target, the composites below it from the top down, the normalised indicators. Nodes
        that are left out are missing.

    Raises
    ------
    ValueError
        Unusable data, structure or options; the message names indicator, unit and the mend.
    """
    model = Model(assemble(data, structure, options, target))
    chosen = model.nominal
    shares, values = model.node_values(chosen)
    reached = {model.tree.target}
    for share, parent, child in zip(shares, model.tree.parents, model.tree.children, strict=True):
        if share > 0 and parent in reached:
            reached.add(child)
    nodes = [n for n in (*model.tree.composites, *model.tree.leaves) if n in reached]
    scores = {n: aggregate.restore(values[n].copy(), chosen.aggregation) for n in nodes}
    return pd.DataFrame(scores, index=model.units)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Scores and ranks of an index under sampled choices.

    Attributes
    ----------
    target : str
    nominal : frame, one row per unit
        score, rank.
    samples : frame, one row per replicate
        The alternative taken of every assumption, and weight_draw.
    weights : frame of shape (replicates, edges)
        The weights every replicate used; columns (parent, indicator), sums as in the structure.
    ranks : frame of shape (replicates, units)
        Competition ranks, int16 or int32.
    scores : frame of shape (replicates, units), or None if not kept
    """

    target: str
    nominal: pd.DataFrame
    samples: pd.DataFrame
    weights: pd.DataFrame
    ranks: pd.DataFrame
    scores: pd.DataFrame | None

    def summary(self) -> pd.DataFrame:
        """Return nominal, mean, median, q05 and q95 of the rank, one row per unit."""
        return summarise(self.ranks.to_numpy(), self.nominal["rank"])


def summarise(values: npt.NDArray[np.signedinteger], nominal: pd.Series) -> pd.DataFrame:
    """Summarise (replicates, units) integers per unit; quantiles are interpolated linearly."""
    rows, n = values.shape
    parts = []
    for block in np.array_split(np.arange(n), -(-n * rows // (1 << 24))):
        low, median, high = np.quantile(values[:, block], (BAND[0], 0.5, BAND[1]), axis=0)
        mean = values[:, block].mean(axis=0, dtype=float)
        parts.append(np.column_stack([mean, median, low, high]))
    out = pd.DataFrame(
        np.vstack(parts), index=nominal.index, columns=["mean", "median", "q05", "q95"]
    )
    out.insert(0, "nominal", nominal)
    return out


def uncertainty_analysis(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    *,
    assumptions: Sequence[Assumption] | None = None,
    nominal: Options | None = None,
    target: str | None = None,
    replicates: int = 1000,
    seed: int = 0,
    keep_scores: bool = True,
) -> Uncertainty:
    """Recompute an index under randomly combined choices (uncertainty analysis).

    In every replicate each assumption takes one of its alternatives at random, all else being as
    in `nominal` (Saisana, Saltelli and Tarantola, 2005, doi 10.1111/j.1467-985X.2005.00350.x;
    OECD/JRC Handbook on Constructing Composite Indicators, 2008, ISBN 978-92-64-04345-9).

    Parameters
    ----------
    data, structure, target
        As in `build`.
    assumptions : sequence of Assumption, optional
        Default: three normalisations, weights with 25 % noise, arithmetic or geometric mean;
        of inputs that are scores already also these as they stand.
    nominal : Options, optional
        The choices the index was built with; default as in `build`.
    replicates : int
    seed : int
        The same seed gives the same result.
    keep_scores : bool
        False saves 8 bytes per replicate and unit.

    Returns
    -------
    Uncertainty

    Raises
    ------
    ValueError
        As in `build`, under any of the combinations drawn.
    """
    given = assemble(data, structure, nominal, target)
    model = Model(given)
    design = design_at_random(choose_assumptions(assumptions, given), replicates, seed)
    base = model.run(model.nominal)
    run = model.evaluate(design, keep_scores=keep_scores)
    assert base.scores is not None
    units = model.units
    return Uncertainty(
        target=model.tree.target,
        nominal=pd.DataFrame({"score": base.scores[0], "rank": base.ranks[0]}, index=units),
        samples=design.frame(),
        weights=pd.DataFrame(run.weights, columns=model.tree.edge_labels()),
        ranks=pd.DataFrame(run.ranks, columns=units),
        scores=None if run.scores is None else pd.DataFrame(run.scores, columns=units),
    )


def probability_of_rise(
    earlier: pd.DataFrame | Inputs,
    later: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    *,
    assumptions: Sequence[Assumption] | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Say how often each unit rises when the same sampled choices are applied to both years.

    Each year is treated and normalised on its own, as its index would have been.

    Parameters
    ----------
    earlier, later : frame or Inputs
        Units in any order; each year's are ranked among themselves. Of `Inputs` the weights may
        differ; composites and indicators must not.
    structure : frame
        That of frames.

    Returns
    -------
    frame, one row per unit of both years
        nominal (rank_from - rank_to, > 0 is a rise), p_rise, p_same, p_fall (sum 1), and mean,
        median, q05, q95 of the change.

    Raises
    ------
    ValueError
        As in `build`; or the years differ in composites or indicators, or share no unit.
    """
    pair = assemble(earlier, structure), assemble(later, structure)
    years = read_years(*pair)
    design = design_at_random(choose_assumptions(assumptions, *pair), replicates, seed)
    change, base = rank_changes(years, design)
    out = summarise(change, pd.Series(base[0], index=common_units(years)))
    out.insert(1, "p_rise", (change > 0).mean(axis=0))
    out.insert(2, "p_same", (change == 0).mean(axis=0))
    out.insert(3, "p_fall", (change < 0).mean(axis=0))
    return out
