"""Which units can be the farthest from another one: a short list per draw, found once for all.

For one draw X of the estimation errors and one unit j, the comparison with k counts
(X_j - X_k) / sqrt(v_j + v_k), v being the variances. Two facts leave few k that can be largest:

1. If k' has no larger variance and a lower X than k, then k' beats k for every j for which either
   count is positive. What remains is an edge: taken by rising variance, each X is a new low.
2. Of two units on the edge, the earlier one gains on the later one as X_j rises and as v_j falls.
   For a block of units j it suffices to look at the corner (highest X_j, smallest v_j): an earlier
   unit beaten by a later one there is beaten by it for the whole block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Fact 2 is exact only in real numbers: keep what is beaten by less than rounding could account for.
_MARGIN = 1 - 1e-12


@dataclass(frozen=True)
class Candidates:
    """Pairs (draw, comparison) that can be largest for a unit of one block, ordered by draw.

    `slot` is k for a comparison "j better than k" and k + p for "k better than j"; `starts` holds
    the first position of each draw.
    """

    draw: Ints
    slot: Ints
    sign: Floats
    signed_error: Floats
    starts: Ints


def find_edge(signed: Floats) -> tuple[Ints, Ints]:
    """Return draws and units of the edge: shape (draws, p), units by rising variance."""
    edge = np.ones(signed.shape, dtype=bool)
    lows = np.minimum.accumulate(signed, axis=1)
    np.less(signed[:, 1:], lows[:, :-1], out=edge[:, 1:])
    draw, unit = np.nonzero(edge)
    return draw.astype(np.int64), unit.astype(np.int64)


def thin_edge(
    draw: Ints, unit: Ints, signed: Floats, variances: Floats, block: slice
) -> tuple[Ints, Ints]:
    """Drop from the edge what a later unit beats at the corner of the block."""
    corner = signed[:, block].max(axis=1)[draw] - signed[draw, unit]
    corner /= np.sqrt(variances[block.start] + variances[unit])
    starts = np.searchsorted(draw, np.arange(signed.shape[0]))
    place = np.arange(draw.size) - starts[draw]
    # One row per draw, one spare column, so that the best of the *later* ones is one place on.
    table = np.full((signed.shape[0], int(place.max()) + 2), -np.inf)
    table[draw, place] = corner
    best_from = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    stays = corner > best_from[draw, place + 1] * _MARGIN
    return draw[stays], unit[stays]


def find_candidates(
    errors: Floats, variances: Floats, signs: tuple[int, ...], blocks: list[slice]
) -> list[Candidates]:
    """Return the candidates for each block of units.

    Parameters
    ----------
    errors
        Shape (draws, p).
    variances
        Shape (p,), ascending.
    signs
        1 for "j better than k", -1 for the reverse; one or both.
    blocks
        Slices that together cover the units.
    """
    p = variances.size
    by_block: list[list[tuple[Ints, Ints, Floats, Floats]]] = [[] for _ in blocks]
    for sign in signs:
        signed = errors if sign > 0 else -errors
        edge = find_edge(signed)
        for block, parts in zip(blocks, by_block, strict=True):
            draw, unit = thin_edge(*edge, signed, variances, block)
            slot = unit + (0 if sign > 0 else p)
            parts.append((draw, slot, np.full(draw.size, float(sign)), signed[draw, unit]))
    result = []
    for parts in by_block:
        draw, slot, direction, value = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        order = np.argsort(draw, kind="stable")
        starts = np.searchsorted(draw[order], np.arange(errors.shape[0]))
        result.append(Candidates(draw[order], slot[order], direction[order], value[order], starts))
    return result
