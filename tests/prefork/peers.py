"""Other projects' own tests, on forked kernels and on stock ones: ``make test-peers``.

The tests of nbclient, jupyter_client and nbval come with their source packages, of the versions
that are installed here. Each project's run twice, where the kernel of the name "python3" is the
stock one and where it is forked; every test must come to the same verdict. As a plugin of pytest,
this module counts the kernels that were forked.
"""

import json
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path
from typing import Any

PEERS = ("nbclient", "jupyter_client", "nbval")
NEEDS = ("flaky", "msgpack", "pytest-asyncio", "pytest-jupyter", "pytest-timeout", "testpath",
         "xmltodict")  # fmt: skip
COUNT = "PREFORK_COUNT"
Verdicts = dict[str, str]


def pytest_configure() -> None:
    """Count what is forked, in a file: nbval's tests start pytest anew."""
    if path := os.environ.get(COUNT):
        from prefork import client

        spawn = client.ForkServer.spawn

        def counted(*args: Any) -> Any:
            with Path(path).open("a", encoding="ascii") as file:
                file.write("x")
            return spawn(*args)

        client.ForkServer.spawn = counted  # type: ignore[method-assign]


def fetch(folder: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """Return the unpacked source packages, and install what their tests need beside them."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    library = folder / "lib"
    if not library.is_dir():
        more = ["install", "--no-deps", "--target", str(library), *NEEDS]
        subprocess.run([*pip, *more], check=True)
    found = {}
    for name in names:
        stem = f"{name}-{version(name)}"
        if not (folder / stem).is_dir():
            how = ["--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
            asked = ["download", *how, "-d", str(folder), f"{name}=={version(name)}"]
            subprocess.run([*pip, *asked], check=True)
            with tarfile.open(folder / f"{stem}.tar.gz") as archive:
                archive.extractall(folder, filter="data")
        found[name] = folder / stem
    return found


def run(package: Path, kernel: str, folder: Path, only: str = "") -> tuple[Verdicts, int]:
    """Run a project's tests on a kernel, or only those of some names, parted by ``or``.

    Returns their verdicts, and how many kernels were forked.
    """
    from ipykernel.kernelspec import get_kernel_dict

    from prefork import kernel_json

    specs = folder / kernel / "kernels/python3"
    specs.mkdir(parents=True, exist_ok=True)
    spec = kernel_json() if kernel == "forked" else get_kernel_dict()
    (specs / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    result = folder / f"{package.name}-{kernel}.xml"
    count = folder / "count"
    count.write_text("")
    paths = [str(folder / "lib"), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    environ = {
        "JUPYTER_PATH": str(folder / kernel),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTEST_ADDOPTS": "-p peers -p no:cacheprovider",
        COUNT: str(count),
    }
    command = [
        *(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "tests",
            "--continue-on-collection-errors",
            "-k",
            only,
            f"--junit-xml={result}",
        ),
        *("-o", "asyncio_default_fixture_loop_scope=function"),  # else a warning, an error there
    ]
    with (folder / f"{package.name}-{kernel}.log").open("w") as log:
        subprocess.run(
            command, cwd=package, env=os.environ | environ, stdout=log, stderr=log, timeout=1800
        )
    verdicts = {
        f"{case.get('classname')}::{case.get('name')}": case[0].tag if len(case) else "passed"
        for case in ET.parse(result).iter("testcase")
    }
    return verdicts, len(count.read_text())


def differing(stock: Verdicts, forked: Verdicts) -> dict[str, tuple[str | None, str | None]]:
    """Return the tests whose verdicts differ, with both."""
    tests = stock.keys() | forked.keys()
    return {t: (stock.get(t), forked.get(t)) for t in tests if stock.get(t) != forked.get(t)}


def main(names: tuple[str, ...]) -> int:
    """Run them all and print a table; return how many verdicts differ."""
    folder = Path("build/peers").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    differ = 0
    for package in fetch(folder, names).values():
        stock, _ = run(package, "stock", folder)
        forked, count = run(package, "forked", folder)
        other = differing(stock, forked)
        if other:  # once more by themselves: some give a kernel a second, and machines are busy
            names_of = {test.rpartition("::")[2].partition("[")[0] for test in other}
            forked |= run(package, "forked", folder, " or ".join(sorted(names_of)))[0]
            other = differing(stock, forked)
        passed = list(forked.values()).count("passed")
        print(f"{package.name:24} {len(stock)} tests, {passed} passed on {count} forked kernels, "
              f"{len(other)} other than on stock ones", flush=True)  # fmt: skip
        for test, (before, after) in sorted(other.items()):
            print(f"  {test}: {before} on a stock kernel, {after} on a forked one")
        differ += len(other) + (not passed) + (not count)
    return differ


if __name__ == "__main__":
    sys.exit(min(main(tuple(sys.argv[1:]) or PEERS), 1))
