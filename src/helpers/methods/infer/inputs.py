"""Check estimates and their errors, and bring them into the order in which draws are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.methods.labelled import read_vector
from helpers.methods.ranking import Floats


def require(value: str, choices: Sequence[str], name: str) -> None:
    """Raise ValueError unless the value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(choices)}")


def check_level(level: float, draws: int | None = None) -> None:
    """Raise ValueError for a level outside (0, 1), or one that the draws cannot resolve."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}; expected a number between 0 and 1, such as 0.95")
    if draws is None:
        return
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 1:
        raise ValueError(f"draws is {draws!r}; expected a whole number of at least 1")
    if draws * (1 - level) < 1 - 1e-9:
        raise ValueError(
            f"{draws} draws cannot resolve level {level}; "
            f"take at least {int(np.ceil(1 / (1 - level) - 1e-9))}"
        )


def read_whole(values: ArrayLike | pd.Series, name: str) -> tuple[Floats, pd.Index]:
    """Return a non-empty vector without gaps and its index (positions if it has none)."""
    vector = read_vector(values, name)
    if vector.empty:
        raise ValueError(f"{name} are empty; expected at least one unit")
    if vector.hasnans:
        unit = vector.index[int(vector.isna().argmax())]
        raise ValueError(
            f"{name}: no number for unit {unit!r} ({vector.isna().sum()} in all); "
            "drop or fill such units first"
        )
    return vector.to_numpy(), vector.index


@dataclass(frozen=True)
class Estimates:
    """Checked estimates; `covariance` is None for independent errors."""

    scores: Floats
    variances: Floats
    covariance: Floats | None
    index: pd.Index

    def draw_order(self) -> NDArray[np.int64]:
        """Order by variance, then estimate: the same however the units come or are named."""
        return np.lexsort((self.scores, self.variances))


def read_estimates(
    estimates: ArrayLike | pd.Series, std_errors: ArrayLike | pd.Series | pd.DataFrame, best: str
) -> Estimates:
    """Check estimates with standard errors or a covariance matrix, and turn them so high is best.

    Raises
    ------
    ValueError
        For what is not finite, of another length or with another index; for errors that are not
        positive; for a covariance that is not symmetric or not positive semidefinite, or that
        makes the difference of two units certain.
    """
    require(best, ("high", "low"), "best")
    values, index = read_whole(estimates, "estimates")
    if best == "low":
        values = -values
    errors = _align(std_errors, index) if isinstance(estimates, pd.Series) else std_errors
    if np.ndim(errors) == 2:
        variances, covariance = _read_covariance(np.asarray(errors, dtype=np.float64), index)
    else:
        variances, covariance = _read_std_errors(errors, index), None
    return Estimates(values, variances, covariance, index)


def _align(
    errors: ArrayLike | pd.Series | pd.DataFrame, index: pd.Index
) -> ArrayLike | pd.Series | pd.DataFrame:
    """Bring labelled errors into the order of the estimates."""
    if not isinstance(errors, (pd.Series, pd.DataFrame)):
        return errors
    axes = (errors.index,) if isinstance(errors, pd.Series) else (errors.index, errors.columns)
    if all(axis.equals(index) for axis in axes):
        return errors
    for axis in axes:
        if not index.is_unique or not axis.is_unique or set(axis) != set(index):
            raise ValueError(
                f"std_errors are labelled {list(axis[:3])}..., the estimates {list(index[:3])}...; "
                "give both the same unique labels, or std_errors without labels"
            )
    return errors.loc[index] if isinstance(errors, pd.Series) else errors.loc[index, index]


def _check_size(size: int, index: pd.Index) -> None:
    if size != len(index):
        raise ValueError(f"std_errors are for {size} units; expected {len(index)}, one an estimate")


def _read_std_errors(errors: ArrayLike | pd.Series, index: pd.Index) -> Floats:
    deviations, _ = read_whole(errors, "std_errors")
    _check_size(deviations.size, index)
    with np.errstate(over="ignore", under="ignore"):
        variances = deviations**2
    bad = np.flatnonzero((deviations <= 0) | (variances <= 0) | ~np.isfinite(variances))
    if bad.size:
        raise ValueError(
            f"std_errors: {deviations[bad[0]]} for unit {index[bad[0]]!r}; "
            "expected a positive number (between 1e-150 and 1e150)"
        )
    return variances


def _read_covariance(matrix: Floats, index: pd.Index) -> tuple[Floats, Floats | None]:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"std_errors have shape {matrix.shape}; expected a vector or a square")
    _check_size(matrix.shape[0], index)
    if not np.isfinite(matrix).all():
        raise ValueError("std_errors: the covariance matrix holds values that are not finite")
    variances = matrix.diagonal().copy()
    bad = np.flatnonzero(variances <= 0)
    if bad.size:
        raise ValueError(
            f"std_errors: variance {variances[bad[0]]} for unit {index[bad[0]]!r}; "
            "expected a positive number"
        )
    if np.count_nonzero(matrix) == variances.size:
        return variances, None
    off = np.abs(matrix - matrix.T)
    if (off > 1e-10 * np.sqrt(np.outer(variances, variances))).any():
        a, b = divmod(int(off.argmax()), variances.size)
        raise ValueError(
            f"std_errors: the covariance matrix is not symmetric; {matrix[a, b]} and "
            f"{matrix[b, a]} for units {index[a]!r} and {index[b]!r}"
        )
    matrix = (matrix + matrix.T) / 2
    _check_definite(matrix, variances, index)
    return variances, matrix


def _check_definite(matrix: Floats, variances: Floats, index: pd.Index) -> None:
    correlations = matrix / np.sqrt(np.outer(variances, variances))
    lowest = float(np.linalg.eigvalsh(correlations)[0])
    if lowest < -1e-10 * variances.size:
        raise ValueError(
            "std_errors: the covariance matrix is not positive semidefinite; the smallest "
            f"eigenvalue of the correlations is {lowest:.3g}"
        )
    total = variances[:, None] + variances
    certain = (total - 2 * matrix) <= 1e-12 * total
    np.fill_diagonal(certain, False)
    if certain.any():
        a, b = np.argwhere(certain)[0]
        raise ValueError(
            f"std_errors: the difference of units {index[a]!r} and {index[b]!r} has no variance; "
            "leave one of them out"
        )
