"""The typeface that a page carries: two weights, cut down to the letters reports are set in.

``python -m nbtypst.faces`` makes the files anew from the package font-source-sans-pro.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from nbtypst.style import TYPEFACE

FOLDER = Path(__file__).with_name("typeface")
WEIGHTS = {"Regular": 400, "Semibold": 600}
# Latin with Vietnamese, combining marks, punctuation, arrows, signs of mathematics, triangles.
RANGES = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x300, 0x323)),
    *((0x1EA0, 0x1EF9), (0x2010, 0x2026), (0x2030, 0x203A), (0x20AB, 0x20AC), (0x2190, 0x2193)),
    *((0x2212, 0x2212), (0x2248, 0x2265), (0x25B2, 0x25BD)),
)


@cache
def rules(typeface: str) -> str:
    """Return the style sheet's ``@font-face`` rules; none for another typeface."""
    if typeface != TYPEFACE:
        return ""
    rule = (
        '@font-face {{ font-family: "{}"; font-weight: {}; font-display: block; '
        'src: url("data:font/woff2;base64,{}") format("woff2"); }}\n'
    )
    return "".join(
        rule.format(typeface, weight, base64.b64encode(_file(face).read_bytes()).decode())
        for face, weight in WEIGHTS.items()
    )


def _file(face: str) -> Path:
    return FOLDER / f"SourceSansPro-{face}.woff2"


def _make() -> None:
    import font_source_sans_pro
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    letters = [code for first, last in RANGES for code in range(first, last + 1)]
    for face in WEIGHTS:
        font = TTFont(
            Path(font_source_sans_pro.font_directory, f"SourceSansPro-{face}.ttf"),
            recalcTimestamp=False,
        )
        # Without names: its licence keeps "Source" for the face as its makers give it.
        options = Options(
            hinting=False, name_IDs=[], layout_features=["kern", "mark", "mkmk", "tnum", "lnum"]
        )
        cut = Subsetter(options)
        cut.populate(unicodes=letters)
        cut.subset(font)
        font.flavor = "woff2"
        font.save(_file(face))


if __name__ == "__main__":
    _make()
