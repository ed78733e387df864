"""How little the weights must change for two neighbours in a ranking to swap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.ranking import Floats, competition_ranks, margin
from helpers.methods.robust.aggregate import effective_weights, restore
from helpers.methods.robust.inputs import Inputs, assemble
from helpers.methods.robust.model import Model
from helpers.methods.robust.weights import parent_sums

# Halvings of the interval of the multiplier; the last step then solves for it exactly.
HALVINGS = 100


def swap_weights(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    *,
    over: str = "children",
) -> pd.DataFrame:
    """Find for each pair of neighbours the weights nearest to the nominal ones that tie them.

    The nearest weights v >= 0 with the same sum as w and v . (x_above - x_below) = 0 are the
    projection of w; beyond them the lower unit leads. `robustness` is the largest epsilon for
    which the upper unit still leads under every mixture (1 - epsilon) w + epsilon u with any
    weights u: gap / (gap + greatest lead of the lower unit in one component), after Foster,
    McGillivray and Seth (2013, doi 10.1080/07474938.2012.690647).

    Parameters
    ----------
    data, structure
        As in `uncertainty_analysis`. With a geometric or harmonic mean the components are
        compared on the scale on which that mean is linear.
    over : str
        ``children``: the weights of the target's direct children, in the structure's units.
        ``indicators``: the effective weights of the finest indicators, which sum to 1.

    Returns
    -------
    frame, one row per pair, in the order of the ranking
        rank, above, below, gap (of the scores), distance (Euclidean), moved (the least share of the
        whole weight whose shift ties them, whatever the distance), robustness (1: the upper unit
        leads in every component), and weight_<child> for the nearest tying weights. Where no
        weights tie the two, distance, moved and weights are missing. Tied neighbours have
        distance 0.

    Raises
    ------
    ValueError
        As in `build`; or `over` is unknown.
    """
    if over not in ("children", "indicators"):
        raise ValueError(f"over is {over!r}; give 'children' or 'indicators'")
    model = Model(assemble(data, structure))
    chosen, tree = model.nominal, model.tree
    shares, values = model.node_values(chosen)
    if over == "children":
        (first,) = (block for parent, block in tree.blocks() if parent == tree.target)
        names, w = tree.children[first], shares[first] * parent_sums(tree)[first]
        used = shares[first] > 0
    else:
        names, w = tree.leaves, effective_weights(tree, shares[None, :])[0]
        used = w > 0
    names = tuple(n for n, keep in zip(names, used, strict=True) if keep)
    parts, w = np.column_stack([values[n] for n in names]), w[used]
    scores = restore(values[tree.target].copy(), chosen.aggregation)
    order = np.argsort(-values[tree.target], kind="stable")
    ranks = competition_ranks(values[tree.target], margin(parts)).astype(int)
    above, below = order[:-1], order[1:]
    lead = parts[above] - parts[below]
    lead[ranks[above] == ranks[below]] = 0.0
    nearest = tying_weights(w, lead)
    change = nearest - w
    mean_lead = lead @ w / w.sum()
    worst = np.maximum(-lead.min(axis=1), 0.0)
    robust = np.divide(mean_lead, mean_lead + worst, out=np.zeros(len(lead)), where=mean_lead > 0)
    out = pd.DataFrame(
        {
            "rank": ranks[above],
            "above": model.units[above],
            "below": model.units[below],
            "gap": scores[above] - scores[below],
            "distance": np.linalg.norm(change, axis=1),
            "moved": least_shift(w, lead),
            "robustness": robust,
        }
    )
    return out.join(pd.DataFrame(nearest, columns=[f"weight_{n}" for n in names]))


def least_shift(w: Floats, lead: Floats) -> Floats:
    """Return the least share of the weight whose shift ties each pair.

    The linear programme min sum(max(0, w - v)) / sum(w) over v >= 0 with sum(v) = sum(w) and
    lead . v = 0 is solved by hand: weight taken where the upper unit leads most and given to where
    it leads least closes more of the gap than any other shift of as much.

    Parameters
    ----------
    w, lead
        As in `tying_weights`.

    Returns
    -------
    array of shape (pairs,)
        NaN where no weights tie the pair.
    """
    order = np.argsort(-lead, axis=1)
    falling, held = np.take_along_axis(lead, order, axis=1), w[order]
    least = falling[:, -1:]
    closes = (falling - least) * held
    # How much of each component goes, the first ones whole and one of them in part.
    gap = np.maximum(lead @ w, 0.0)
    before = np.cumsum(closes, axis=1) - closes
    part = np.clip(gap[:, None] - before, 0.0, closes)
    share = np.divide(part, closes, out=np.zeros_like(part), where=closes > 0)
    shift: Floats = (share * held).sum(axis=1) / w.sum()
    return np.where((least[:, 0] > 0) & (gap > 0), np.nan, shift)


def tying_weights(w: Floats, lead: Floats) -> Floats:
    """Project weights on those that tie each pair.

    Minimises ``|v - w|`` over v >= 0 with sum(v) = sum(w) and lead . v = 0. The solution is
    ``max(0, w - a - b * lead)``; for each b the constant a follows from the sum (projection on a
    simplex), and the lead then falls in b, so b is found by halving and, once the positive weights
    are known, exactly. All pairs are solved together.

    Parameters
    ----------
    w : array of shape (k,)
        Positive nominal weights.
    lead : array of shape (pairs, k)
        Upper unit minus lower unit in each component, ``lead @ w >= 0``.

    Returns
    -------
    array of shape (pairs, k)
        NaN where no weights tie the pair (the upper unit leads in every component).
    """
    total = w.sum()
    size = np.abs(lead).max(axis=1, keepdims=True)
    d = np.divide(lead, size, out=np.zeros_like(lead), where=size > 0)
    start = np.tile(w / total, (len(lead), 1))
    low, high = np.zeros((len(d), 1)), np.ones((len(d), 1))
    possible = d.min(axis=1, keepdims=True) <= 0
    for _ in range(60):
        ahead = possible & (np.sum(d * _on_simplex(start - high * d), axis=1, keepdims=True) > 0)
        if not ahead.any():
            break
        high = np.where(ahead, 2 * high, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        ahead = np.sum(d * _on_simplex(start - middle * d), axis=1, keepdims=True) > 0
        low, high = np.where(ahead, middle, low), np.where(ahead, high, middle)
    rough = _on_simplex(start - high * d)
    exact = _solve_on_support(start, d, rough > 0)
    v = np.where((exact >= 0).all(axis=1, keepdims=True), exact, rough)
    settled = np.sum(d * start, axis=1) <= 0
    v[settled] = start[settled]
    v[~possible[:, 0]] = np.nan
    return np.asarray(v * total)


def _on_simplex(points: Floats) -> Floats:
    """Project each row on the weights that are >= 0 and sum to 1 (by sorting)."""
    k = points.shape[1]
    falling = -np.sort(-points, axis=1)
    excess = np.cumsum(falling, axis=1) - 1
    count = np.sum(falling * np.arange(1, k + 1) > excess, axis=1, keepdims=True)
    shift = np.take_along_axis(excess, count - 1, axis=1) / count
    return np.asarray(np.maximum(points - shift, 0))


def _solve_on_support(start: Floats, d: Floats, support: npt.NDArray[np.bool_]) -> Floats:
    """Project rows of `start` on sum 1 and d . v = 0 within the components of `support`.

    Rows where the two conditions do not determine the answer come back negative.
    """
    n = support.sum(axis=1)
    s1, s2 = (d * support).sum(axis=1), (d**2 * support).sum(axis=1)
    r1 = (start * support).sum(axis=1) - 1
    r2 = (start * d * support).sum(axis=1)
    det = n * s2 - s1**2
    sound = det > 1e-12 * np.maximum(n * s2, 1e-300)
    safe = np.where(sound, det, 1.0)
    a, b = (s2 * r1 - s1 * r2) / safe, (n * r2 - s1 * r1) / safe
    v = (start - a[:, None] - b[:, None] * d) * support
    return np.asarray(np.where(sound[:, None], v, -1.0))
