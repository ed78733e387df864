"""A league table as a function of its weights and of one unit's own scores, quick to ask again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.index.catalog import Index
from helpers.methods.ranking import Floats, competition_ranks, margin
from helpers.methods.whatif import least_gain
from helpers.tables.headline import REST, Headlines

MOST = 12  # more sliders than this are no help
DRAWS = 1000
SPREAD = 0.25  # weights drawn lie within this share of those that are set


@dataclass(frozen=True)
class Dials:
    """The headline of all units as a weighted sum of a few parts, each of which can be turned.

    Attributes
    ----------
    scores
        Units by part, shape (n, p), more is better.
    weights
        What each part counts in the headline as published, shape (p,): the sum of scores by
        weights is the headline.
    top
        The best score a part can have, shape (p,): the end of its scale or the best there is.
    sign
        -1 where less of the headline is better: what is printed is the score by the sign.
    """

    scores: pd.DataFrame
    weights: pd.Series
    top: pd.Series
    sign: int = 1

    @cached_property
    def _drawn(self) -> Floats:
        """Factors of the weights, shape (p, DRAWS), the same at every call."""
        chance = np.random.default_rng(0)
        return chance.uniform(1 - SPREAD, 1 + SPREAD, (len(self.weights), DRAWS))

    @cached_property
    def _matrix(self) -> Floats:
        return self.scores.to_numpy(dtype=float)

    def shares(self, weights: Mapping[str, float]) -> Floats:
        """Return weights in the order of the parts, brought to the sum of the published ones.

        Where all are 0 they are the published ones.
        """
        given = np.array([weights.get(name, 0.0) for name in self.weights.index], dtype=float)
        published = self.weights.to_numpy(dtype=float)
        total = given.sum()
        return given * published.sum() / total if total > 0 else published

    def place(self, unit: str, own: Mapping[str, float]) -> Floats:
        """Return the scores of all units, shape (n, p), those of one unit in part as given."""
        table = self._matrix.copy()
        for name, score in own.items():
            table[self.scores.index.get_loc(unit), self.scores.columns.get_loc(name)] = score
        return table

    def totals(
        self, weights: Mapping[str, float], unit: str = "", own: Mapping[str, float] | None = None
    ) -> pd.Series:
        """Return the headline of every unit under other weights, one of them with other scores."""
        table = self.place(unit, own) if own else self._matrix
        return pd.Series(table @ self.shares(weights), index=self.scores.index)

    def ranks(
        self, weights: Mapping[str, float], unit: str = "", own: Mapping[str, float] | None = None
    ) -> pd.Series:
        """Return the competition rank of every unit."""
        totals = self.totals(weights, unit, own)
        return pd.Series(competition_ranks(totals.to_numpy()).astype(int), index=totals.index)

    def drawn_ranks(
        self, weights: Mapping[str, float], unit: str, own: Mapping[str, float] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return a unit's rank under `DRAWS` sets of weights around those that are set."""
        drawn = self._drawn * self.shares(weights)[:, None]
        table = self.place(unit, own) if own else self._matrix
        # The weights' sum does not change who is above whom.
        totals = table @ drawn
        mine = totals[self.scores.index.get_loc(unit)]
        above: npt.NDArray[np.int64] = (totals > mine + margin(totals)).sum(axis=0)
        return above + 1

    def least_gains(self, weights: Mapping[str, float], unit: str, rank: int) -> pd.DataFrame:
        """Return the least gain in the headline, and in each part alone, that gives a rank.

        Returns
        -------
        DataFrame
            A row per part: ``gain`` in its points, ``score`` it would come to, ``possible``:
            whether its scale goes that far; ``gain_total``, the same for all.
        """
        totals = self.totals(weights)
        needed = least_gain(totals.to_numpy(), float(rank)).value
        total = float(needed[totals.index.get_loc(unit)])
        share = self.shares(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(total > 0, total / share, 0.0)
        score = self.scores.loc[unit].to_numpy() + gain
        found = pd.DataFrame(
            {"gain": gain, "score": score, "possible": score <= self.top.to_numpy() + 1e-12},
            index=self.weights.index,
        )
        return found.assign(gain_total=total)


def take(headlines: Headlines, unit_set: str, year: int) -> Dials:
    """Return a full table as dials: its parts, or where these are many what they are parts of."""
    index = headlines.index
    (parts,) = headlines.take_apart(unit_set, year)
    groups = _group(index, index.scheme(year), list(parts.scores.columns))
    scores, weights = {}, {}
    for name, members in groups.items():
        share = parts.weights[members]
        weights[name] = float(share.sum())
        if weights[name] > 0:
            scores[name] = parts.scores[members] @ share / weights[name]
    table: Any = pd.DataFrame(scores)
    sign = index.direction(year, index.headline)
    ends = {name: index.scale_of(name) if name != REST else (-np.inf, np.inf) for name in table}
    best = table.max()
    for name, (low, high) in ends.items():
        end = high if sign > 0 else -low
        if np.isfinite(end):
            best[name] = max(end, best[name])
    return Dials(table, pd.Series(weights)[list(table)], best, sign)


def _group(index: Index, scheme: str, parts: list[str]) -> dict[str, list[str]]:
    """Return the parts under the composites that are few enough, from the headline down."""
    if len(parts) <= MOST:
        return {name: [name] for name in parts}
    children = index.structure.children(scheme)
    level = list(children[index.headline])
    while len(finer := [kid for one in level for kid in children.get(one, [one])]) <= MOST:
        if finer == level:
            break
        level = finer
    forms = index.structure.forms(scheme)
    groups: dict[str, list[str]] = {name: [] for name in level}
    for part in parts:
        home = next((name for name in level if part in forms[name]), part)
        groups.setdefault(home, []).append(part)
    return {name: members for name, members in groups.items() if members}
