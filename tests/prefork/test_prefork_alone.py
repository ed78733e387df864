"""prefork's own wheel, in an environment without the project."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from alone import SRC, Alone, not_asked_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

KERNEL = """
import json
from jupyter_client.manager import KernelManager
from prefork import ipc_manager_kwargs

manager = KernelManager(kernel_name="warm", **ipc_manager_kwargs())
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
texts = []
client.execute_interactive(
    "import importlib.util, sys\\n"
    "print([n in sys.modules for n in ('numpy', 'pandas')], importlib.util.find_spec('helpers'))",
    timeout=120,
    output_hook=lambda message: texts.append(message["content"].get("text", "")),
)
process = type(manager.provisioner.process).__name__
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(["".join(texts).strip(), process]))
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    return Alone("prefork", tmp_path_factory.mktemp("prefork"))


def test_the_wheel_holds_the_package_and_nothing_else(alone: Alone) -> None:
    names = set(zipfile.ZipFile(alone.wheel).namelist())
    held = {name for name in names if ".dist-info/" not in name}
    assert held == {f"prefork/{path.name}" for path in (SRC / "prefork").glob("*.py")}


def test_a_kernel_is_forked_without_the_project(alone: Alone) -> None:
    install = (alone.python, "-m", "prefork", "install", "--name", "warm", "--preload", "numpy")
    assert str(alone.folder) in alone.run(*install)
    script = Path(alone.folder, "kernel.py")
    script.write_text(KERNEL, encoding="utf-8")
    assert json.loads(alone.run(alone.python, script)) == ["[True, False] None", "ForkedKernel"]


def test_every_package_imported_is_asked_for() -> None:
    assert not_asked_for("prefork") == set()
