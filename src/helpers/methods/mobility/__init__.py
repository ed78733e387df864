"""How much a whole league table moved between two years."""

from helpers.methods.mobility.movement import movement
from helpers.methods.mobility.regression import regression_to_mean
from helpers.methods.mobility.transition import mobility_indices, transition

__all__ = ["mobility_indices", "movement", "regression_to_mean", "transition"]
