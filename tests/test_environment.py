"""One lock: what conda, Binder and pip install are the same packages from any mirror."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from helpers.engine.environment import environment, main, pins
from projects import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return normal(found.group())


def test_environment_yml_is_what_the_lock_gives(tmp_path: Path) -> None:
    assert environment(LOCK) == ENVIRONMENT, (
        "run `make lock`, or python -m helpers.engine.environment"
    )
    (tmp_path / "requirements.lock").write_text(LOCK, encoding="utf-8")
    main(tmp_path)
    assert (tmp_path / "environment.yml").read_text(encoding="utf-8") == ENVIRONMENT


def test_a_drift_would_show() -> None:
    assert environment(LOCK.replace("babel==", "babel==9", 1)) != ENVIRONMENT
    assert environment(LOCK + "extra==1.0 \\\n    --hash=sha256:00\n") != ENVIRONMENT


def test_environment_yml_is_one_conda_can_read() -> None:
    spec = yaml.safe_load(ENVIRONMENT)
    assert spec["channels"] == ["conda-forge"] and "pip" in spec["dependencies"]
    assert any(str(entry).startswith("python=3.") for entry in spec["dependencies"])
    pip = next(entry["pip"] for entry in spec["dependencies"] if isinstance(entry, dict))
    assert pip[-1] == "-e ." and pip[:-1] == pins(LOCK)
    assert len({named(pin) + pin.partition(";")[2] for pin in pip[:-1]}) == len(pip) - 1


def test_every_package_is_pinned_with_hashes() -> None:
    entries = [line for line in LOCK.replace("\\\n", " ").splitlines() if line.strip()]
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^\s;]+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml"])
def test_no_address_of_an_index_or_registry_is_written_down(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|index-url|registry", text)


def test_every_dependency_is_in_the_lock() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {named(requirement) for requirement in asked} <= {named(pin) for pin in pins(LOCK)}


# These come with nbconvert and ipykernel, which cannot do without them.
CARRIED = {
    "IPython", "jupyter_client", "jupyter_core", "jupyterlab_server", "markupsafe",
    "pydantic_core", "traitlets", "zmq",
}  # fmt: skip
# Where the module and the package have different names.
PACKAGES = {"yaml": "pyyaml", "bs4": "beautifulsoup4", "PIL": "pillow"}


def test_every_package_imported_is_asked_for() -> None:
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    asked = {named(one) for one in tomllib.loads(PYPROJECT)["project"]["dependencies"]}
    foreign = found - set(sys.stdlib_module_names) - {"helpers", "nbtypst", "prefork"} - CARRIED
    assert {name for name in foreign if normal(PACKAGES.get(name, name)) not in asked} == set()


@pytest.mark.slow
def test_an_empty_environment_installs_and_imports(tmp_path: Path) -> None:
    """What conda and Binder do with the pip section, on this Python."""
    spec = yaml.safe_load(ENVIRONMENT)
    pip = next(entry["pip"] for entry in spec["dependencies"] if isinstance(entry, dict))
    (tmp_path / "pins.txt").write_text("\n".join(pip[:-1]) + "\n", encoding="utf-8")
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    # Nothing of this environment may leak into the new one.
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(*command: object) -> str:
        done = subprocess.run(
            [str(part) for part in command], cwd=tmp_path, env=clean, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    uv = (sys.executable, "-m", "uv")
    run(*uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env")
    install = (*uv, "pip", "install", "--quiet", "--system-certs", "--python", python)
    run(*install, "--requirement", tmp_path / "pins.txt")
    run(*install, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    modules = [
        "helpers",
        "helpers.engine.make",
        "helpers.report",
        "helpers.report.figures",
        "nbtypst",
    ]
    run(python, "-c", "import " + ", ".join(modules))
    assert "record-raw" in run(python, "-m", "helpers", "--help")
    exporters = run(python, "-c", "from importlib.metadata import entry_points as e\n"
                    "print([x.name for x in e(group='nbconvert.exporters')])")  # fmt: skip
    assert "'typst_pdf'" in exporters
