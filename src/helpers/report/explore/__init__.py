"""The explorer: pick a unit, drag a weight or a score, and see every rank follow.

`Explorer` holds what is set and what follows, `draw` its views, `open_panel` the widgets.
"""

from helpers.report.explore.panel import open_panel
from helpers.report.explore.state import Explorer

__all__ = ["Explorer", "open_panel"]
