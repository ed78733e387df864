"""The colours and the typeface that figures, PDF and HTML share.

The hues are told apart under the common colour vision deficiencies, and every colour
used for text has a contrast of at least 4.5 : 1 on white (WCAG 2.2, level AA).
"""

from typing import Final

FONT: Final = "Source Sans Pro"

INK: Final = "#1f2933"  # text
MUTED: Final = "#565f68"  # secondary text, axis labels
RULE: Final = "#d5dae0"  # hairlines, grid
CONTEXT: Final = "#b9c1c9"  # every unit that is not the subject
HIGHLIGHT: Final = "#005a9c"  # the subject
RISE: Final = "#00705a"  # a rank that got better
FALL: Final = "#b8430b"  # a rank that got worse
PAPER: Final = "#f3f6f9"  # panels behind key figures
