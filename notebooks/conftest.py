"""nbval compares what notebooks print, not their pictures, which are tested by their data."""

from typing import Any


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave SVG out of the comparison, as nbval does by itself with PNG and JPEG."""
    for notebook in {id(item.parent): item.parent for item in items}.values():
        if hasattr(notebook, "skip_compare"):
            notebook.skip_compare += ("image/svg+xml",)
