"""Time and memory of each method, against a plain loop written as its definition reads.

``python benchmarks/methods.py`` runs every method on generated tables of 63, 1,000 and 10,000
units, each in a process of its own, and the loop at the sizes it can manage. Where a method
draws no numbers the loop must give the same. Writes a table of docs/performance.md.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import page
import pandas as pd
from numpy.random import default_rng

from helpers.methods import attribute, infer, mobility, robust
from helpers.tables.rank import rank_sets

ROOT = Path(__file__).resolve().parents[1]
SIZES = (63, 1000, 10_000)
PARTS = 8
DRAWS = 1000
TIMEOUT = 180  # seconds a method may take
LIMIT = 6 << 30  # bytes of address space: asking for more is an error, not a machine that swaps


def table(units):
    """Two years of scores by part, to four decimals as tables are published."""
    chance = default_rng(units)
    before = chance.normal(0.5, 0.1, (units, PARTS)).round(4)
    after = (before + chance.normal(0.02, 0.05, (units, PARTS))).round(4)
    names = [f"part_{k}" for k in range(PARTS)]
    return [pd.DataFrame(year, columns=names) / PARTS for year in (before, after)]


def structure(parts):
    return pd.DataFrame({"indicator": list(parts), "parent": "overall", "weight": 1.0})


def count_above(scores, score):
    return sum(1 for other in scores if other > score + 1e-9)


# Rank sets: the best and the worst rank that scores within their rounding can give.


def prepare_sets(units):
    scores = table(units)[0].sum(axis=1).to_numpy()
    return scores - 0.00005, scores + 0.00005


def loop_sets(low, high):
    found = []
    for i in range(len(low)):
        others = [j for j in range(len(low)) if j != i]
        best = 1 + sum(1 for j in others if low[j] > high[i] + 1e-9)
        worst = 1 + sum(1 for j in others if high[j] > low[i] + 1e-9)
        found.append((best, worst))
    return np.array(found, float).T


# Own and others' effect: the mean over the two orders of letting them move.


def prepare_years(units):
    return [year.sum(axis=1).to_numpy() for year in table(units)]


def run_own(before, after):
    return attribute.own_and_others(before, after)[["own_effect", "others_effect"]].to_numpy()


def loop_own(before, after):
    found = []
    for i in range(len(before)):
        old = [s for j, s in enumerate(before) if j != i]
        new = [s for j, s in enumerate(after) if j != i]
        a, b = count_above(old, before[i]), count_above(old, after[i])
        c, d = count_above(new, before[i]), count_above(new, after[i])
        found.append(((a - b + c - d) / 2, (a - c + b - d) / 2))
    return np.array(found)


# Shapley values of a rank change over eight parts and the others.


def run_shapley(before, after):
    return attribute.shapley(before, after, others_as="part").to_numpy()


def loop_shapley(before, after):
    old_parts, new_parts = before.to_numpy(), after.to_numpy()
    old, new = old_parts.sum(axis=1), new_parts.sum(axis=1)
    players, found = range(PARTS + 1), []
    for i in range(len(old)):
        tables = [[s for j, s in enumerate(year) if j != i] for year in (old, new)]
        ranks = {}
        for size in range(PARTS + 2):
            for moved in combinations(players, size):
                score = sum((new_parts if k in moved else old_parts)[i, k] for k in range(PARTS))
                ranks[moved] = count_above(tables[PARTS in moved], score)
        shares = []
        for player in players:
            share = 0.0
            rest = [k for k in players if k != player]
            for size in range(PARTS + 1):
                orders = factorial(size) * factorial(PARTS - size) / factorial(PARTS + 1)
                for moved in combinations(rest, size):
                    joined = tuple(sorted((*moved, player)))
                    share += orders * (ranks[moved] - ranks[joined])
            shares.append(share)
        found.append(shares)
    return np.array(found)


# Uncertainty analysis: 1,000 recalculations under other scales, weights and means.


def prepare_frame(units):
    return (table(units)[0] * PARTS,)


def run_uncertainty(frame):
    robust.uncertainty_analysis(
        frame, structure(frame), replicates=DRAWS, keep_scores=False
    ).summary()


def loop_uncertainty(frame):
    chance, columns = default_rng(0), [list(frame[name]) for name in frame]
    for _ in range(DRAWS):
        scale, mean = chance.integers(3), chance.integers(2)
        weights = chance.uniform(0.75, 1.25, PARTS)
        scaled = []
        for values in columns:
            if scale == 0:
                low, high = min(values), max(values)
                scaled.append([1 + 99 * (x - low) / (high - low) for x in values])
            elif scale == 1:
                centre, spread = np.mean(values), np.std(values, ddof=1)
                scaled.append([10 + 2 * (x - centre) / spread for x in values])
            else:
                scaled.append([len(values) - count_above(values, x) for x in values])
        scores = []
        for row in zip(*scaled, strict=True):
            pairs = zip(row, weights, strict=True)
            if mean == 0:
                scores.append(sum(x * w for x, w in pairs) / weights.sum())
            else:
                scores.append(np.exp(sum(np.log(x) * w for x, w in pairs) / weights.sum()))
        for score in scores:
            count_above(scores, score)


# Confidence sets for ranks: 1,000 draws; the loop stops after the first step.


def prepare_estimates(units):
    chance = default_rng(units)
    return chance.normal(0, 1, units), chance.uniform(0.05, 0.3, units)


def run_marginal(estimates, errors):
    infer.rank_confidence_sets(estimates, errors, kind="marginal", draws=DRAWS)


def run_simultaneous(estimates, errors):
    infer.rank_confidence_sets(estimates, errors, kind="simultaneous", draws=DRAWS)


def loop_confidence(estimates, errors, *, joint):
    units = range(len(estimates))
    draws = [[e * z for e, z in zip(errors, row, strict=True)] for row in
             default_rng(0).standard_normal((DRAWS, len(errors)))]  # fmt: skip
    spread = [[(errors[i] ** 2 + errors[j] ** 2) ** 0.5 for j in units] for i in units]

    def greatest(draw, i):
        return max(abs(draw[i] - draw[j]) / spread[i][j] for j in units if j != i)

    if joint:
        level = np.quantile([max(greatest(draw, i) for i in units) for draw in draws], 0.95)
    for i in units:
        if not joint:
            level = np.quantile([greatest(draw, i) for draw in draws], 0.95)
        leads = [(estimates[j] - estimates[i]) / spread[i][j] for j in units if j != i]
        sum(1 for lead in leads if lead > level)
        sum(1 for lead in leads if lead < -level)


# How far a table moved: Kendall's tau-b over all pairs, and the rest.


def run_movement(before, after):
    return np.array(mobility.movement(before, after, best="high")["kendall_tau_b"])


def loop_movement(before, after):
    agree = tied_before = tied_after = pairs = 0
    for i in range(len(before)):
        for j in range(i):
            x, y = np.sign(before[i] - before[j]), np.sign(after[i] - after[j])
            agree += x * y
            tied_before += x == 0
            tied_after += y == 0
            pairs += 1
    return np.array([agree / ((pairs - tied_before) * (pairs - tied_after)) ** 0.5])


# Name -> what prepares, the method, the loop, the largest size for the loop, whether exact.
METHODS = {
    "rank sets": (prepare_sets, rank_sets, loop_sets, 1000, True),
    "own and others' effect": (prepare_years, run_own, loop_own, 1000, True),
    "Shapley, 8 parts and others": (table, run_shapley, loop_shapley, 63, True),
    "uncertainty analysis, 1,000 replicates": (
        prepare_frame, run_uncertainty, loop_uncertainty, 63, False,
    ),
    "marginal rank sets, 1,000 draws": (
        prepare_estimates, run_marginal, lambda e, s: loop_confidence(e, s, joint=False), 63,
        False,
    ),
    "simultaneous rank sets, 1,000 draws": (
        prepare_estimates, run_simultaneous, lambda e, s: loop_confidence(e, s, joint=True), 63,
        False,
    ),
    "movement of a table (loop: Kendall's tau alone)": (
        prepare_years, run_movement, loop_movement, 1000, True,
    ),
}  # fmt: skip


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name, units, loop):
    """Measure one method or its loop here, and return seconds and megabytes."""
    prepare, run, plain, _largest, exact = METHODS[name]
    given = prepare(units)
    run(*prepare(20))  # imports and first calls are no part of it
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, hard))
    before, times = peak(), []
    while not times or (sum(times) < 0.5 and len(times) < 5):
        begin = time.perf_counter()
        found = (plain if loop else run)(*given)
        times.append(time.perf_counter() - begin)
    seconds, memory = min(times), peak() - before
    if loop and exact and not np.allclose(np.stack(run(*given)), found, atol=1e-9):
        raise SystemExit(f"{name}, {units} units: the method and the loop differ")
    return {"seconds": seconds, "megabytes": memory}


def in_child(name, units, loop=False):
    """Measure in a process of its own; None if it takes too long."""
    command = [sys.executable, __file__, "--one", name, str(units), str(int(loop))]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, env=environ)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise SystemExit(f"{name}, {units} units: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def write(rows):
    """Write the results for readers."""
    head = ["method", "units", "seconds", "peak memory, MB", "plain loop, seconds", "times faster"]
    shown = []
    for row in rows:
        method, loop = row["seconds"], row["loop_seconds"]
        shown.append(
            [
                row["method"],
                f"{row['units']:,}",
                f"over {TIMEOUT}" if method is None else f"{method:.3g}",
                "" if row["megabytes"] is None else f"{row['megabytes']:.0f}",
                "" if loop is None else f"{loop:.3g}",
                "" if loop is None or method is None else f"{loop / method:,.0f}",
            ]
        )
    page.put("methods", head, shown)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", nargs=3, metavar=("METHOD", "UNITS", "LOOP"))
    options = parser.parse_args()
    if options.one:
        name, units, loop = options.one
        print(json.dumps(measure(name, int(units), loop == "1")))
        return
    rows = []
    for name, (*_functions, largest, _exact) in METHODS.items():
        for units in options.sizes:
            method = in_child(name, units) or {"seconds": None, "megabytes": None}
            plain = in_child(name, units, loop=True) if units <= largest else None
            loop_seconds = plain["seconds"] if plain else None
            rows.append({"method": name, "units": units, **method, "loop_seconds": loop_seconds})
            print(rows[-1], flush=True)
    write(rows)


if __name__ == "__main__":
    main()
