"""The reports that are kept in the repository, for who looks before installing anything.

``python -m helpers.engine.samples`` (``make samples``) makes them anew; a test compares them with
what is made now.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL.Image import Image

from helpers.engine import make
from helpers.index import catalog

FOLDER = "reports/samples"
PICTURE = "page-one.png"
PICTURED = "phu-tho.en.pdf"
DOTS = 110  # an inch


def samples() -> list[Path]:
    """Make the sample reports and the picture of one's first page; return their paths."""
    folder = catalog.root() / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = [*make.report("", "", "", "vi en"), *make.national("", "", "", "en")]
    kept = [Path(shutil.copy(path, folder)) for path in made]
    picture = folder / PICTURE
    draw_page_one(folder / PICTURED).save(picture, optimize=True)
    return [*kept, picture]


def draw_page_one(pdf: Path) -> Image:
    """Return the first page of a PDF as a picture in few colours."""
    import pypdfium2

    page: Image = pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS / 72).to_pil()
    return page.quantize(48)


if __name__ == "__main__":
    for path in samples():
        print(catalog.relative(path))
