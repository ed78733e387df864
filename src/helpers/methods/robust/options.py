"""The choices an index rests on: one full set of them, and which of them are in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IMPUTATIONS = ("none", "mean", "median", "group-mean")
NORMALISATIONS = ("none", "min-max", "z-score", "rank", "percentile", "distance")
AGGREGATIONS = ("arithmetic", "geometric", "harmonic")
WEIGHTINGS = ("fixed", "equal", "pca")


def _expect(what: str, given: object, known: Sequence[str]) -> None:
    if given not in known:
        raise ValueError(f"{what} is {given!r}; give one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A common scale for the indicators; larger is better on it, whatever the direction.

    Parameters
    ----------
    method : str
        ``none`` keeps the values (times the direction); ``min-max`` maps worst and best unit to
        `a` and `b`; ``z-score`` gives mean `a` and sample standard deviation `b`; ``rank`` gives
        1 (worst) to n (best), ties their mean; ``percentile`` is the Borda count as a share,
        (rank - 1) / (n - 1); ``distance`` is the ratio to the best unit, x / best for direction 1
        and best / x for direction -1, and needs positive values.
    a, b : float, optional
        Used by ``min-max`` (default 0 and 100) and ``z-score`` (default 0 and 1) only.
    """

    method: str = "none"
    a: float | None = None
    b: float | None = None

    def __post_init__(self) -> None:
        """Fill in the defaults of the method, so that equal choices compare equal."""
        _expect("normalisation", self.method, NORMALISATIONS)
        defaults = {"min-max": (0.0, 100.0), "z-score": (0.0, 1.0)}.get(self.method)
        if defaults is None:
            if self.a is not None or self.b is not None:
                raise ValueError(f"normalisation {self.method!r} takes no numbers; leave a, b out")
            return
        a, b = (
            default if x is None else float(x)
            for x, default in zip((self.a, self.b), defaults, strict=True)
        )
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "b", b)
        if self.method == "min-max" and not a < b:
            raise ValueError(f"min-max range is {a:g} to {b:g}; give a < b")
        if self.method == "z-score" and not b > 0:
            raise ValueError(f"z-score standard deviation is {b:g}; give b > 0")

    def __str__(self) -> str:
        if self.a is None:
            return self.method
        return f"{self.method} {self.a:g}, {self.b:g}"


def _check_levels(levels: tuple[int, ...] | None) -> None:
    if levels is not None and (not levels or min(levels) < 1):
        raise ValueError(f"levels are {levels}; give numbers from 1 (indicators) up, or None")


@dataclass(frozen=True, slots=True)
class Noise:
    """Weights times independent uniform factors in [1 - factor, 1 + factor], sums kept.

    `levels` says whose weights vary: 1 the indicators', 2 the pillars', and so on (None: all).
    """

    factor: float = 0.25
    levels: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.factor < 1:
            raise ValueError(f"noise factor is {self.factor:g}; give 0 <= factor < 1")
        _check_levels(self.levels)

    def __str__(self) -> str:
        return f"noise {self.factor:g}" + _levels_text(self.levels)


@dataclass(frozen=True, slots=True)
class Dirichlet:
    """Weights of siblings drawn from a Dirichlet distribution whose mean is the nominal weights.

    Its parameters are ``concentration * k * share`` for k siblings: with equal nominal weights and
    concentration 1 every set of weights is equally likely; larger values stay closer to nominal.
    """

    concentration: float = 1.0
    levels: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.concentration < float("inf"):
            raise ValueError(f"concentration is {self.concentration:g}; give a positive number")
        _check_levels(self.levels)

    def __str__(self) -> str:
        return f"Dirichlet {self.concentration:g}" + _levels_text(self.levels)


def _levels_text(levels: tuple[int, ...] | None) -> str:
    return "" if levels is None else f" at levels {', '.join(map(str, levels))}"


Weighting = str | Noise | Dirichlet


@dataclass(frozen=True, slots=True)
class Options:
    """One full set of choices, applied in the order of the fields.

    The defaults change nothing: the weighted arithmetic mean of the values as they stand, which is
    how a published index of scores is defined by its structure table.

    Parameters
    ----------
    imputation : str
        ``none`` (a missing value is an error), ``mean``, ``median`` or ``group-mean``.
    group : str, optional
        Column of the data that holds the groups of ``group-mean``.
    winsorised_points : int
        At most so many values per indicator are pulled in (see `winsorise`); 0 for none.
    normalisation : Normalisation or str
    weights : str, Noise or Dirichlet
        ``fixed`` (the structure's), ``equal`` among siblings, ``pca`` (squared loadings of the
        siblings' first principal component). An indicator of weight 0 stays out of all of them.
    aggregation : str
        ``arithmetic``, ``geometric`` or ``harmonic`` weighted mean, the same at every level.
    leave_out : str, optional
        An indicator or composite that is left out, its siblings taking over its weight.
    """

    imputation: str = "none"
    group: str | None = None
    winsorised_points: int = 0
    normalisation: Normalisation | str = field(default_factory=Normalisation)
    weights: Weighting = "fixed"
    aggregation: str = "arithmetic"
    leave_out: str | None = None

    def __post_init__(self) -> None:
        _expect("imputation", self.imputation, IMPUTATIONS)
        _expect("aggregation", self.aggregation, AGGREGATIONS)
        if isinstance(self.weights, str):
            _expect("weights", self.weights, WEIGHTINGS)
        if self.imputation == "group-mean" and self.group is None:
            raise ValueError("imputation 'group-mean' needs the column of groups; give group=")
        if int(self.winsorised_points) != self.winsorised_points or self.winsorised_points < 0:
            raise ValueError(f"winsorised_points is {self.winsorised_points}; give 0, 1, 2, ...")
        if isinstance(self.normalisation, str):
            object.__setattr__(self, "normalisation", Normalisation(self.normalisation))

    @property
    def scale(self) -> Normalisation:
        """The normalisation as an object, however it was given."""
        given = self.normalisation
        return Normalisation(given) if isinstance(given, str) else given


VARIABLE = tuple(f.name for f in fields(Options) if f.name != "group")


@dataclass(frozen=True, slots=True)
class Assumption:
    """A choice in doubt: the field of `Options` and its equally likely alternatives.

    An alternative may be given twice to make it twice as likely; `Noise` and `Dirichlet` are
    drawn anew for every replicate.
    """

    field: str
    alternatives: tuple[Any, ...]

    def __post_init__(self) -> None:
        _expect("assumption", self.field, VARIABLE)
        given = self.alternatives
        if isinstance(given, str) or not isinstance(given, Sequence) or not given:
            raise ValueError(
                f"assumption {self.field!r} has alternatives {given!r}; give a non-empty tuple"
            )
        if self.field == "normalisation":
            given = tuple(Normalisation(x) if isinstance(x, str) else x for x in given)
        for alternative in given:
            replace(Options(group="any"), **{self.field: alternative})  # raises if unknown
        object.__setattr__(self, "alternatives", tuple(given))

    @property
    def canonical(self) -> tuple[int, ...]:
        """For every alternative the position of the first one that equals it."""
        return tuple(self.alternatives.index(x) for x in self.alternatives)

    def apply(self, options: Options, position: int) -> Options:
        """Return `options` with this field set to the alternative at `position`."""
        return replace(options, **{self.field: self.alternatives[position]})


def default_assumptions() -> tuple[Assumption, ...]:
    """Return what is in doubt in nearly every index: scale, weights and kind of mean."""
    scales = ("min-max", 1, 100), ("z-score", 10, 2), ("rank",)
    return (
        Assumption("normalisation", tuple(Normalisation(*scale) for scale in scales)),
        Assumption("weights", (Noise(0.25),)),
        Assumption("aggregation", ("arithmetic", "geometric")),
    )


def scored_assumptions(*tables: pd.DataFrame) -> tuple[Assumption, ...]:
    """Return what is in doubt in an index whose indicators are scores on one scale already.

    To take the scores as they stand is a choice too. The geometric mean is among the choices
    only where every score, on every scale, has one.

    Parameters
    ----------
    tables
        The scores, units by indicator: those of each year the choices are to suit.
    """
    scales, weights, means = default_assumptions()
    scored = Assumption("normalisation", (Normalisation(), *scales.alternatives))
    flat = (table.to_numpy(float) for table in tables)
    positive = all((x > 0).all() and (10 + 2 * _lowest_z(x) > 0).all() for x in flat)
    return scored, weights, means if positive else Assumption("aggregation", ("arithmetic",))


def _lowest_z(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = values.std(axis=0, ddof=1)
    gap = values.min(axis=0) - values.mean(axis=0)
    return np.asarray(np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0))
