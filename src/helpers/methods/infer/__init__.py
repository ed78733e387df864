"""Confidence sets for ranks and their changes: of estimates with standard errors, of counts."""

from helpers.methods.infer.best import best_set, tau_best_set, tau_worst_set
from helpers.methods.infer.changes import change_sets, level_of_each, rank_change_confidence_sets
from helpers.methods.infer.multinomial import multinomial_rank_confidence_sets
from helpers.methods.infer.sets import rank_confidence_sets

__all__ = [
    "best_set",
    "change_sets",
    "level_of_each",
    "multinomial_rank_confidence_sets",
    "rank_change_confidence_sets",
    "rank_confidence_sets",
    "tau_best_set",
    "tau_worst_set",
]
