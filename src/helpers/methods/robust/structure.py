"""A structure table read into the tree of one target composite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.methods.ranking import Floats


@dataclass(frozen=True, slots=True)
class Tree:
    """The composites below a target, as edges ordered from the target down.

    All edges of one parent stand together and come after every edge that leads to that parent, so
    one pass forwards visits parents first and one pass backwards visits children first. A child
    may hang under several parents.

    Attributes
    ----------
    target : str
    leaves : tuple of str
        The L indicators, in the order of the structure table.
    parents, children : tuple of str
        The two ends of each of the E edges.
    weights : array of shape (E,)
        Positive; edges of weight zero are not part of the tree.
    directions : array of shape (L,)
        1 or -1.
    denominators : tuple of (str or None)
        Column that each indicator is divided by.
    levels : dict
        Height of every node: indicators 1, their parents 2, ... (the highest way down counts).
    """

    target: str
    leaves: tuple[str, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    weights: Floats
    directions: Floats
    denominators: tuple[str | None, ...]
    levels: dict[str, int]

    @property
    def composites(self) -> tuple[str, ...]:
        """The target and every composite below it, from the top down."""
        return tuple(dict.fromkeys(self.parents))

    def blocks(self) -> list[tuple[str, slice]]:
        """Return every composite with the slice of its edges, from the top down."""
        starts = [i for i, p in enumerate(self.parents) if i == 0 or self.parents[i - 1] != p]
        ends = [*starts[1:], len(self.parents)]
        return [(self.parents[a], slice(a, b)) for a, b in zip(starts, ends, strict=True)]

    def edge_labels(self) -> pd.MultiIndex:
        """Return (parent, indicator) of every edge, as column labels."""
        return pd.MultiIndex.from_arrays(
            [self.parents, self.children], names=["parent", "indicator"]
        )


def read_structure(structure: pd.DataFrame, target: str | None = None) -> Tree:
    """Read a structure table into the tree below `target`.

    Parameters
    ----------
    structure : frame with columns indicator, parent, weight, and if wanted direction, denominator
        One row per indicator and parent; a row without a parent only names a root. If there is a
        column `scheme` it must hold one scheme.
    target : str, optional
        Default ``overall`` if there is one, else the only composite without a parent.

    Raises
    ------
    ValueError
        Missing columns, several schemes, a doubled row, weights that are negative, not finite or
        all zero, a direction other than 1 and -1, a circle, an unknown or ambiguous target.
    """
    table = _check_table(structure)
    edges = table[table["parent"].notna()]
    by_parent = {str(name): rows for name, rows in edges.groupby("parent", sort=False)}
    target = _choose_target(target, by_parent, set(edges["indicator"]))
    levels: dict[str, int] = {}
    _measure(target, by_parent, levels, ())
    order = sorted((n for n in levels if n in by_parent), key=lambda n: -levels[n])
    kept = pd.concat([by_parent[p] for p in order])
    kept = kept[kept["weight"] > 0]
    leaves = tuple(n for n in dict.fromkeys(table["indicator"]) if levels.get(n) == 1)
    facts = {leaf: _leaf_facts(leaf, edges[edges["indicator"] == leaf]) for leaf in leaves}
    _check_composite_directions(kept, by_parent)
    return Tree(
        target=target,
        leaves=leaves,
        parents=tuple(kept["parent"]),
        children=tuple(kept["indicator"]),
        weights=kept["weight"].to_numpy(dtype=float),
        directions=np.array([facts[leaf][0] for leaf in leaves]),
        denominators=tuple(facts[leaf][1] for leaf in leaves),
        levels=levels,
    )


def _check_table(structure: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in ("indicator", "parent", "weight") if c not in structure.columns]
    if missing:
        raise ValueError(
            f"structure lacks column {', '.join(missing)}; give indicator, parent, weight"
        )
    if "scheme" in structure.columns and len(structure["scheme"].unique()) > 1:
        schemes = ", ".join(map(str, structure["scheme"].unique()))
        raise ValueError(
            f"structure holds several schemes ({schemes}); pass the rows of one of them"
        )
    table = structure.assign(parent=structure["parent"].where(structure["parent"] != ""))
    if table["indicator"].isna().any():
        raise ValueError("structure has a row without an indicator; name it or delete the row")
    doubled = table[table.duplicated(["indicator", "parent"])]
    if len(doubled):
        row = doubled.iloc[0]
        raise ValueError(
            f"structure has {row['indicator']} under {row['parent']} twice; keep one row"
        )
    return table


def _choose_target(
    target: str | None, by_parent: dict[str, pd.DataFrame], children: set[str]
) -> str:
    composites = list(by_parent)
    if target is None:
        roots = (
            ["overall"] if "overall" in by_parent else [p for p in composites if p not in children]
        )
        if len(roots) != 1:
            names = ", ".join(roots) or "none"
            raise ValueError(f"structure has {len(roots)} roots ({names}); say which with target=")
        return roots[0]
    if target not in by_parent:
        raise ValueError(f"target {target!r} is no composite; give one of {', '.join(composites)}")
    return target


def _measure(
    node: str, by_parent: dict[str, pd.DataFrame], levels: dict[str, int], above: tuple[str, ...]
) -> int:
    """Fill in the heights below `node`; checks weights and circles on the way."""
    if node in above:
        raise ValueError(f"structure runs in a circle: {' under '.join((node, *reversed(above)))}")
    if node in levels:
        return levels[node]
    if node not in by_parent:
        levels[node] = 1
        return 1
    rows = by_parent[node]
    for child, weight in zip(rows["indicator"], rows["weight"], strict=True):
        if not isinstance(weight, (int, float, np.integer)) or not 0 <= weight < np.inf:
            raise ValueError(
                f"weight of {child} under {node} is {weight!s}; give a finite number >= 0"
            )
    if not (rows["weight"] > 0).any():
        raise ValueError(f"all weights under {node} are zero; give at least one a positive weight")
    kept = rows.loc[rows["weight"] > 0, "indicator"]
    height = 1 + max(_measure(child, by_parent, levels, (*above, node)) for child in kept)
    levels[node] = height
    return height


def _leaf_facts(leaf: str, rows: pd.DataFrame) -> tuple[float, str | None]:
    directions = rows["direction"].unique().tolist() if "direction" in rows.columns else [1.0]
    if len(directions) != 1 or directions[0] not in (1, -1):
        raise ValueError(
            f"direction of {leaf} is {', '.join(map(str, directions))}; give 1 or -1 once"
        )
    by = rows["denominator"].dropna().unique().tolist() if "denominator" in rows.columns else []
    if len(by) > 1:
        raise ValueError(f"{leaf} has denominators {', '.join(map(str, by))}; give one")
    return float(directions[0]), by[0] if by and by[0] != "" else None


def _check_composite_directions(kept: pd.DataFrame, by_parent: dict[str, pd.DataFrame]) -> None:
    if "direction" not in kept.columns:
        return
    turned = kept[kept["indicator"].isin(list(by_parent)) & (kept["direction"] == -1)]
    if len(turned):
        name = turned["indicator"].iloc[0]
        raise ValueError(
            f"composite {name} has direction -1; turn its indicators' directions instead"
        )
