"""An index as a function of its choices, evaluated for many replicates at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.ranking import Floats, competition_ranks, margin
from helpers.methods.robust import aggregate, scales, weights
from helpers.methods.robust.inputs import Inputs, impute, raw_matrix
from helpers.methods.robust.options import (
    Assumption,
    Dirichlet,
    Noise,
    Options,
    default_assumptions,
    scored_assumptions,
)
from helpers.methods.robust.structure import Tree, read_structure

Ranks = npt.NDArray[np.signedinteger]

# Elements of the largest work array: replicates are taken in chunks of this many scores.
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Design:
    """Which alternative every replicate takes.

    Attributes
    ----------
    assumptions : tuple of Assumption
        The d choices in doubt.
    choices : int array of shape (R, d)
        Position of the alternative taken.
    draws : int array of shape (R,)
        Which set of random weights a replicate takes, below `pool`.
    pool : int
        How many sets of weights are drawn.
    seed : int
    """

    assumptions: tuple[Assumption, ...]
    choices: npt.NDArray[np.intp]
    draws: npt.NDArray[np.intp]
    pool: int
    seed: int

    def frame(self) -> pd.DataFrame:
        """Return the choices in words, and the number of the set of weights drawn."""
        columns: dict[str, object] = {}
        for k, assumption in enumerate(self.assumptions):
            if assumption.field == "winsorised_points":
                columns[assumption.field] = np.array(assumption.alternatives)[self.choices[:, k]]
                continue
            words = ["none" if x is None else str(x) for x in assumption.alternatives]
            columns[assumption.field] = pd.Categorical(
                np.array(words, dtype=object)[self.choices[:, k]], list(dict.fromkeys(words))
            )
        return pd.DataFrame({**columns, "weight_draw": self.draws})


@dataclass(frozen=True, slots=True)
class Run:
    """Scores (or None), competition ranks and weights of every replicate, as arrays."""

    scores: Floats | None
    ranks: Ranks
    weights: Floats


def rank_type(units: int) -> type[np.signedinteger]:
    """Return the smallest type that holds the ranks of so many units."""
    return np.int16 if units <= np.iinfo(np.int16).max else np.int32


class Model:
    """`Inputs` read and ready to be evaluated under any `Options`.

    Work that replicates share (imputed, treated and normalised indicators) is done once.
    """

    def __init__(self, given: Inputs) -> None:
        if not isinstance(given.nominal.weights, str):
            raise ValueError(
                f"nominal weights are random ({given.nominal.weights}); make them an assumption"
            )
        self.frame = given.frame
        self.units = given.frame.index
        self.tree: Tree = read_structure(given.structure, given.target)
        self.nominal = given.nominal
        self._raw = raw_matrix(given.frame, self.tree)
        self._normalised: dict[tuple[object, ...], Floats] = {}

    def normalised(self, options: Options) -> Floats:
        """Return the indicators imputed, treated and normalised, shape (units, L)."""
        scale = options.scale
        key = (options.imputation, options.group, options.winsorised_points, scale)
        if key not in self._normalised:
            full = impute(self._raw, options, self.frame, self.tree)
            treated = scales.winsorise(full, options.winsorised_points)
            self._normalised[key] = scales.normalise(
                treated, self.tree.directions, scale, self.tree.leaves
            )
        return self._normalised[key]

    def shares(self, options: Options, drawn: Floats | None = None) -> Floats:
        """Return shares of the edges under `options`, shape (1, E), or (R, E) of drawn weights."""
        active = weights.active_edges(self.tree, options.leave_out)
        if drawn is not None:
            given = drawn
        elif options.weights == "fixed":
            given = self.tree.weights[None, :]
        elif options.weights == "equal":
            given = np.ones((1, len(self.tree.weights)))
        else:
            given = weights.pca_weights(self.tree, self.normalised(options), active)
        return weights.share(self.tree, given * active)

    def transformed(self, options: Options, used: npt.NDArray[np.bool_]) -> Floats:
        """Return the normalised indicators put through the function of the mean."""
        return aggregate.transform(
            self.normalised(options), options.aggregation, self.tree.leaves, self.units, used
        )

    def node_values(self, options: Options) -> tuple[Floats, dict[str, Floats]]:
        """Return the (E,) shares and the transformed values of all nodes under `options`."""
        shares = self.shares(options)
        used = aggregate.effective_weights(self.tree, shares)[0] > 0
        return shares[0], aggregate.node_values(
            self.tree, shares[0], self.transformed(options, used)
        )

    def run_shares(self, options: Options, shares: Floats) -> Run:
        """Return target scores, ranks and weights for (R, E) shares."""
        effective = aggregate.effective_weights(self.tree, shares)
        parts = self.transformed(options, np.asarray((effective > 0).any(axis=0)))
        means = np.matmul(effective, parts.T)
        # A mean near zero can be the sum of large parts, so its own size does not tell.
        ranks = competition_ranks(means, margin(parts)).astype(rank_type(len(self.units)))
        scores = aggregate.restore(means, options.aggregation)
        return Run(scores, ranks, shares * weights.parent_sums(self.tree))

    def run(self, options: Options) -> Run:
        """Evaluate the index once, with weights that are not random."""
        return self.run_shares(options, self.shares(options))

    def evaluate(self, design: Design, *, keep_scores: bool = True) -> Run:
        """Evaluate every replicate of `design`; memory beyond the result is bounded by chunks."""
        rows, n = len(design.choices), len(self.units)
        ranks = np.empty((rows, n), dtype=rank_type(n))
        scores = np.empty((rows, n)) if keep_scores else None
        kept = np.empty((rows, len(self.tree.weights)))
        pools: dict[int, Floats] = {}
        for options, members in _combinations(self.nominal, design):
            random = isinstance(options.weights, (Noise, Dirichlet))
            for part in np.array_split(members, -(-len(members) * n // CHUNK)):
                drawn = self._pool(design, options, pools)[design.draws[part]] if random else None
                run = self.run_shares(options, self.shares(options, drawn))
                # Without random weights one evaluation serves all members.
                rows_served = part if random else members
                ranks[rows_served], kept[rows_served] = run.ranks, run.weights
                if scores is not None:
                    scores[rows_served] = run.scores
                if not random:
                    break
        return Run(scores, ranks, kept)

    def _pool(self, design: Design, options: Options, pools: dict[int, Floats]) -> Floats:
        scheme = options.weights
        (assumption,) = (a for a in design.assumptions if a.field == "weights")
        position = assumption.alternatives.index(scheme)
        if position not in pools and isinstance(scheme, (Noise, Dirichlet)):
            rng = np.random.default_rng([design.seed, 1, position])
            pools[position] = weights.draw_weights(self.tree, scheme, design.pool, rng)
        return pools[position]


def _combinations(nominal: Options, design: Design) -> list[tuple[Options, npt.NDArray[np.intp]]]:
    """Return every combination of alternatives that occurs, with the replicates that take it.

    Equal alternatives count as one, so that they give the same numbers to the last bit.
    """
    canonical = np.column_stack(
        [np.array(a.canonical)[design.choices[:, k]] for k, a in enumerate(design.assumptions)]
    )
    distinct, inverse = np.unique(canonical, axis=0, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(inverse.ravel(), minlength=len(distinct)))
    combined = []
    for choice, members in zip(distinct, np.split(order, ends[:-1]), strict=True):
        options = nominal
        for assumption, position in zip(design.assumptions, choice, strict=True):
            options = assumption.apply(options, position)
        combined.append((options, members))
    return combined


def design_from_uniform(
    chosen: tuple[Assumption, ...], uniform: Floats, pool: int, seed: int
) -> Design:
    """Turn (R, d) numbers in [0, 1) into choices and weight draws.

    Each number picks among equally likely alternatives; what is left of the number of the weights
    picks the set of random weights, so that a replicate is a function of its d numbers.
    """
    counts = np.array([len(a.alternatives) for a in chosen])
    scaled = np.clip(uniform, 0, np.nextafter(1, 0)) * counts
    choices = np.minimum(scaled.astype(np.intp), counts - 1)
    draws = np.zeros(len(uniform), dtype=np.intp)
    for k, assumption in enumerate(chosen):
        if assumption.field == "weights":
            rest = scaled[:, k] - choices[:, k]
            draws = np.minimum((rest * pool).astype(np.intp), pool - 1)
    return Design(chosen, choices, draws, pool, seed)


def design_at_random(chosen: tuple[Assumption, ...], replicates: int, seed: int) -> Design:
    """Draw choices of `replicates` replicates, each with a set of random weights of its own."""
    if not isinstance(replicates, Integral) or replicates < 1:
        raise ValueError(f"replicates is {replicates}; give a whole number, at least 1")
    rng = np.random.default_rng([seed, 0])
    uniform = rng.random((replicates, len(chosen)))
    plain = design_from_uniform(chosen, uniform, replicates, seed)
    return replace(plain, draws=np.arange(replicates))


def choose_assumptions(
    assumptions: Sequence[Assumption] | None, *given: Inputs
) -> tuple[Assumption, ...]:
    """Return the assumptions given, else those that suit the inputs.

    Raises
    ------
    ValueError
        There is none, or a field twice.
    """
    if assumptions is not None:
        chosen = tuple(assumptions)
    elif all(one.scored for one in given):
        chosen = scored_assumptions(*(one.frame for one in given))
    else:
        chosen = default_assumptions()
    names = [a.field for a in chosen]
    if not names:
        raise ValueError("no assumptions are varied; give at least one, or use build()")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"assumption {twice[0]!r} is given twice; join its alternatives into one")
    return chosen


def read_years(earlier: Inputs, later: Inputs) -> tuple[Model, Model]:
    """Return the models of two years over the same edges; units can enter and leave.

    Raises
    ------
    ValueError
        The years differ in composites or indicators, or share no unit.
    """
    first, second = Model(earlier), Model(later)
    if first.units.intersection(second.units).empty:
        raise ValueError("the two years share no unit, so no rank changes; check their labels")
    one, two = (list(zip(m.tree.parents, m.tree.children, strict=True)) for m in (first, second))
    if one != two:
        odd = sorted(set(one) ^ set(two)) or [("", "the order of rows")]
        raise ValueError(
            f"the structures of the two years differ in {odd[0][1]} under {odd[0][0]!r}; "
            "compare them on the composites and indicators they share, in the same order"
        )
    return first, second


def rank_changes(years: tuple[Model, Model], design: Design) -> tuple[Ranks, Ranks]:
    """Return the changes of all replicates, shape (R, units), and the nominal ones, (1, units).

    Each year's units are ranked among themselves; the changes are of those in both years, in the
    order of the first.
    """
    first, second = years
    shared = common_units(years)
    before, after = first.units.get_indexer(shared), second.units.get_indexer(shared)
    # Ranks are at least 1, so their differences fit the type they come in, the wider of the two.
    change = first.evaluate(design, keep_scores=False).ranks[:, before]
    change = change - second.evaluate(design, keep_scores=False).ranks[:, after]
    nominal = first.run(first.nominal).ranks[:, before]
    return change, nominal - second.run(second.nominal).ranks[:, after]


def common_units(years: tuple[Model, Model]) -> pd.Index:
    """Return the units of both years, in the order of the first."""
    first, second = years
    return first.units[first.units.isin(second.units)]
