"""What a report says and shows: on one unit (`unit`), on a whole table (`whole`), in `figures`.

The notebooks choose and order; nothing here computes a rank.
"""

from helpers.report.page import Detail
from helpers.report.page import Together as together
from helpers.report.unit.case import Case, open_case

__all__ = ["Case", "Detail", "open_case", "together"]
