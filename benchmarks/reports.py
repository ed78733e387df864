"""Reports a minute: plain papermill and export one after another, against ``make reports``.

``python benchmarks/reports.py`` makes the reports of some units with the commands ``papermill``
(stock kernel) and ``jupyter nbconvert`` one after another, the same inside one Python process, and
the reports of all units with ``python -m helpers reports``, in one run on the same notebook; then
the latter on a scheduler with 1, 2 and 4 workers. Its PDFs must be those of ``make report``.
Nothing of the project's own is touched: all happens in a copy under build/.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import page

ROOT = Path(__file__).resolve().parents[1]
IN_ONE_PROCESS = """
import sys
from pathlib import Path
import papermill
from helpers.typst import ReportHTMLExporter, TypstPDFExporter
out = Path("plain")
for unit in sys.argv[1].split():
    for lang in ("vi", "en"):
        executed = out / f"{unit}.{lang}.ipynb"
        papermill.execute_notebook(
            "notebooks/report.ipynb", executed, kernel_name="python3", progress_bar=False,
            parameters={"index": "dti", "unit": unit, "year": 2024, "lang": lang},
        )
        for exporter, ending in ((TypstPDFExporter, ".pdf"), (ReportHTMLExporter, ".html")):
            content, _ = exporter().from_filename(str(executed))
            content = content.encode() if isinstance(content, str) else content
            executed.with_suffix(ending).write_bytes(content)
"""


def by_commands(root, codes):
    """Make reports as a shell script would."""
    for unit in codes:
        for lang in ("vi", "en"):
            executed = f"plain/{unit}.{lang}.ipynb"
            parameters = {"index": "dti", "unit": unit, "year": 2024, "lang": lang}
            given = [part for pair in parameters.items() for part in ("-p", *map(str, pair))]
            run(
                root, "-m", "papermill", "notebooks/report.ipynb", executed,
                "-k", "python3", "--no-progress-bar", *given,
            )  # fmt: skip
            for kind in ("typst-pdf", "report-html"):
                run(root, "-m", "nbconvert", "--to", kind, executed)


def project():
    """A copy of the project with its tables made."""
    root = ROOT / "build" / "bench-reports"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("data/raw", "notebooks", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", root)
    (root / "plain").mkdir()
    run(root, "-m", "helpers", "data")
    return root


def run(root, *arguments):
    """Run Python in the copy; return what it printed and the seconds it took."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environ(root), text=True, capture_output=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout, time.perf_counter() - begin


def environ(root):
    """The environment of commands that use the copy."""
    return os.environ | {"HELPERS_ROOT": str(root), "PYTHONPATH": str(root / "src")}


def together(root, units, scheduler=""):
    """Reports a minute of ``make reports``, its start included; and the seconds of a second run."""
    shutil.rmtree(root / "reports" / "dti", ignore_errors=True)
    command = ["-m", "helpers", "reports", "--units", " ".join(units), "--scheduler", scheduler]
    _, seconds = run(root, *command)
    _, again = run(root, *command)
    return 2 * len(units) / seconds * 60, again


def alone(root, codes):
    """The PDFs that ``make report`` makes, one unit after another."""
    for code in codes:
        run(root, "-m", "helpers", "report", "--unit", code, "--year", "2024")
    return {path: path.read_bytes() for path in (root / "reports" / "dti").glob("*.pdf")}


def compare(made):
    """Refuse PDFs that differ from those made alone."""
    for path, content in made.items():
        if path.read_bytes() != content:
            sys.exit(f"{path}: not the one that was made alone")


@contextmanager
def scheduler(root, workers):
    """A scheduler with so many workers on loopback; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    folder = root / "workers"
    folder.mkdir(exist_ok=True)
    commands = [["dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += [["dask_worker", address, "--nthreads", "1", "--no-dashboard"]] * workers
    with ExitStack() as stack, (folder / "log").open("ab") as log:
        for role, *arguments in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{role}", *arguments],
                cwd=folder, env=environ(root), stdout=log, stderr=log,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield address


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=63, help="units of make reports (default: 63)")
    parser.add_argument("--plain", type=int, default=3, help="units of the plain loop (default: 3)")
    parser.add_argument("--some", type=int, default=21, help="units on a scheduler (default: 21)")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    asked = parser.parse_args()
    root = project()
    sys.path.insert(0, str(root / "src"))
    os.environ["HELPERS_ROOT"] = str(root)
    from helpers.index import catalog, units

    codes = [unit.code for unit in units.load(catalog.load("dti")).of("63")][: asked.units]
    few = codes[: asked.plain]
    begin = time.perf_counter()
    by_commands(root, few)
    plain = 2 * len(few) / (time.perf_counter() - begin) * 60
    made = alone(root, few)
    print(f"papermill and nbconvert, {2 * len(few)} reports: {plain:.1f} a minute", flush=True)
    seconds = run(root, "-c", IN_ONE_PROCESS, " ".join(few))[1]
    inside = 2 * len(few) / seconds * 60
    print(f"the same in one process: {inside:.1f} a minute", flush=True)
    many, again = together(root, codes)
    compare(made)
    print(f"make reports, {2 * len(codes)} reports: {many:.1f} a minute, ratio {many / plain:.1f}")
    print(f"make reports again: {again:.2f} s", flush=True)
    found = {
        "`papermill`, `jupyter nbconvert` to PDF and HTML, one after another": plain,
        "the same inside one Python process": inside,
        f"`make reports`, {2 * len(codes)} reports": many,
    }
    for count in asked.workers:
        with scheduler(root, count) as address:
            time.sleep(5)  # its workers come
            rate, _ = together(root, codes[: asked.some], address)
        name = f"`make reports SCHEDULER=...`, workers: {count}; {2 * asked.some} reports"
        found[name] = rate
        print(f"scheduler, {count} workers: {rate:.1f} a minute, ratio {rate / plain:.1f}")
    rows = [[name, f"{rate:.1f}", f"{rate / plain:.1f}"] for name, rate in found.items()]
    page.put(
        "reports", ["way", "reports a minute", "ratio"], rows,
        f"With nothing to do, `make reports` takes {again:.2f} s.",
    )  # fmt: skip
    return int(many < 10 * plain or again > 1)


if __name__ == "__main__":
    sys.exit(main())
