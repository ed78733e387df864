"""The verdict on one claim: what it says beside what the evidence says."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

from helpers.tables.claims.evidence import TRUST, Evidence, origin

BORNE_OUT = "borne out"
WITHIN = "borne out within rounding"
CONTRADICTED = "contradicted"
AMBIGUOUS = "ambiguous"
UNCHECKABLE = "not checkable"
LEFT_OUT = "left out"
VERDICTS = (BORNE_OUT, WITHIN, CONTRADICTED, AMBIGUOUS, UNCHECKABLE, LEFT_OUT)
_EPS = 1e-9


class Judged(NamedTuple):
    """A verdict with the figures it rests on.

    ``low``, ``found``, ``high`` are the claimed quantity as the evidence gives it, over all
    of its readings; ``confidence`` that of the least sure evidence used.
    """

    verdict: str
    low: float | None = None
    found: float | None = None
    high: float | None = None
    confidence: str = ""
    basis: str = ""
    evidence: str = ""
    needed: str = ""
    reading: str = ""


def fit(low: float, value: float, high: float, claim: float, half: float) -> str:
    """Return how a claim fits one piece of evidence.

    Parameters
    ----------
    low, value, high
        What the evidence gives, and its interval.
    claim, half
        What is claimed, and half a unit of its last printed decimal (0 for counts).

    Returns
    -------
    str
        borne out when the evidence, rounded as the claim is, is the claim; borne out within
        rounding when the two intervals meet; else contradicted.
    """
    if abs(value - claim) <= half + _EPS:
        return BORNE_OUT
    meets = low - _EPS <= claim + half and claim - half <= high + _EPS
    return WITHIN if meets else CONTRADICTED


def judge(claim: float, half: float, given: list[Evidence], needed: str) -> Judged:
    """Hold a claim against evidence on the same quantity."""
    if not given:
        return Judged(UNCHECKABLE, needed=needed)
    ends = [(one.low, one.value, one.high) for one in given]
    fits = [fit(*end, claim, half) for end in ends]
    return _sum_up(fits, ends, given, "; ".join(_written(one) for one in given))


def judge_between(first: float, last: float, given: list[Evidence], needed: str) -> Judged:
    """Hold "among the first n", or "201+", against evidence on the rank."""
    if not given:
        return Judged(UNCHECKABLE, needed=needed)
    fits = [
        BORNE_OUT if first <= f.low and f.high <= last else
        WITHIN if f.low <= last and first <= f.high else CONTRADICTED
        for f in given
    ]  # fmt: skip
    ends = [(one.low, one.value, one.high) for one in given]
    return _sum_up(fits, ends, given, "; ".join(_written(one) for one in given))


def judge_change(
    claim: float,
    half: float,
    before: list[Evidence],
    after: list[Evidence],
    years: tuple[int, int],
    *,
    kind: str,
    own: str,
    needed: tuple[str, str],
) -> Judged:
    """Hold a change between two years against evidence on both ends.

    Parameters
    ----------
    kind
        ``rank`` (a rise is a smaller rank), ``score`` (a difference) or ``relative``.
    own
        The claim's source: where it alone gives both ends, agreement proves nothing.
    needed
        What would be needed for the earlier and for the later end, if it is missing.
    """
    missing = [what for what, given in zip(needed, (before, after), strict=True) if not given]
    if missing:
        return Judged(UNCHECKABLE, needed="; ".join(missing))
    measure = {"rank": _rise, "score": _difference, "relative": growth}[kind]
    pairs = list(product(before, after))
    ends = [measure(*pair) for pair in pairs]
    fits = [fit(*end, claim, half) for end in ends]
    told = dict.fromkeys(f"{years[0]}: {_written(one)}" for one in before)
    told |= dict.fromkeys(f"{years[1]}: {_written(one)}" for one in after)
    judged = _sum_up(fits, ends, [*before, *after], "; ".join(told))
    alone = all(origin(one.source) == own for one in (*before, *after))
    if alone and judged.verdict in (BORNE_OUT, WITHIN):
        return judged._replace(verdict=UNCHECKABLE, needed="source_of_either")
    return judged


def _rise(before: Evidence, after: Evidence) -> tuple[float, float, float]:
    return before.low - after.high, before.value - after.value, before.high - after.low


def _difference(before: Evidence, after: Evidence) -> tuple[float, float, float]:
    return after.low - before.high, after.value - before.value, after.high - before.low


def growth(before: Evidence, after: Evidence) -> tuple[float, float, float]:
    """Return the relative change, as bounds around a value."""
    return (
        after.low / before.high - 1,
        after.value / before.value - 1,
        after.high / before.low - 1,
    )


def _sum_up(
    fits: list[str],
    ends: list[tuple[float, float, float]],
    given: list[Evidence],
    evidence: str,
) -> Judged:
    """One verdict from how a claim fits each alternative."""
    agree = [one for one in fits if one != CONTRADICTED]
    if not agree:
        verdict = CONTRADICTED
    elif len(agree) < len(fits):
        verdict = AMBIGUOUS
    else:
        verdict = BORNE_OUT if set(fits) == {BORNE_OUT} else WITHIN
    values = {round(end[1], 12) for end in ends}
    return Judged(
        verdict,
        min(end[0] for end in ends),
        ends[0][1] if len(values) == 1 else None,
        max(end[2] for end in ends),
        min((one.confidence for one in given), key=lambda c: TRUST[c]),
        "; ".join(dict.fromkeys(one.basis for one in given)),
        evidence,
    )


def _written(one: Evidence) -> str:
    """Write a piece of evidence: the figure (what rounding leaves open) [its source]."""
    text: Any = f"{one.value:.4f}".rstrip("0").rstrip(".")
    if one.basis == "table" and one.low != one.high and float(one.value).is_integer():
        text += f" ({one.low:g}–{one.high:g})"
    return f"{text} [{one.source}]" if one.source else text
