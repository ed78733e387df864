"""The reports kept in the repository are those that it makes."""

from pathlib import Path

import numpy as np
from PIL import Image

from helpers.engine.samples import FOLDER, PICTURE, PICTURED, draw_page_one
from projects import ROOT, command

SAMPLES = ROOT / FOLDER
MEND = "run `make samples`"


def test_the_samples_are_what_is_made_now(copied: Path) -> None:
    done = command(copied, "report-national", "--langs", "en")
    assert done.code == 0, done.err
    kept = {path.name for path in SAMPLES.iterdir()} - {PICTURE}
    assert {"phu-tho.vi.pdf", "phu-tho.en.html", "national.en.pdf", PICTURED} <= kept
    for name in sorted(kept):
        assert (SAMPLES / name).read_bytes() == (copied / "reports/dti" / name).read_bytes(), MEND


def test_the_picture_is_of_page_one() -> None:
    drawn = draw_page_one(SAMPLES / PICTURED).convert("RGB")
    kept = Image.open(SAMPLES / PICTURE).convert("RGB")
    assert np.array_equal(np.asarray(drawn), np.asarray(kept)), MEND


def test_the_samples_are_light() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 2_000_000
    pages = [path for path in SAMPLES.iterdir() if path.suffix in (".html", ".pdf")]
    for path in pages:
        assert path.stat().st_size < {".html": 350_000, ".pdf": 250_000}[path.suffix]
