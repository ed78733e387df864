"""What a unit's report says: its figures (`case`), sentences (`say`) and tables (`tabulate`).

The notebook ``report`` chooses and orders; drawing is the business of `helpers.figures`.
"""

from helpers.report.case import Case, open_case

__all__ = ["Case", "open_case"]
