"""A published table that nobody here has seen, made into a pack of ``data/raw``.

``read`` brings a CSV, workbook or saved page into rows of text, ``understand`` says what the
columns are and what is in doubt, ``write`` makes the files. What only a person can tell is
left as ``"?"`` with the question beside it, and the index refuses to build until answered.
"""

from helpers.newindex.write import add_table, new_index

__all__ = ["add_table", "new_index"]
