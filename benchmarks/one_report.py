"""Where the time of one report goes, from request to PDF and HTML.

``python benchmarks/one_report.py`` makes one report some times, in a copy of nothing: the tables
must be there (`make data`). It prints the processor seconds of each stage, the median of the
runs; a busy machine changes them less than it changes the time on the clock.
"""

import argparse
import ast
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import nbformat
import page

from helpers.engine import make
from helpers.engine.run.carry import export
from helpers.engine.run.execute import execute
from helpers.index import catalog, units

CELLS = """
import ast, json, sys, time
from helpers.engine import warm
def run(source, names):
    begin = time.process_time()
    tree = ast.parse(source)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), names)
        eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    else:
        exec(compile(tree, "cell", "exec"), names)
    return time.process_time() - begin
sources, parameters, times = json.load(sys.stdin)
for _ in range(times):
    names = dict(parameters)
    print(json.dumps([run(source, names) for source in sources]))
"""


def in_children(work):
    """Processor seconds here and in the processes that ended meanwhile."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    work()
    here, after = time.process_time() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    there = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return here, there


def cells(notebook, parameters, times):
    """Median seconds of each kind of cell, run by plain Python with the stack imported."""
    document = json.loads(notebook.read_text(encoding="utf-8"))
    sources = [
        "".join(cell["source"])
        for cell in document["cells"]
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]
    done = subprocess.run(
        [sys.executable, "-c", CELLS], input=json.dumps([sources, parameters, times]), text=True,
        capture_output=True, check=True, cwd=catalog.root(),
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = defaultdict(float)
    for number, source in enumerate(sources):
        names = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
        drawn = "pictures" in names and "import" not in source
        said = "figures" if drawn else "sentences and tables"
        kind = "tables read" if "open_case" in source else said
        median = statistics.median(row[number] for row in rows)
        kinds[f"the cells, everything imported: {kind}"] += median
    return kinds


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    index, root = catalog.load("dti"), catalog.root()
    unit = units.load(index).by_code[index.default_unit]
    step = make.report_steps(index, unit, index.years[-1], ["vi"])[0]
    executed = root / "build" / "one-report.ipynb"

    def run(kernel=None):
        execute(
            step.notebook, step.parameters, output=executed, build=executed.parent, cwd=root,
            kernel_name=kernel, progress=False,
        )  # fmt: skip

    run()  # the fork server starts, papermill is imported
    found = defaultdict(list)
    for _ in range(repeat):
        here, there = in_children(lambda: run("python3"))
        found["stock kernel: start, imports, cells"].append(there)
        begin = time.perf_counter()
        here, _ = in_children(run)
        found["warm kernel, whole run (on the clock)"].append(time.perf_counter() - begin)
        found["papermill's side: messages, checks, writing"].append(here)
        begin = time.process_time()
        nbformat.read(executed, as_version=4)
        found["executed notebook read and checked"].append(time.process_time() - begin)
        for ending in (".pdf", ".html"):
            begin = time.process_time()
            export(executed, [Path(f"x{ending}")])
            found[f"{ending[1:].upper()} set, with reading"].append(time.process_time() - begin)
    given = nbformat.read(executed, as_version=4).metadata.papermill.parameters
    medians = cells(step.notebook, given, repeat)
    medians |= {name: statistics.median(values) for name, values in found.items()}
    for name, seconds in medians.items():
        print(f"{name:46} {seconds:7.3f} s")
    rows = [[name, f"{seconds:.2f}"] for name, seconds in medians.items()]
    page.put("one report", ["stage", "processor seconds"], rows)


if __name__ == "__main__":
    main()
