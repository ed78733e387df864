"""Who passed whom: the rank change as a table of names that adds up to it."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from helpers.methods.attribute.align import Scores, align
from helpers.methods.ranking import TOLERANCE, Floats, Ints, count_above, margin, nullable

PLACES = ("above", "level", "below", "absent")

_PLACE_NAMES = np.array(PLACES)
# A row for each place before, a column for each place after.
_RELATION_NAMES = np.array([
    ["still_above", "caught_up_with", "passed", "left_from_above"],
    ["fell_behind", "still_level", "drew_ahead_of", "left_from_level"],
    ["passed_by", "caught_by", "still_below", "left_from_below"],
    ["entered_above", "entered_level", "entered_below", "never_in_table"],
])  # fmt: skip

RELATIONS: dict[tuple[str, str], str] = {
    (a, b): str(_RELATION_NAMES[i, j]) for i, a in enumerate(PLACES) for j, b in enumerate(PLACES)
}
"""What happened, seen from the unit, by the other's place before and after."""


def passed(
    before: Scores,
    after: Scores,
    units: Hashable | list[Hashable],
    *,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """List what each other unit contributed to a unit's rank change.

    A competition rank is 1 + the number of units above, so the change is a sum over the
    others: 1 for each that was above and no longer is, -1 for each that was not above and
    now is. Each contribution splits further into what the unit's own movement did to the
    pair and what the other's did (mean over the two orders, as in `own_and_others`), so the
    three columns sum to ``change``, ``own_effect`` and ``others_effect`` without rounding.

    Parameters
    ----------
    before, after : (n,)
        Scores of the units in two years, as for `own_and_others`.
    units : label or list of labels
        The units to explain. O(n) for each, so ask only for those.

    Returns
    -------
    DataFrame
        One row per unit asked for and other unit, gains first, then by the other's new and
        old rank: ``unit``, ``other``, ``place_from``, ``place_to`` (the other's place as
        seen from the unit: above, level, below, absent), ``relation`` (a value of
        `RELATIONS`), ``contribution`` (-1, 0, 1), ``own_share``, ``others_share`` (halves),
        and the other's ``score_from``, ``score_to``, ``rank_from``, ``rank_to``.

    Raises
    ------
    ValueError
        If no unit is asked for, one is unknown or absent from either year, or the tables have
        several columns or do not fit.
    """
    tables = align(before, after)
    if tables.columns is not None:
        raise ValueError(f"scores have {len(tables.columns)} columns: give one column at a time")
    old, new = tables.before[:, 0], tables.after[:, 0]
    level = margin(old, new, tolerance=tolerance)
    others = pd.DataFrame(
        {
            "other": tables.units,
            "score_from": old,
            "score_to": new,
            "rank_from": nullable(1 + count_above(old, old, level), np.isnan(old)),
            "rank_to": nullable(1 + count_above(new, new, level), np.isnan(new)),
        }
    )
    asked = units if isinstance(units, list) else [units]
    if not asked:
        raise ValueError("no unit asked for: expected a label or a list of labels")
    rows = [
        _explain_one(others, _locate(tables.units, unit, old, new), unit, level) for unit in asked
    ]
    return pd.concat(rows, ignore_index=True)


def _locate(labels: pd.Index, unit: Hashable, old: Floats, new: Floats) -> int:
    position = labels.get_indexer(pd.Index([unit]))[0]
    if position < 0:
        raise ValueError(f"unit {str(unit)!r} is in neither table: expected one of its labels")
    for scores, year in ((old, "before"), (new, "after")):
        if np.isnan(scores[position]):
            raise ValueError(
                f"unit {str(unit)!r} has no score {year}: its rank has no change to explain"
            )
    return int(position)


def _explain_one(others: pd.DataFrame, position: int, unit: Hashable, level: float) -> pd.DataFrame:
    old, new = others["score_from"].to_numpy(), others["score_to"].to_numpy()
    x, y = old[position], new[position]
    # Whether each other unit's old or new score is above the unit's old or new score.
    old_x, old_y = (old > x + level).astype(int), (old > y + level).astype(int)
    new_x, new_y = (new > x + level).astype(int), (new > y + level).astype(int)
    place_from, place_to = _places(old, x, level), _places(new, y, level)
    table = pd.DataFrame(
        {
            "unit": [unit] * len(old),
            "other": others["other"],
            "place_from": _PLACE_NAMES[place_from],
            "place_to": _PLACE_NAMES[place_to],
            "relation": _RELATION_NAMES[place_from, place_to],
            "contribution": old_x - new_y,
            "own_share": (old_x - old_y + new_x - new_y) / 2,
            "others_share": (old_x - new_x + old_y - new_y) / 2,
        }
    ).join(others.drop(columns="other"))
    table = table.drop(index=position)
    return table.sort_values(
        ["contribution", "rank_to", "rank_from"], ascending=[False, True, True], kind="stable"
    )


def _places(scores: Floats, own: float, level: float) -> Ints:
    """Each score's place beside the unit's own, as its position in PLACES."""
    above, below = scores > own + level, own > scores + level
    places: Ints = np.select([above, below, np.isnan(scores)], [0, 2, 3], 1)
    return places
