"""An environment with one of the two packages alone: its own wheel, and no project."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from itertools import chain
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"


class Alone:
    """A new environment that holds one package's wheel, and sees what it depends on."""

    def __init__(self, package: str, folder: Path) -> None:
        self.folder = folder
        # Nothing of this environment may leak into the new one, nor a cache into the wheel.
        self.env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        source = shutil.copytree(
            SRC / package, folder / "source", ignore=shutil.ignore_patterns("__pycache__")
        )
        self.run(
            sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source
        )
        shutil.rmtree(source)
        (self.wheel,) = folder.glob("*.whl")
        self.run(sys.executable, "-m", "venv", "--without-pip", folder / "env")
        self.python = folder / "env/bin/python"
        pip = (sys.executable, "-m", "pip", "--python", self.python, "--quiet")
        self.run(*pip, "install", "--no-deps", "--no-index", self.wheel)
        paths = {"base": str(folder / "env"), "platbase": str(folder / "env")}
        site = Path(sysconfig.get_path("purelib", "venv", paths))
        # A path in a .pth file lends its packages, but not what its own .pth files add.
        (site / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        gone = "import importlib.util as u; assert not u.find_spec('helpers')"
        self.run(self.python, "-c", gone)

    def run(self, *command: object, cwd: Path | None = None) -> str:
        """Run a command that must end well; return what it printed."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


# Where the module and the package have different names.
_PACKAGES = {"bs4": "beautifulsoup4", "fontTools": "fonttools", "PIL": "pillow", "zmq": "pyzmq"}
# For type checkers only; it comes with nbconvert.
_TYPES = {"nbformat"}


def not_asked_for(package: str) -> set[str]:
    """Packages that a package imports and its own pyproject.toml does not depend on."""
    about = tomllib.loads((SRC / package / "pyproject.toml").read_text(encoding="utf-8"))
    project = about["project"]
    extras = project.get("optional-dependencies", {}).values()
    named = chain(project["dependencies"], *extras)
    asked = {one.partition(">")[0].replace("-", "_") for one in named}
    found = set()
    for path in (SRC / package).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    foreign = found - set(sys.stdlib_module_names) - _TYPES - {package}
    return {_PACKAGES.get(name, name) for name in foreign} - asked
