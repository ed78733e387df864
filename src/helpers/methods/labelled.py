"""Vectors and tables labelled by unit, checked the same way for every method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

_NUMERIC = {"integer", "floating", "mixed-integer-float", "decimal", "empty"}


def read_numbers(table: npt.ArrayLike | pd.DataFrame, name: str) -> tuple[pd.DataFrame, bool]:
    """Return a vector or table as a frame of floats, and whether it was a single column.

    Parameters
    ----------
    table
        Shape (n,) or (n, k): pandas objects keep their labels, arrays get positions. NaN is a gap.
    name
        What the messages call it.

    Raises
    ------
    ValueError
        If it has other dimensions, a unit or column occurs twice, or a cell is infinite or no
        number; names unit and column.
    """
    if np.ndim(table) not in (1, 2):
        raise ValueError(f"{name} has {np.ndim(table)} dimensions; expected (n,) or (n, k)")
    frame = (
        pd.DataFrame(table)
        if isinstance(table, pd.Series | pd.DataFrame)
        else pd.DataFrame(np.asarray(table))
    )
    for labels, kind in ((frame.index, "unit"), (frame.columns, "column")):
        if not labels.is_unique:
            twice = labels[labels.duplicated()][0]
            raise ValueError(f"{kind} {str(twice)!r} occurs twice in {name}; keep one")
    single = np.ndim(table) == 1
    for column, values in frame.items():
        numeric = pd.api.types.is_numeric_dtype(values)
        numeric &= not pd.api.types.is_bool_dtype(values)
        if not numeric and pd.api.types.infer_dtype(values, skipna=True) not in _NUMERIC:
            at = name if single else f"column {str(column)!r} of {name}"
            raise ValueError(f"{at} holds {values.dtype}, not numbers; convert it first")
    numbers = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        row, place = (int(i) for i in np.argwhere(np.isinf(numbers))[0])
        at = name if single else f"column {str(frame.columns[place])!r} of {name}"
        raise ValueError(
            f"{at} is infinite for unit {str(frame.index[row])!r}; expected a number or a gap"
        )
    return pd.DataFrame(numbers, index=frame.index, columns=frame.columns), single


def read_vector(values: npt.ArrayLike | pd.Series, name: str) -> pd.Series:
    """Return a vector as a Series of floats; see `read_numbers`."""
    frame, single = read_numbers(values, name)
    if not single:
        raise ValueError(f"{name} has shape {frame.shape}; expected a vector")
    return frame.iloc[:, 0]
