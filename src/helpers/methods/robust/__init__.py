"""How far an index's ranks depend on the choices it rests on.

Uncertainty and sensitivity analysis of composite indices after the OECD/JRC Handbook on
Constructing Composite Indicators (2008), for ranks and for rank changes. Data are a frame of units
and a structure table, or both assembled with the index's own choices as `Inputs`.
"""

from helpers.methods.robust.inputs import Inputs
from helpers.methods.robust.leave import drop_one
from helpers.methods.robust.options import (
    Assumption,
    Dirichlet,
    Noise,
    Normalisation,
    Options,
    default_assumptions,
    scored_assumptions,
)
from helpers.methods.robust.sensitivity import sensitivity_analysis
from helpers.methods.robust.swap import swap_weights
from helpers.methods.robust.uncertainty import (
    Uncertainty,
    build,
    probability_of_rise,
    uncertainty_analysis,
)

__all__ = [
    "Assumption",
    "Dirichlet",
    "Inputs",
    "Noise",
    "Normalisation",
    "Options",
    "Uncertainty",
    "build",
    "default_assumptions",
    "drop_one",
    "probability_of_rise",
    "scored_assumptions",
    "sensitivity_analysis",
    "swap_weights",
    "uncertainty_analysis",
]
