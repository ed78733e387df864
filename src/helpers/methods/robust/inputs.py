"""A frame of units checked and brought into the matrix of a tree's indicators."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.methods.robust.options import Options
from helpers.methods.robust.structure import Floats, Tree


class Source(NamedTuple):
    """What an analysis works on.

    Attributes
    ----------
    frame : frame
        One row per unit, one column per indicator.
    structure : frame
    nominal : Options
        The choices the index was built with, where none are given.
    scored : bool
        Whether the indicators are scores on one scale already.
    """

    frame: pd.DataFrame
    structure: pd.DataFrame
    nominal: Options
    scored: bool = False


def resolve(
    data: pd.DataFrame | str,
    structure: pd.DataFrame | None,
    nominal: Options | None = None,
    year: int | None = None,
    unit_set: str | None = None,
) -> Source:
    """Return what an analysis works on.

    The one place where an index given by name is looked up in the catalogue; every public
    function of the package comes through here.

    Raises
    ------
    ValueError
        The structure of a frame is missing, or an index given by name comes with one.
    HelpersError
        The catalogue has no such index, unit set or year.
    """
    if isinstance(data, str):
        if structure is not None:
            raise ValueError(f"index {data!r} has its own structure; pass its name alone")
        from helpers.tables.robustness.catalogued import look_up

        (found,) = look_up(data, unit_set, None if year is None else (year,))
        return found if nominal is None else found._replace(nominal=nominal)
    if structure is None:
        raise ValueError("structure is missing; pass a frame with indicator, parent and weight")
    return Source(data, structure, nominal or Options())


def resolve_years(
    earlier: pd.DataFrame | str,
    later: pd.DataFrame | str | None,
    structure: pd.DataFrame | None,
    structure_later: pd.DataFrame | None,
    nominal: Options | None = None,
    years: tuple[int, int] | None = None,
    unit_set: str | None = None,
) -> tuple[Source, Source]:
    """Return both years' sources; an index by name as in `resolve`.

    Raises
    ------
    ValueError
        A name comes without `years` or with frames beside it; the later frame is missing.
    """
    if isinstance(earlier, str):
        if years is None or later is not None or structure is not None:
            raise ValueError(f"index {earlier!r} given by name; pass years=(from, to) beside it")
        from helpers.tables.robustness.catalogued import look_up

        first, second = look_up(earlier, unit_set, years)
        if nominal is not None:
            first, second = first._replace(nominal=nominal), second._replace(nominal=nominal)
        return first, second
    if later is None or isinstance(later, str):
        raise ValueError("the later year is missing; pass its frame, or an index by name and years")
    first = resolve(earlier, structure, nominal)
    return first, resolve(
        later, first.structure if structure_later is None else structure_later, nominal
    )


def raw_matrix(frame: pd.DataFrame, tree: Tree) -> Floats:
    """Return the indicators of `tree`, divided by their denominators, shape (units, indicators).

    Missing values are NaN; so is an indicator whose denominator is missing.

    Raises
    ------
    ValueError
        Fewer than two units, a unit or column twice, a missing or non-numeric column, an
        infinite value, a denominator of zero.
    """
    if len(frame) < 2:
        raise ValueError(f"{len(frame)} unit in the data; a ranking needs at least two")
    if frame.index.has_duplicates:
        raise ValueError(
            f"unit {frame.index[frame.index.duplicated()][0]} occurs twice; keep one row"
        )
    columns: dict[str, Floats] = {}
    matrix = np.empty((len(frame), len(tree.leaves)))
    for j, (leaf, by) in enumerate(zip(tree.leaves, tree.denominators, strict=True)):
        values = _numbers(frame, leaf, "indicator")
        if by is not None:
            if by not in columns:
                columns[by] = _numbers(frame, by, f"denominator of {leaf}")
            divisor = columns[by]
            if (divisor == 0).any():
                unit = frame.index[divisor == 0][0]
                raise ValueError(
                    f"denominator {by} of unit {unit} is 0 for {leaf}; correct it or leave it empty"
                )
            values = values / divisor
        matrix[:, j] = values
    return matrix


def _numbers(frame: pd.DataFrame, column: str, role: str) -> Floats:
    if column not in frame.columns:
        raise ValueError(
            f"column {column} ({role}) is not in the data; add it or mend the structure"
        )
    values = frame[column]
    if isinstance(values, pd.DataFrame):
        raise ValueError(f"column {column} occurs twice in the data; keep one")
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ValueError(f"column {column} holds {values.dtype}, not numbers; convert it first")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(numbers).any():
        unit = frame.index[np.isinf(numbers)][0]
        raise ValueError(f"{column} of unit {unit} is infinite; correct it or leave it empty")
    return numbers


def impute(matrix: Floats, options: Options, frame: pd.DataFrame, tree: Tree) -> Floats:
    """Fill missing values of a (units, indicators) matrix as `options` say.

    Raises
    ------
    ValueError
        A value is missing and imputation is ``none``; nothing to take a mean of; no such group
        column, or a unit without a group.
    """
    gaps = np.isnan(matrix)
    if not gaps.any():
        return matrix
    i, j = (int(x) for x in np.argwhere(gaps)[0])
    table = pd.DataFrame(matrix)
    if options.imputation == "none":
        raise ValueError(
            f"{tree.leaves[j]} of unit {frame.index[i]} is missing; complete it, or choose an "
            "imputation: mean, median or group-mean"
        )
    if options.imputation == "group-mean":
        fill = table.groupby(_groups(frame, str(options.group))).transform("mean")
    else:
        one = table.mean() if options.imputation == "mean" else table.median()
        fill = pd.DataFrame([one] * len(table))
    filled = np.where(gaps, fill.to_numpy(dtype=float), matrix)
    if np.isnan(filled).any():
        i, j = (int(x) for x in np.argwhere(np.isnan(filled))[0])
        where = (
            f" in the group of unit {frame.index[i]}" if options.imputation == "group-mean" else ""
        )
        raise ValueError(
            f"{tree.leaves[j]} has no value{where} to impute from; use another imputation"
        )
    return filled


def _groups(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame.columns:
        raise ValueError(f"group column {column} is not in the data; name an existing one")
    groups = frame[column]
    if groups.isna().any():
        raise ValueError(
            f"unit {frame.index[groups.isna()][0]} has no {column}; every unit needs a group"
        )
    codes, _ = pd.factorize(groups)
    return codes


def align_years(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return `later` with its units in the order of `earlier`.

    Raises
    ------
    ValueError
        The two years do not hold the same units: a rank change needs one table of units.
    """
    for one, other, when in ((earlier, later, "later"), (later, earlier, "earlier")):
        lost = one.index.difference(other.index)
        if len(lost):
            some = ", ".join(map(str, lost[:5]))
            raise ValueError(
                f"{len(lost)} units are missing in the {when} year ({some}); keep common ones"
            )
    if later.index.has_duplicates:
        raise ValueError(
            f"unit {later.index[later.index.duplicated()][0]} occurs twice; keep one row"
        )
    return later.loc[earlier.index]
