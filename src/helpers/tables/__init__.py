"""Published text to processed tables: cleaning, scores, ranks, changes, and what they rest on."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from helpers.tables.contracts import CONTRACTS

if TYPE_CHECKING:
    from helpers.tables.processed import as_dicts, conform, read, write

__all__ = ["CONTRACTS", "as_dicts", "conform", "read", "write"]


def __getattr__(name: str) -> Any:
    """Load pandas with the first table: a command that finds all up to date does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("helpers.tables.processed"), name)
