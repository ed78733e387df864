"""How long the explorer takes to follow a slider, with 63 and with 1,000 units.

``python benchmarks/explore.py`` makes the tables of synthetic indices (`growth`) in build/, opens
the explorer on them without a browser, moves sliders, and prints milliseconds of the processor for
one move: all ranks, the views and the table of all units, as the browser gets them.
"""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

import growth

ROOT = Path(__file__).resolve().parents[1]
SIZES = {63: 100, 1000: 300}  # units, and milliseconds that a redraw may take


def follow(units):
    """Return the milliseconds of the processor that moves of two sliders take."""
    from helpers.engine import make
    from helpers.index import provenance
    from helpers.report.explore import Explorer
    from helpers.report.explore.panel import Panel
    from helpers.report.explore.state import forget

    root = ROOT / "build" / f"explore-{units}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    growth.generate(root, units)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    shutil.copy(ROOT / "requirements.lock", root)
    os.environ["HELPERS_ROOT"] = str(root)
    list(provenance.record())
    make.data("synthetic")
    forget()
    panel = Panel(Explorer("synthetic", lang="en"))
    taken = []
    for box, values in ((panel.weights, range(20, 60, 2)), (panel.own, range(10, 90, 4))):
        slider = box.children[0].children[1]
        for value in values:
            begin = time.process_time()
            slider.value = value if box is panel.weights else value / 100
            taken.append(1000 * (time.process_time() - begin))
    shutil.rmtree(root)
    return taken


if __name__ == "__main__":
    slow = False
    for size, most in SIZES.items():
        taken = follow(size)
        median, longest = statistics.median(taken), max(taken)
        print(f"{size} units: median {median:.0f} ms, longest {longest:.0f} ms, at most {most} ms")
        slow |= median > most
    sys.exit(slow)
