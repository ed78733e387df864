"""How much a whole league table moved between two years."""

from helpers.mobility.movement import movement
from helpers.mobility.regression import regression_to_mean
from helpers.mobility.transition import mobility_indices, transition

__all__ = ["mobility_indices", "movement", "regression_to_mean", "transition"]
