"""A frame of units checked and brought into the matrix of a tree's indicators."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.methods.labelled import read_numbers
from helpers.methods.ranking import Floats
from helpers.methods.robust.options import Options
from helpers.methods.robust.structure import Tree


@dataclass(frozen=True)
class Inputs:
    """What an analysis works on: one year of one index.

    Attributes
    ----------
    frame : frame
        One row per unit (the index), one numeric column per indicator; further columns
        (denominators, groups) may stand beside them.
    structure : frame
        Columns indicator, parent, weight, and if wanted direction (1, -1) and denominator.
    nominal : Options
        The choices the index was built with; default nothing but the weighted arithmetic mean.
    target : str, optional
        Composite to build; default ``overall``, else the only root.
    scored : bool
        Whether the indicators are scores on one scale already.
    """

    frame: pd.DataFrame
    structure: pd.DataFrame
    nominal: Options = field(default_factory=Options)
    target: str | None = None
    scored: bool = False


def assemble(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    nominal: Options | None = None,
    target: str | None = None,
) -> Inputs:
    """Return what an analysis works on, given as such or as a frame with its structure table.

    Raises
    ------
    ValueError
        The structure of a frame is missing, or assembled inputs come with another.
    """
    if isinstance(data, Inputs):
        if structure is not None or nominal is not None or target is not None:
            raise ValueError("Inputs hold their own structure, nominal choices and target; "
                             "pass them alone")  # fmt: skip
        return data
    if not isinstance(data, pd.DataFrame):
        raise ValueError(f"data are {data!r}; give a frame of units, or its Inputs")
    if structure is None:
        raise ValueError("structure is missing; pass a frame with indicator, parent and weight")
    return Inputs(data, structure, nominal or Options(), target)


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
    divided = dict(zip(tree.leaves, tree.denominators, strict=True))
    roles = {by: f"denominator of {leaf}" for leaf, by in divided.items() if by is not None}
    roles |= dict.fromkeys(tree.leaves, "indicator")
    for column, role in roles.items():
        if column not in frame.columns:
            raise ValueError(
                f"column {column} ({role}) is not in the data; add it or mend the structure"
            )
    numbers, _ = read_numbers(frame.loc[:, frame.columns.isin(list(roles))], "the data")
    matrix = numbers[list(tree.leaves)].to_numpy(copy=True)
    for j, (leaf, by) in enumerate(divided.items()):
        if by is None:
            continue
        if (numbers[by] == 0).any():
            unit = numbers.index[numbers[by] == 0][0]
            raise ValueError(
                f"denominator {by} of unit {unit} is 0 for {leaf}; correct it or leave it empty"
            )
        matrix[:, j] /= numbers[by]
    return matrix


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
