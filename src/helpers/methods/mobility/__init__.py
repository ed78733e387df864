"""How much a whole league table moved between two years."""

from helpers.methods.mobility.movement import movement
from helpers.methods.mobility.regression import regression_to_mean
from helpers.methods.mobility.transition import transition

__all__ = ["movement", "regression_to_mean", "transition"]
