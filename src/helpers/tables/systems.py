"""What printed figures imply, with bounds: interval arithmetic on rules kept in a table.

A rule names a kind and its inputs; this module knows the kinds and no figure by name. Bounds
hold every value that true figures inside the bounds of the inputs could give, and where only
whole numbers make sense, the whole numbers among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from helpers.index import catalog
from helpers.tables.clean import rawtable, systems
from helpers.tables.processed import as_dicts

# Printed decimals become floats: a bound that should be whole may miss it by this much.
_EPS = 1e-9


class Bounded(NamedTuple):
    """A figure between bounds; ``value`` is NaN where the print leaves an end open."""

    low: float
    value: float
    high: float
    whole: bool = False


def exactly(number: float) -> Bounded:
    """Return a number that is known exactly."""
    return Bounded(number, number, number, float(number).is_integer())


def share_of(share: Bounded, total: Bounded) -> Bounded:
    """Return the part that a share in per cent is of a total: whole where the total is."""
    found = Bounded(
        share.low / 100 * total.low, share.value / 100 * total.value, share.high / 100 * total.high
    )
    return _whole(found) if total.whole else found


def complement(whole: Bounded, *parts: Bounded) -> Bounded:
    """Return what is left of a whole, at least nothing."""
    low = whole.low - sum(part.high for part in parts)
    high = whole.high - sum(part.low for part in parts)
    if high < -_EPS:
        raise ValueError(f"the parts come to {-high:g} more than the whole")
    value = whole.value - sum(part.value for part in parts)
    counts = whole.whole and all(part.whole for part in parts)
    return Bounded(max(low, 0.0), value, max(high, 0.0), counts)


def ratio(over: Bounded, under: Bounded) -> Bounded:
    """Return a quotient of two figures, neither of them negative."""
    if under.low <= 0:
        raise ValueError(f"the divisor can be {under.low:g}; expected a figure above zero")
    return Bounded(over.low / under.high, over.value / under.value, over.high / under.low)


def total_behind(part: Bounded, share: Bounded) -> Bounded:
    """Return the total of which a part is a share in per cent: whole where the part is."""
    found = ratio(part, Bounded(share.low / 100, share.value / 100, share.high / 100))
    return _whole(found) if part.whole else found


def two_readings(now: Bounded, change: Bounded) -> dict[str, Bounded]:
    """Return last year's share under both readings of "up 13 %": per cent, or points."""
    if change.low <= -100:
        raise ValueError(f"a change of {change.low:g} per cent; expected one above -100")
    percent = Bounded(
        now.low / (1 + change.high / 100),
        now.value / (1 + change.value / 100),
        now.high / (1 + change.low / 100),
    )
    points = Bounded(now.low - change.high, now.value - change.value, now.high - change.low)
    return {"percent": _within(percent), "points": _within(points)}


def most_at_least(items: Bounded, groups: Bounded) -> Bounded:
    """Return how many items the fullest group has: at least the mean, rounded up."""
    least = ratio(items, groups).low
    return Bounded(float(math.ceil(least - _EPS)), math.nan, items.high, True)


def sum_at_most(limit: Bounded, *parts: Bounded) -> Bounded:
    """Return what is left up to a limit; below zero the limit is broken."""
    return Bounded(
        limit.low - sum(part.high for part in parts),
        limit.value - sum(part.value for part in parts),
        limit.high - sum(part.low for part in parts),
    )


KINDS: dict[str, Callable[..., Any]] = {
    kind.__name__: kind
    for kind in (
        share_of, complement, ratio, total_behind, two_readings, most_at_least, sum_at_most,
    )
}  # fmt: skip


def of_pack(pack: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures of a folder of ``data/raw``, typed and named, and what they imply.

    Raises
    ------
    DataError
        A table is missing or does not fit; names file, row and column.
    """
    figures, names, rules = (
        catalog.raw(pack, f"{name}.csv") for name in ("indicators", "systems", "implied")
    )
    typed = systems.label_systems(systems.read_systems(figures), names)
    return typed, imply(typed, rawtable.read(rules, ["id", "kind", "inputs", "unit"]))


def imply(figures: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Work out all rules, in their order; a rule may use the results of earlier ones.

    Parameters
    ----------
    figures
        id, unit, qualifier, value, low, high, of, change, change_low, change_high: as
        :func:`helpers.tables.clean.systems.read_systems` returns them.
    rules
        id, kind, inputs, unit and labels. Inputs are parted by ``;``: a number, the id of a
        figure or of an earlier rule, ``id.of`` for what a figure is a part of, or
        ``id.change`` for its change. A ratio whose unit is per cent is one of a whole.

    Returns
    -------
    DataFrame
        The rules with ``reading`` (only for two_readings), ``value``, ``low``, ``high``, and
        for sum_at_most ``holds``: True, False, or missing where the bounds leave it open.

    Raises
    ------
    ValueError
        When a rule's kind or an input is unknown, or figures contradict each other so that
        no value is possible; names the rule.
    """
    known = dict(_named(figures))
    found: list[dict[str, Any]] = []
    for row in as_dicts(rules):
        results = _work_out(row, known)
        for reading, one in results.items():
            holds: Any = pd.NA
            if row["kind"] == "sum_at_most" and (one.low >= -_EPS or one.high < -_EPS):
                holds = bool(one.low >= -_EPS)
            found.append(
                {**row, "reading": reading, "value": one.value, "low": one.low,
                 "high": one.high, "holds": holds}
            )  # fmt: skip
        if len(results) == 1:
            known[row["id"]] = next(iter(results.values()))
    return pd.DataFrame(found).astype({"holds": "boolean"})


def _work_out(row: dict[str, Any], known: dict[str, Bounded]) -> dict[str, Bounded]:
    name = row["id"]
    if row["kind"] not in KINDS:
        raise ValueError(f"rule {name}: no kind {row['kind']!r}; there are: {', '.join(KINDS)}")
    inputs = [_input(token.strip(), known, name) for token in row["inputs"].split(";")]
    try:
        result = KINDS[row["kind"]](*inputs)
    except (ValueError, TypeError) as error:
        raise ValueError(f"rule {name} ({row['kind']} of {row['inputs']}): {error}") from None
    if isinstance(result, dict):
        return result
    if row["kind"] == "ratio" and row["unit"].startswith("percent"):
        result = Bounded(100 * result.low, 100 * result.value, 100 * result.high)
    return {"": result}


def _input(token: str, known: dict[str, Bounded], rule: str) -> Bounded:
    if token in known:
        return known[token]
    try:
        return exactly(float(token))
    except ValueError:
        raise ValueError(
            f"rule {rule}: no figure or earlier rule {token!r}; correct its inputs"
        ) from None


def _named(figures: pd.DataFrame) -> Iterator[tuple[str, Bounded]]:
    for row in as_dicts(figures):
        open_ended = row["qualifier"] not in ("exact", "estimate")
        whole = row["low"] == row["high"] and float(row["value"]).is_integer()
        yield (
            row["id"],
            Bounded(row["low"], math.nan if open_ended else row["value"], row["high"], whole),
        )
        if pd.notna(row["of"]):
            yield row["id"] + ".of", exactly(row["of"])
        if pd.notna(row["change"]):
            ends = row["change_low"], row["change"], row["change_high"]
            yield row["id"] + ".change", Bounded(*ends)


def _whole(one: Bounded) -> Bounded:
    low, high = math.ceil(one.low - _EPS), math.floor(one.high + _EPS)
    if low > high:
        raise ValueError(f"no whole number lies between {one.low:g} and {one.high:g}")
    value = one.value if math.isnan(one.value) else min(max(round(one.value), low), high)
    return Bounded(float(low), float(value), float(high), True)


def _within(share: Bounded) -> Bounded:
    """Keep a share between 0 and 100."""
    return share._replace(low=max(share.low, 0.0), high=min(share.high, 100.0))
