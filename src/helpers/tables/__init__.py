"""Published text to processed tables: cleaning, scores, ranks, changes, and what they rest on."""

from helpers.tables.contracts import CONTRACTS, as_dicts, conform, read, write

__all__ = ["CONTRACTS", "as_dicts", "conform", "read", "write"]
