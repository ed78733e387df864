"""What other choices would have made of the tables of the catalogue.

``look_up`` assembles an index of the catalogue for the analyses of `helpers.methods.robust`, as in
``swap_weights(*look_up(name))``.
"""

from helpers.tables.robustness.catalogued import look_up

__all__ = ["look_up"]
