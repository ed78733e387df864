"""What may stand in a file's ``.provenance.yml``, as types; declared as those of ``index.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from helpers.index.columns import Name
from helpers.index.fieldtypes import record
from helpers.index.model import Words


@record
class Quality:
    """How good a file is as a source."""

    rating: Literal["green", "amber", "red"]
    """green, amber or red"""
    note: str = ""
    """the reason"""


@record
class Sidecar:
    """What ``<file>.provenance.yml`` says."""

    title: Words
    """what the file is, one text or one per language"""
    producer: Words
    """who published it"""
    citation: str
    """how to cite the source"""
    url: str | tuple[str, ...]
    """addresses where it was published"""
    obtained_from: str
    """where this copy comes from"""
    date_published: Name | tuple[Name, ...] | None
    """first and last date, as far as known: `2025-10-21`, `2025-02` or `2023`"""
    date_accessed: Name
    """when the copy was made"""
    licence: Words
    """licence, or that these are facts"""
    quality: Quality
    """`rating` (green, amber, red) and a `note` with the reason"""
    rows: int | None = None
    """the number of rows, written by `make record-raw`"""
    units: int | None = None
    """the number of units, as they are spelt, written by `make record-raw`"""
    years: Mapping[int, int] = field(default_factory=dict)
    """the number of rows of each year, written by `make record-raw`"""
    size: int | None = None
    """bytes, written by `make record-raw`"""
    sha256: str | None = None
    """hash, written by `make record-raw`"""
