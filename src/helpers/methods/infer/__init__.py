"""Confidence sets for ranks, for estimates with standard errors and for multinomial counts."""

from helpers.methods.infer.best import best_set, tau_best_set, tau_worst_set
from helpers.methods.infer.multinomial import multinomial_rank_confidence_sets
from helpers.methods.infer.sets import rank_confidence_sets

__all__ = [
    "best_set",
    "multinomial_rank_confidence_sets",
    "rank_confidence_sets",
    "tau_best_set",
    "tau_worst_set",
]
