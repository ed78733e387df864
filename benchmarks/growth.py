"""Time and memory of the way from raw table to changes, against the number of units.

``python benchmarks/growth.py`` generates a synthetic index of N units, 10 years and 8 indicators
under build/ (the same for the same N, and no index of anybody's), takes it through clean, scores,
ranks, changes with their effects, the written tables and a short robustness run, each size in a
process of its own, and draws docs/growth.svg.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import page
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 300, 1000, 3000, 10_000)
YEARS = range(2015, 2025)
PARTS = [f"part_{letter}" for letter in "abcdefgh"]
STAGES = ("clean", "scores", "ranks", "changes and effects", "tables written", "robustness")
REPLICATES = 20
LIMITS = {"seconds": 60, "gigabytes": 4}  # of the largest size, clean to changes


def generate(root, units):
    """Write a synthetic index: raw table, units, structure and meaning."""
    folder = root / "data" / "raw" / "synthetic"
    folder.mkdir(parents=True)
    (root / "notebooks").mkdir()
    chance = np.random.default_rng(units)
    codes = [f"S-{number:05d}" for number in range(units)]
    names = pd.DataFrame({"code": codes, "name": [f"Synthetic {code}" for code in codes]})
    names.to_csv(folder / "units.csv", index=False)
    level = chance.normal(0.5, 0.1, (units, 1, len(PARTS)))
    drift = chance.normal(0, 0.02, (units, len(YEARS), len(PARTS))).cumsum(axis=1)
    scores = np.clip(level + drift, 0, 1).reshape(-1, len(PARTS))
    frame = pd.DataFrame(scores.round(4), columns=PARTS)
    frame.insert(0, "year", np.tile(np.array(YEARS), units))
    frame.insert(0, "unit", np.repeat(names["name"].to_numpy(), len(YEARS)))
    frame["overall"] = frame[PARTS].mean(axis=1).round(4)
    frame.to_csv(folder / "synthetic.csv", index=False)
    rows = [("one", "overall", "", "", 1, "Tổng hợp", "Overall", 4)]
    rows += [("one", part, "overall", 1, 1, part, part, 4) for part in PARTS]
    header = ("scheme", "indicator", "parent", "weight", "direction", "label_vi", "label_en")
    pd.DataFrame(rows, columns=[*header, "decimals"]).to_csv(folder / "structure.csv", index=False)
    columns = "".join(f"      {name}: {name}\n" for name in ("overall", *PARTS))
    (folder / "index.yml").write_text(
        "label: {vi: Tổng hợp nhân tạo, en: Synthetic}\nshort: {vi: SYN, en: SYN}\n"
        "headline: overall\npillars: [part_a, part_b]\nscale: [0, 1]\nunits: units.csv\n"
        f"default_unit: {codes[0]}\n"
        "unit_words: {vi: đơn vị, en: units}\nunit_sets: {all: {vi: tất cả, en: all}}\n"
        f"years: {{{', '.join(f'{year}: one' for year in YEARS)}}}\n"
        "schemes: {one: {source: generated}}\ntables:\n  - file: synthetic.csv\n"
        "    complete: true\n    unit_set: all\n    unit: {column: unit}\n"
        f"    year: {{column: year}}\n    scores:\n{columns}",
        encoding="utf-8",
    )


def measure(root):
    """Take the index through all stages; print seconds of each and the peak memory so far."""
    import resource

    from helpers import tables
    from helpers.index import catalog, units
    from helpers.methods import robust
    from helpers.tables import rank, score
    from helpers.tables.clean import clean

    seconds, kilobytes = {}, {}  # of the processor: the clock of a busy machine tells little

    def stage(name, work):
        begin = time.process_time()
        result = work()
        seconds[name] = time.process_time() - begin
        kilobytes[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return result

    index = catalog.load("synthetic")
    everybody = units.load(index)
    cleaned = stage("clean", lambda: clean(index))
    published = cleaned.published
    scored = stage("scores", lambda: score.scores(index, everybody, published))
    ranked = stage("ranks", lambda: rank.ranks(index, everybody, scored, published))
    changed = stage(
        "changes and effects", lambda: rank.changes(index, everybody, ranked, published)
    )
    made = {"published": published, "scores": scored, "ranks": ranked, "changes": changed}
    stage("tables written", lambda: tables.write("synthetic", made))
    wide = scored[scored["year"] == YEARS[-1]].pivot(
        index="unit", columns="indicator", values="score"
    )[PARTS]
    tree = pd.DataFrame({"indicator": PARTS, "parent": "overall", "weight": 1.0})
    stage(
        "robustness",
        lambda: robust.uncertainty_analysis(wide, tree, replicates=REPLICATES, keep_scores=False),
    )
    print(json.dumps({"seconds": seconds, "kilobytes": kilobytes}))


def run(units):
    """Measure one size in a process of its own."""
    root = ROOT / "build" / "growth"
    shutil.rmtree(root, ignore_errors=True)
    generate(root, units)
    env = os.environ | {"HELPERS_ROOT": str(root)}
    done = subprocess.run(
        [sys.executable, __file__, "--measure"], env=env, text=True, stdout=subprocess.PIPE
    )
    shutil.rmtree(root)
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout.splitlines()[-1])


def draw(found, path):
    """Draw time and memory against size, both axes logarithmic."""
    from helpers import palette
    from helpers.report.figures import theme

    theme.register_font()
    import matplotlib as mpl

    with mpl.rc_context({**theme.STYLE, "svg.hashsalt": "growth", "svg.fonttype": "path"}):
        fig = theme.figure(height_mm=95)
        left, right = fig.add_axes((0.09, 0.16, 0.4, 0.72)), fig.add_axes((0.62, 0.16, 0.34, 0.72))
        sizes = sorted(found)
        ends = []
        for name in STAGES:
            values = [found[size]["seconds"][name] for size in sizes]
            left.plot(sizes, values, marker="o", markersize=3, color=palette.MUTED)
            ends.append([np.log10(values[-1]), name, values[-1]])
        ends.sort()
        for below, above in pairwise(ends):  # labels do not overlap
            above[0] = max(above[0], below[0] + 0.22)
        for at, name, _ in ends:
            left.annotate(name, (sizes[-1], 10**at), (5, 0), textcoords="offset points",
                          va="center", color=palette.INK, annotation_clip=False)  # fmt: skip
        peak = [max(found[size]["kilobytes"].values()) / 1e6 for size in sizes]
        right.plot(sizes, peak, marker="o", markersize=3, color=palette.HIGHLIGHT)
        for ax, title in ((left, "Processor seconds by stage"), (right, "Peak memory, GB")):
            ax.set(xscale="log", yscale="log", xlabel="units (10 years, 9 indicators)")
            ax.set_title(title, loc="left")
        fig.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def show(found):
    """Put the figures on the page."""
    rows = []
    for size, measured in found.items():
        seconds = measured["seconds"]
        sums = {**seconds, "clean to changes": sum(seconds[name] for name in STAGES[:4])}
        order = [*STAGES[:4], "clean to changes", *STAGES[4:]]
        peak = max(measured["kilobytes"].values()) / 1e6
        rows.append([f"{size:,}", *(f"{sums[name]:.2f}" for name in order), f"{peak:.2f}"])
    page.put("growth", ["units", *order, "peak memory, GB"], rows)


def main():
    """Measure all sizes, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(Path(os.environ["HELPERS_ROOT"]))
        return 0
    found = {}
    for units in asked.sizes:
        found[units] = run(units)
        seconds = found[units]["seconds"]
        if units == asked.sizes[0]:
            print(
                "  units  " + "  ".join(f"{name:>12}" for name in STAGES) + "   to changes  peak GB"
            )
        whole = sum(seconds[name] for name in STAGES[:4])
        peak = max(found[units]["kilobytes"].values()) / 1e6
        line = "  ".join(f"{seconds[name]:{max(12, len(name))}.2f}" for name in STAGES)
        print(f"{units:7}  {line}  {whole:11.1f}  {peak:7.2f}", flush=True)
    if len(found) > 1:
        (ROOT / "docs").mkdir(exist_ok=True)
        draw(found, ROOT / "docs" / "growth.svg")
        show(found)
    return int(whole > LIMITS["seconds"] or peak > LIMITS["gigabytes"])


if __name__ == "__main__":
    sys.exit(main())
