"""Which assumption the ranks, and the rank changes, depend on: Sobol indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.methods.ranking import Floats
from helpers.methods.robust.inputs import Inputs, assemble
from helpers.methods.robust.model import (
    Model,
    choose_assumptions,
    common_units,
    design_from_uniform,
    rank_changes,
    read_years,
)
from helpers.methods.robust.options import Assumption

COLUMNS = ["first_order", "first_order_ci", "total_order", "total_order_ci"]


def sensitivity_analysis(
    data: pd.DataFrame | Inputs,
    structure: pd.DataFrame | None = None,
    *,
    later: pd.DataFrame | Inputs | None = None,
    assumptions: Sequence[Assumption] | None = None,
    units: Sequence[Any] | None = None,
    base: int = 512,
    resamples: int = 100,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Attribute the variance of ranks, or of rank changes, to the assumptions.

    First-order and total-order Sobol indices from a Saltelli design of ``base * (d + 2)``
    evaluations for d assumptions, with bootstrap confidence intervals, by SALib (Saltelli et al.,
    2010, doi 10.1016/j.cpc.2009.09.018). Random weights count as one assumption.

    Parameters
    ----------
    data, structure, assumptions
        As in `uncertainty_analysis`.
    later : frame or Inputs, optional
        The same units a year on, as in `probability_of_rise`. If given, the output is the rank
        change, every choice being applied to both years.
    units : sequence, optional
        Units to report (about 20 ms each); default all.
    base : int
        Points of the base design, a power of two.
    resamples, level
        Bootstrap resamples and level of the confidence intervals.

    Returns
    -------
    frame
        measure, unit, assumption, variance, first_order, first_order_ci, total_order,
        total_order_ci (half widths). Measures: ``rank`` of each unit and ``mean_abs_shift`` (of
        all units against the nominal ranks, unit missing); with `later` these are
        ``rank_change`` and ``mean_abs_shift`` of the changes. Where an output does not vary, all
        indices are exactly 0; so are those of an assumption with identical alternatives.

    Raises
    ------
    ValueError
        As in `uncertainty_analysis`; or `base` is no power of two, or a unit is unknown.
    """
    years = [assemble(one, structure) for one in (data, later) if one is not None]
    chosen = choose_assumptions(assumptions, *years)
    if base < 2 or base & (base - 1):
        raise ValueError(f"base is {base}; give a power of two, 2 or more")
    names = [a.field for a in chosen]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    from SALib.sample import sobol  # with half of SciPy, which a report does without

    uniform = sobol.sample(
        problem, base, calc_second_order=False, seed=np.random.default_rng([seed, 2])
    )
    design = design_from_uniform(chosen, uniform, 2 * base, seed)
    if later is None:
        model, measure = Model(years[0]), "rank"
        there = model.units
        output = model.evaluate(design, keep_scores=False).ranks
        against = model.run(model.nominal).ranks
    else:
        pair = read_years(*years)
        measure, there = "rank_change", common_units(pair)
        output, against = rank_changes(pair, design)
    shown = list(there) if units is None else list(units)
    places = there.get_indexer(pd.Index(shown))
    if (places < 0).any():
        raise ValueError(f"unit {shown[int(np.argmin(places))]!r} is not in the data")
    shift = np.abs(output.astype(np.int32) - against).mean(axis=1)
    outputs: list[tuple[str, Any, Floats]] = [("mean_abs_shift", None, shift)]
    outputs += [
        (measure, u, output[:, p].astype(float)) for u, p in zip(shown, places, strict=True)
    ]
    blocks = []
    for what, unit, y in outputs:
        block = _sobol_indices(problem, y, resamples, level, seed)
        blocks.append(block.assign(measure=what, unit=unit))
    table = pd.concat(blocks, ignore_index=True)
    return table[["measure", "unit", "assumption", "variance", *COLUMNS]]


def _sobol_indices(
    problem: dict[str, object], y: Floats, resamples: int, level: float, seed: int
) -> pd.DataFrame:
    """Return the indices of one output, one row per assumption."""
    names = problem["names"]
    assert isinstance(names, list)
    step = len(names) + 2
    plain = np.concatenate([y[::step], y[step - 1 :: step]])
    out = pd.DataFrame({"assumption": names, "variance": plain.var()})
    if np.ptp(plain) == 0:
        # SALib would divide by the zero variance of such an output.
        out[COLUMNS] = 0.0
        return out
    from SALib.analyze import sobol

    # SALib takes seed 0 for no seed.
    indices = sobol.analyze(
        problem, y, calc_second_order=False, num_resamples=resamples, conf_level=level,
        seed=seed + 1,
    )  # fmt: skip
    for column, key in zip(COLUMNS, ("S1", "S1_conf", "ST", "ST_conf"), strict=True):
        out[column] = indices[key]
    return out
