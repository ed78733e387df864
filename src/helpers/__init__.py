"""Explained, bounded and reproducible rank changes for published league tables."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

__version__ = "0.1.0"

FORMER = {
    "attribute": "helpers.methods.attribute",
    "catalog": "helpers.index.catalog",
    "claims": "helpers.tables.claims",
    "clean": "helpers.tables.clean",
    "figures": "helpers.report.figures",
    "infer": "helpers.methods.infer",
    "mobility": "helpers.methods.mobility",
    "parts": "helpers.tables.headline",
    "pipeline": "helpers.engine.make",
    "prefork": "prefork",
    "provenance": "helpers.index.provenance",
    "rank": "helpers.tables.rank",
    "robust": "helpers.methods.robust",
    "run": "helpers.engine.run",
    "score": "helpers.tables.score",
    "typst": "nbtypst",
    "units": "helpers.index.units",
}
"""Modules by the names they had before the wings, which scripts elsewhere rely on."""


class _Former:
    """Gives a former name the very module that it means today.

    A finder and loader by its methods alone: their base classes take a tenth of a short run to
    import.
    """

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        package, _dot, rest = name.partition(".")
        known = package == __name__ and rest.split(".")[0] in FORMER
        return ModuleSpec(name, cast("Loader", self)) if known else None

    def create_module(self, _spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        _package, former, *inner = module.__name__.split(".")
        sys.modules[module.__name__] = import_module(".".join([FORMER[former], *inner]))


sys.meta_path.insert(0, _Former())
