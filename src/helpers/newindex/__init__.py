"""Published tables that nobody here has seen, made into a pack of ``data/raw``.

``read`` brings text files, workbooks and saved pages into grids of cells, ``header`` finds the
table in each, ``understand`` says what its columns are and what is in doubt, ``write`` and
``extend`` make the files. A guess stands there as a proposal with its reason; what only a
person can tell is left as ``"?"`` with the question beside it, and nothing is built until it is
answered.
"""

from helpers.newindex.extend import add_table
from helpers.newindex.say import check
from helpers.newindex.write import new_index

__all__ = ["add_table", "check", "new_index"]
