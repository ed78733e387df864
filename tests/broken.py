"""A project to break: its commands, and what they leave behind."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

import projects

COMMANDS = {
    "data": ("data",),
    "report": ("report", "--unit", "phu-tho", "--langs", "en"),
    "reports": ("reports", "--units", "phu-tho, ha-noi", "--langs", "en"),
    "report-national": ("report-national", "--langs", "en"),
}
# The notebook of each command that is broken, and what it shows when it is whole: reports that
# read no table and draw nothing, as these tests are about what is around them.
BROKEN = {
    "data": "4-claims", "report": "report", "reports": "report",
    "report-national": "report-national",
}  # fmt: skip
SHOWN = "from helpers import show\nshow.Text(f'# {lang}, {year}')"


class Play:
    """A project of its own with home and temporary folder of its own, so that leftovers show."""

    def __init__(self, base: Path, place: Path) -> None:
        self.place, self.temporary, self.home = place, place / "t", place / "h"
        self.root = Path(shutil.copytree(base, place / "project"))
        for folder in (self.temporary, self.home):
            folder.mkdir()
        self.sign = place / "sign"  # what a cell makes to say that it runs
        self.environ = os.environ | {
            "HELPERS_ROOT": str(self.root), "TMPDIR": str(self.temporary), "HOME": str(self.home),
            "SIGN": str(self.sign), "PYTHONPATH": str(projects.ROOT / "src"),
        }  # fmt: skip

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """Start ``python -m helpers`` in a session of its own, as a terminal would."""
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        return subprocess.Popen(
            [*how.pop("prefix", ()), sys.executable, "-m", "helpers", *words],
            cwd=self.root, env=self.environ | how.pop("env", {}), text=True,
            start_new_session=True, **how,
        )  # fmt: skip

    def run(self, *words: str, within: float = 900, **how: Any) -> projects.Done:
        """Run it to its end, which must come by itself."""
        with self.start(*words, **how) as process:
            try:
                out, err = process.communicate(timeout=within)
            except subprocess.TimeoutExpired:
                self.end()
                raise
        return projects.Done(process.returncode, out, err)

    def edit(self, notebook: str, *cells: str) -> None:
        """Have a notebook hold its parameters and these cells alone."""
        path = self.root / "notebooks" / f"{notebook}.ipynb"
        document = json.loads(path.read_text("utf-8"))
        kept = [c for c in document["cells"] if "parameters" in c["metadata"].get("tags", [])]
        about = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        new = [{**about, "id": f"c{i}", "source": text} for i, text in enumerate(cells)]
        path.write_text(json.dumps({**document, "cells": kept + new}), "utf-8")

    def products(self) -> dict[str, str]:
        """Hashes of all that was made, but what is written down of this machine."""
        made = projects.fingerprint(self.root / "reports", self.root / "data/processed")
        return {
            str(Path(name).relative_to(self.root)): digest
            for name, digest in made.items()
            if not Path(name).name.startswith(".")
        }

    def processes(self) -> list[psutil.Process]:
        """Return what runs in this project's name, however it was started."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("TMPDIR") == str(self.temporary):
                    found.append(process)
        return found

    def end(self) -> None:
        """Kill all of them."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()

    def left(self) -> list[str]:
        """Return what should not be there any more: processes, files in temporary folders."""
        psutil.wait_procs(self.processes(), timeout=60)
        alive = [f"process {' '.join(process.cmdline())[:80]}" for process in self.processes()]
        # Dask keeps the empty workspace of its workers, with two locks.
        kept = re.compile(r"dask-scratch-space(-\d+)?(/(global|purge)\.lock)?")
        files = [
            str(path.relative_to(self.place))
            for path in self.temporary.rglob("*")
            if not kept.fullmatch(str(path.relative_to(self.temporary)))
        ]
        keys = [str(path) for path in self.home.rglob("kernel-*.json")]
        parts = [str(path.relative_to(self.root)) for path in self.root.rglob("*.part")]
        return alive + files + keys + parts
