"""Forked kernels against ordinary ones: how soon they are ready, and what they leave behind.

``python benchmarks/kernels.py ready`` measures both kinds in turn, in one run.
``python benchmarks/kernels.py stress`` runs many kernels while kernels, fork servers and their
users are killed at random, and then looks for processes and files.
``python benchmarks/kernels.py single`` runs a trivial notebook by ``helpers run`` and by papermill
on a stock kernel, in turn. All exit with 1 if the promise is broken: under a quarter of the
ordinary time; nothing left; no more processor time.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import page
import psutil
from jupyter_client.manager import KernelManager

from helpers.engine.run.kernel import PRELOADED
from prefork import install_kernelspec, ipc_manager_kwargs

STACK = "import pandas, matplotlib.pyplot, scipy.stats"
KINDS = ("kernel", "server", "user")
AT_ONCE = 2
KERNELS_PER_USER = 10


@contextmanager
def installed_kernelspec():
    """The kernelspec "helpers" as the package has it now, for this process and its children."""
    with tempfile.TemporaryDirectory() as prefix:
        install_kernelspec(name="helpers", modules=PRELOADED, prefix=prefix)
        os.environ["JUPYTER_PATH"] = str(Path(prefix) / "share" / "jupyter")
        yield


def seconds_to_first_reply(kernel_name):
    """From the order for a kernel to its first reply, the stack imported."""
    begin = time.perf_counter()
    manager = KernelManager(kernel_name=kernel_name, **ipc_manager_kwargs())
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        reply = client.execute_interactive(STACK, timeout=120, output_hook=lambda message: None)
        assert reply["content"]["status"] == "ok", reply["content"]
        return time.perf_counter() - begin
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


def ready(repeat):
    """Print the medians and their ratio."""
    first = seconds_to_first_reply("helpers")
    seconds = {"python3": [], "helpers": []}
    for _ in range(repeat):
        for name, found in seconds.items():
            found.append(seconds_to_first_reply(name))
    stock, forked = (statistics.median(found) for found in seconds.values())
    print(f"kernel ready, {STACK!r} done; median of {repeat}:")
    for name, found in seconds.items():
        print(f"  {name:8} {statistics.median(found):6.3f} s  ({min(found):.3f}-{max(found):.3f})")
    print(f"  ratio    {forked / stock:6.3f}    (first forked one, server included: {first:.2f} s)")
    names = {"python3": "stock kernel", "helpers": "forked kernel"}
    rows = [
        [names[name], f"{statistics.median(found):.2f}", f"{min(found):.2f}–{max(found):.2f}"]
        for name, found in seconds.items()
    ]
    page.put(
        "kernels", ["kernel", f"median of {repeat}, seconds", "range"], rows,
        f"The forked kernel is ready in {forked / stock:.0%} of the stock kernel's time;",
        f"the first one, fork server included, took {first:.1f} s.",
    )  # fmt: skip
    return forked < stock / 4


def processor_seconds(command, folder):
    """What a command and all that it started have used."""
    before = os.times()
    environ = os.environ | {"HELPERS_ROOT": folder}
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def single(repeat):
    """Print what one notebook of one cell costs, and how the two compare in each pair."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [nbformat.v4.new_code_cell("print(1)")]
        about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), f"{folder}/a.ipynb")
        ours = [sys.executable, "-m", "helpers", "run", "a.ipynb", "--output", "b.ipynb"]
        theirs = [sys.executable, "-m", "papermill", "-k", "python3", "a.ipynb", "c.ipynb"]
        pairs = [[processor_seconds(c, folder) for c in (ours, theirs)] for _ in range(repeat + 1)]
    pairs = pairs[1:]  # the first compiles
    helpers, papermill = (statistics.median(found) for found in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"one trivial notebook, processor time, median of {repeat} pairs: helpers run "
          f"{helpers:.2f} s, papermill {papermill:.2f} s, ratio {ratio:.2f}")  # fmt: skip
    rows = [["`helpers run`", f"{helpers:.2f}"], ["papermill, stock kernel", f"{papermill:.2f}"]]
    page.put(
        "single", ["by", f"processor time, median of {repeat}, seconds"], rows,
        f"Pair by pair {ratio:.2f} of papermill's.",
    )  # fmt: skip
    return ratio < 1.05


USER = f"""
import sys
import nbformat
from nbclient import NotebookClient
from prefork import IPCKernelManager
code = "{STACK}, time; matplotlib.pyplot.plot([1]); time.sleep(0.2)"
cell = nbformat.v4.new_code_cell(code)
for _ in range(int(sys.argv[1])):
    print("kernel", flush=True)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    options = dict(kernel_name="helpers", kernel_manager_class=IPCKernelManager)
    try:
        NotebookClient(notebook, **options).execute()
        print("done", flush=True)
    except Exception as error:
        print("died", type(error).__name__, flush=True)
"""


class User:
    """A process that runs kernels one after another."""

    def __init__(self, folder, number):
        self.log = folder / f"user-{number}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", USER, str(KERNELS_PER_USER)],
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def count(self, word):
        """How many lines of its log begin with the word."""
        return sum(line.startswith(word) for line in self.log.read_text().splitlines())

    def target(self, kind):
        """The process of that kind that serves this user now, or None."""
        with suppress(psutil.NoSuchProcess, StopIteration):
            user = psutil.Process(self.process.pid)
            if kind == "user":
                return user
            server = next(c for c in user.children() if "prefork" in " ".join(c.cmdline()))
            return server if kind == "server" else next(iter(server.children()))
        return None


def of_this_run(mark):
    """Processes that have the mark in their environment, zombies that init still holds aside."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get("KERNEL_STRESS") == mark:
                found.append(process)
    return found


def stress(kernels, kills, seed):
    """Run that many kernels, kill that many processes, and count what is left."""
    chance = random.Random(seed)
    mark = os.environ["KERNEL_STRESS"] = f"{os.getpid()}-{time.time()}"
    # Every kind as often, in any order, after any number of kernels and at any moment of theirs.
    kinds = chance.sample(list(KINDS), len(KINDS)) * (kills // len(KINDS) + 1)
    due = sorted(zip(chance.sample(range(1, kernels), kills), kinds, strict=False))
    killed = dict.fromkeys(KINDS, 0)
    users, begin = [], time.perf_counter()
    with tempfile.TemporaryDirectory() as logs, tempfile.TemporaryDirectory() as temporary:
        os.environ["TMPDIR"] = temporary
        while True:
            running = [user for user in users if user.process.poll() is None]
            started = sum(user.count("kernel") for user in users)
            if len(running) < AT_ONCE and (due or started < kernels):
                users.append(User(Path(logs), len(users)))
            elif not running:
                break
            elif due and started >= due[0][0]:
                time.sleep(chance.uniform(0, 1))
                target = chance.choice(running).target(due[0][1])
                if target is not None:  # else soon
                    with suppress(psutil.NoSuchProcess):
                        target.kill()
                        killed[due.pop(0)[1]] += 1
            time.sleep(0.05)
        took = time.perf_counter() - begin
        time.sleep(5)
        left = of_this_run(mark)
        files = sorted(str(path) for path in Path(temporary).rglob("*"))
        counts = {word: sum(user.count(word) for user in users) for word in ("done", "died")}
    print(f"{started} kernels of {len(users)} users in {took:.0f} s: {counts}; killed: {killed}")
    print(f"left: {len(left)} processes, {len(files)} files", *map(str, left), *files, sep="\n  ")
    return not left and not files


def main():
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ready").add_argument("--repeat", type=int, default=10)
    commands.add_parser("single").add_argument("--repeat", type=int, default=7)
    stressing = commands.add_parser("stress")
    stressing.add_argument("--kernels", type=int, default=200)
    stressing.add_argument("--kills", type=int, default=20)
    stressing.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.command == "single":
        return 0 if single(asked.repeat) else 1
    with installed_kernelspec():
        if asked.command == "ready":
            return 0 if ready(asked.repeat) else 1
        return 0 if stress(asked.kernels, asked.kills, asked.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
