"""The index and its ranks under other choices: nominal build, uncertainty, chance of a rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.robust import aggregate, inputs
from helpers.methods.robust.model import Model, design_at_random
from helpers.methods.robust.options import Assumption, Options, scored_assumptions

BAND = (0.05, 0.95)


def build(
    data: pd.DataFrame | str,
    structure: pd.DataFrame | None = None,
    options: Options | None = None,
    *,
    target: str | None = None,
    year: int | None = None,
    unit_set: str | None = None,
) -> pd.DataFrame:
    """Build an index and all its levels.

    Values are divided by their denominators, imputed, winsorised, normalised with direction and
    aggregated level by level, as `options` say.

    Parameters
    ----------
    data : frame or str
        One row per unit (the index), one numeric column per indicator; further columns
        (denominators, groups) may stand beside them. Or the name of an index in the catalogue,
        then without `structure`: its processed scores of a year are read, as parts that are
        known of all units (see `helpers.tables.headline`).
    structure : frame
        Columns indicator, parent, weight, and if wanted direction (1, -1) and denominator.
    options : Options, optional
        Default: nothing but the weighted arithmetic mean.
    target : str, optional
        Composite to build; default ``overall``, else the only root.
    year, unit_set : optional
        Of an index given by name: default its newest full table of its default unit's unit set.

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
    source = inputs.resolve(data, structure, options, year, unit_set)
    model, chosen = Model(source.frame, source.structure, source.nominal, target), source.nominal
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
    data: pd.DataFrame | str,
    structure: pd.DataFrame | None = None,
    *,
    assumptions: Sequence[Assumption] | None = None,
    nominal: Options | None = None,
    target: str | None = None,
    year: int | None = None,
    unit_set: str | None = None,
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
    data, structure, target, year, unit_set
        As in `build`.
    assumptions : sequence of Assumption, optional
        Default: three normalisations, weights with 25 % noise, arithmetic or geometric mean;
        for an index by name also its scores as they stand.
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
    source = inputs.resolve(data, structure, nominal, year, unit_set)
    model = Model(source.frame, source.structure, source.nominal, target)
    design = design_at_random(assume(assumptions, source), replicates, seed)
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
    earlier: pd.DataFrame | str,
    later: pd.DataFrame | None = None,
    structure: pd.DataFrame | None = None,
    *,
    structure_later: pd.DataFrame | None = None,
    assumptions: Sequence[Assumption] | None = None,
    nominal: Options | None = None,
    target: str | None = None,
    years: tuple[int, int] | None = None,
    unit_set: str | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Say how often each unit rises when the same sampled choices are applied to both years.

    Each year is treated and normalised on its own, as its index would have been.

    Parameters
    ----------
    earlier, later : frame
        The same units in both, in any order. Or the name of an index in the catalogue as
        `earlier`, with `years` (from, to) and, if wanted, `unit_set`.
    structure_later : frame, optional
        Structure of the later year if its weights differ; composites and indicators must not.

    Returns
    -------
    frame, one row per unit
        nominal (rank_from - rank_to, > 0 is a rise), p_rise, p_same, p_fall (sum 1), and mean,
        median, q05, q95 of the change.

    Raises
    ------
    ValueError
        As in `build`; or the years differ in units, composites or indicators.
    """
    pair = inputs.resolve_years(
        earlier, later, structure, structure_later, nominal, years, unit_set
    )
    design = design_at_random(assume(assumptions, *pair), replicates, seed)
    first, second = year_models(*pair, target)
    # Ranks are at least 1, so their differences fit the type they come in.
    change = first.evaluate(design, keep_scores=False).ranks
    change -= second.evaluate(design, keep_scores=False).ranks
    base = first.run(first.nominal).ranks[0] - second.run(second.nominal).ranks[0]
    out = summarise(change, pd.Series(base, index=first.units))
    out.insert(1, "p_rise", (change > 0).mean(axis=0))
    out.insert(2, "p_same", (change == 0).mean(axis=0))
    out.insert(3, "p_fall", (change < 0).mean(axis=0))
    return out


def assume(
    assumptions: Sequence[Assumption] | None, *sources: inputs.Source
) -> Sequence[Assumption] | None:
    """Return the assumptions given, else those that suit the sources."""
    if assumptions is None and all(source.scored for source in sources):
        return scored_assumptions(*(source.frame for source in sources))
    return assumptions


def year_models(
    earlier: inputs.Source, later: inputs.Source, target: str | None
) -> tuple[Model, Model]:
    """Return the models of two years over the same units and the same edges."""
    first = Model(earlier.frame, earlier.structure, earlier.nominal, target)
    aligned = inputs.align_years(first.frame, later.frame)
    second = Model(aligned, later.structure, later.nominal, target)
    one, two = (list(zip(m.tree.parents, m.tree.children, strict=True)) for m in (first, second))
    if one != two:
        odd = sorted(set(one) ^ set(two)) or [("", "the order of rows")]
        raise ValueError(
            f"the structures of the two years differ in {odd[0][1]} under {odd[0][0]!r}; "
            "compare them on the composites and indicators they share, in the same order"
        )
    return first, second
