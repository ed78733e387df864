"""Weights of the edges of a tree: fixed, equal, drawn, or from principal components.

All functions speak of *shares*: weights divided by their sum under the same parent.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helpers.methods.ranking import Floats, margin
from helpers.methods.robust.options import Dirichlet, Noise
from helpers.methods.robust.structure import Tree

Flags = npt.NDArray[np.bool_]


def active_edges(tree: Tree, leave_out: str | None) -> Flags:
    """Return which of the E edges remain when a node is left out.

    A composite all of whose children are gone goes with them.

    Raises
    ------
    ValueError
        The node is unknown, is the target, or nothing remains without it.
    """
    active = np.ones(len(tree.children), dtype=bool)
    if leave_out is None:
        return active
    if leave_out not in tree.levels or leave_out == tree.target:
        below = ", ".join(n for n in tree.levels if n != tree.target)
        raise ValueError(f"cannot leave out {leave_out!r}; give one of {below}")
    gone = {leave_out}
    children = np.array(tree.children, dtype=object)
    for parent, block in reversed(tree.blocks()):
        active[block] = [child not in gone for child in children[block]]
        if parent == leave_out or not active[block].any():
            active[block] = False
            gone.add(parent)
    if tree.target in gone:
        raise ValueError(f"nothing remains of {tree.target} without {leave_out}; choose another")
    return active


def share(tree: Tree, weights: Floats) -> Floats:
    """Divide (replicates, E) weights by their sums under each parent; a sum of 0 gives zeros."""
    out = np.zeros_like(weights)
    for _, block in tree.blocks():
        total = weights[:, block].sum(axis=1, keepdims=True)
        np.divide(weights[:, block], total, out=out[:, block], where=total > 0)
    return out


def parent_sums(tree: Tree) -> Floats:
    """Return for every edge the sum of the structure's weights under its parent, shape (E,)."""
    sums = np.empty(len(tree.weights))
    for _, block in tree.blocks():
        sums[block] = tree.weights[block].sum()
    return sums


def draw_weights(
    tree: Tree, scheme: Noise | Dirichlet, draws: int, rng: np.random.Generator
) -> Floats:
    """Draw sets of weights, shape (draws, E), each parent's sum as in the structure."""
    sums = parent_sums(tree)
    varies = np.array(
        [scheme.levels is None or tree.levels[c] in scheme.levels for c in tree.children]
    )
    if scheme.levels is not None and not varies.any():
        known = sorted({tree.levels[c] for c in tree.children})
        raise ValueError(f"no weights at levels {scheme.levels}; the structure has levels {known}")
    out = np.tile(tree.weights, (draws, 1))
    if isinstance(scheme, Noise):
        factors = rng.uniform(1 - scheme.factor, 1 + scheme.factor, (draws, len(tree.weights)))
        out[:, varies] *= factors[:, varies]
    else:
        for _, block in tree.blocks():
            here = np.flatnonzero(varies[block]) + block.start
            if len(here) > 1:
                total = tree.weights[here].sum()
                alpha = scheme.concentration * len(here) * tree.weights[here] / total
                out[:, here] = rng.dirichlet(alpha, draws) * total
    return share(tree, out) * sums


def pca_weights(tree: Tree, leaf_values: Floats, active: Flags) -> Floats:
    """Weigh siblings by the squared loadings of their first principal component, shape (1, E).

    Worked from the indicators up; the composites are arithmetic means with the weights found so
    far (OECD/JRC Handbook on Constructing Composite Indicators, 2008, ISBN 978-92-64-04345-9,
    after Nicoletti, Scarpetta and Boylaud, 2000). Two siblings always weigh the same.

    Parameters
    ----------
    leaf_values : array of shape (units, L)
        Normalised indicators.

    Raises
    ------
    ValueError
        A child is the same for all units and so has no correlations.
    """
    values = {leaf: leaf_values[:, j] for j, leaf in enumerate(tree.leaves)}
    out = np.zeros((1, len(tree.weights)))
    for parent, block in reversed(tree.blocks()):
        here = np.flatnonzero(active[block]) + block.start
        if not len(here):
            continue
        kids = np.column_stack([values[tree.children[e]] for e in here])
        constant = np.ptp(kids, axis=0) <= margin(kids)
        if constant.any():
            name = tree.children[here[int(np.flatnonzero(constant)[0])]]
            raise ValueError(
                f"{name} is the same for all units and has no PCA weight; leave it out"
            )
        loadings = np.full(len(here), 0.5) if len(here) == 2 else _first_loadings(kids)
        out[0, here] = loadings
        values[parent] = kids @ loadings
    return out * parent_sums(tree)


def _first_loadings(kids: Floats) -> Floats:
    if kids.shape[1] == 1:
        return np.ones(1)
    _, vectors = np.linalg.eigh(np.corrcoef(kids, rowvar=False))
    return np.asarray(vectors[:, -1] ** 2)
