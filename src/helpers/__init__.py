"""Explained, bounded and reproducible rank changes for published league tables."""

__version__ = "0.1.0"
