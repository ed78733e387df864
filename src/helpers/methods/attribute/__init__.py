"""Why a rank changed: a unit's own movement, the others', by name, part and scheme.

Ranks are competition ranks: 1 + the number of units strictly above. A change is
``rank_from - rank_to``, so a rise is positive. Every account here adds up to the change:

===================== ==================================================================
``own_and_others``    what the unit's own movement did, and what everybody else's did
``passed``            the same, name by name: who was passed, who passed, who drew level
``shapley``           the unit's own part by indicator or pillar, beside the others
``reweighting``       what a new set of weights did on its own at a break of the scheme
===================== ==================================================================

Tables are pandas objects labelled by unit, or arrays (then a unit's label is its position).
A unit that is missing (NaN) in a year is not in that year's table: it has no change, and
in that year it is above nobody.
"""

from helpers.methods.attribute.pair import RELATIONS, passed
from helpers.methods.attribute.reweight import reweighting
from helpers.methods.attribute.share import MAX_PARTS, shapley
from helpers.methods.attribute.split import own_and_others

__all__ = [
    "MAX_PARTS",
    "RELATIONS",
    "own_and_others",
    "passed",
    "reweighting",
    "shapley",
]
