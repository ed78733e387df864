"""Countries by their codes and names, and what they are called in other languages (CLDR)."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

from helpers.index.spelling import fold

_UNIONS = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
_MOST = 0.8  # share of units that are countries in a table of countries


@cache
def codes() -> dict[str, str]:
    """Return the two-letter codes by two- and three-letter code, and by EL for Greece."""
    two = {str(c): str(c) for c in Locale("en").territories if len(str(c)) == 2}
    known = {code: code for code in two if code not in _UNIONS}
    aliases = get_global("territory_aliases").items()
    known |= {str(old): str(new[0]) for old, new in aliases if new and str(new[0]) in known}
    return known | {"EL": "GR"}


@cache
def names() -> dict[str, str]:
    """Return the two-letter codes by English name, folded."""
    told = Locale("en").territories.items()
    return {fold(str(name)): str(code) for code, name in told if str(code) in codes()}


def name_all(rows: list[dict[str, str]]) -> None:
    """Give the rows of a table of countries their Vietnamese names, and codes their English ones.

    Parameters
    ----------
    rows
        Those of units.csv; where most are no countries they stay as they are.
    """
    found = [codes().get(r["code"]) or names().get(fold(r["name"])) for r in rows]
    if sum(map(bool, found)) < _MOST * len(rows) or len(rows) < 2:
        return
    english, vietnamese = Locale("en").territories, Locale("vi").territories
    for row, code in zip(rows, found, strict=True):
        row["name_vi"] = str(vietnamese.get(code, "")) if code else ""
        if code and row["name"] == row["code"]:
            row["name"] = str(english[code])
