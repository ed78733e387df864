"""Put the same units of two years side by side, and rank them among themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.methods.labelled import read_vector
from helpers.methods.ranking import Floats, Ints, competition_ranks

Bools = NDArray[np.bool_]
Best = Literal["low", "high"]

WHOLE = "all"


@dataclass(frozen=True)
class Pairs:
    """Units with a value in both years; ranks run from 1 (best) among these units only.

    `before`, `after` are competition ranks (ties share the best place), `before_mid`, `after_mid`
    mid-ranks (ties share the mean place); all have shape (n,).
    """

    units: pd.Index
    dropped: pd.Index
    before: Ints
    after: Ints
    before_mid: Floats
    after_mid: Floats


def pair_units(
    before: ArrayLike | pd.Series, after: ArrayLike | pd.Series, best: Best = "low"
) -> Pairs:
    """Align two vectors of ranks or scores, and rank the units that have both.

    Two Series are aligned by index, arrays by position. Units that miss a value (NaN or absent)
    on either side are dropped, and the others close ranks, so that their leaving moves nobody.

    Raises
    ------
    ValueError
        For infinite values, repeated units, arrays of unlike length, one Series with one array of
        another length, or no unit in common.
    """
    if best not in ("low", "high"):
        raise ValueError(f"best is {best!r}; expected low (ranks) or high (scores)")
    first, second = read_vector(before, "before"), read_vector(after, "after")
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        units = first.index.union(second.index, sort=False)
        first, second = first.reindex(units), second.reindex(units)
    elif first.size != second.size:
        raise ValueError(
            f"before has {first.size} values, after {second.size}; expected as many, "
            "or two Series with the units as index"
        )
    else:
        units = after.index if isinstance(after, pd.Series) else first.index
    values = np.stack([first.to_numpy(), second.to_numpy()])
    kept = ~np.isnan(values).any(axis=0)
    if not kept.any():
        raise ValueError("before and after have no unit in common; expected at least one")
    signed = values[:, kept] * (1 if best == "high" else -1)
    from_best, from_worst = competition_ranks(signed[0]), competition_ranks(-signed[0])
    to_best, to_worst = competition_ranks(signed[1]), competition_ranks(-signed[1])
    return Pairs(
        units=units[kept],
        dropped=units[~kept],
        before=from_best.astype(np.int64),
        after=to_best.astype(np.int64),
        # Units above and units below leave the mean place of those that are level.
        before_mid=(from_best + len(from_worst) + 1 - from_worst) / 2,
        after_mid=(to_best + len(to_worst) + 1 - to_worst) / 2,
    )


def iterate_scopes(
    pairs: Pairs, regions: pd.Series | Mapping[object, object] | None
) -> Iterator[tuple[object, Bools]]:
    """Yield ("all", everyone), then each region in sorted order with its units.

    Raises
    ------
    ValueError
        If a unit has no region.
    """
    yield WHOLE, np.ones(len(pairs.units), dtype=bool)
    if regions is None:
        return
    lookup = regions if isinstance(regions, pd.Series) else pd.Series(dict(regions), dtype=object)
    if not lookup.index.is_unique:
        unit = lookup.index[lookup.index.duplicated()][0]
        raise ValueError(f"regions name unit {unit!r} more than once; expected one row a unit")
    named = lookup.reindex(pairs.units)
    if named.isna().any():
        unit = pairs.units[int(named.isna().to_numpy().argmax())]
        raise ValueError(
            f"regions have no entry for unit {unit!r} ({int(named.isna().sum())} in all); "
            "expected a region for every unit"
        )
    for region in sorted(named.unique(), key=str):
        yield region, (named == region).to_numpy(dtype=bool)
