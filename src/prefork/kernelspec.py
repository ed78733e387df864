"""The kernelspec "helpers": an ordinary IPython kernel that asks for the prefork provisioner."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict, write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager

KERNEL_NAME = "helpers"
DISPLAY_NAME = "Python 3 (helpers, warm)"
PROVISIONER_NAME = "helpers-prefork"

#: What a report notebook imports, and what an IPython kernel loads while it starts. A name that
#: cannot be imported is left out: the kernel then imports it when it is asked for, or fails there.
#: Not matplotlib_inline: its import hooks into the running shell, which the server has not.
MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "jedi",
    "psutil",
    "sqlite3",
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.pyplot",
    "scipy.stats",
    "seaborn",
    "babel.numbers",
    "babel.dates",
    "yaml",
    "helpers.engine.warm",
)


def install_kernelspec(
    *, prefix: str | None = None, user: bool = False, modules: tuple[str, ...] | None = None
) -> Path:
    """Install the kernelspec "helpers" for this interpreter.

    Parameters
    ----------
    prefix
        Installation prefix, such as ``sys.prefix`` for the running environment.
    user
        Install for the current user instead.
    modules
        What the fork server imports before it forks; by default `MODULES`, as they are when it
        starts.

    Returns
    -------
    pathlib.Path
        The kernelspec's directory.

    Raises
    ------
    OSError
        If the place is not writable.
    """
    overrides = _overrides(modules)
    stage = Path(tempfile.mkdtemp(prefix="kernelspec-"))
    try:
        write_kernel_spec(stage / KERNEL_NAME, overrides=overrides)
        manager = KernelSpecManager()
        return Path(
            manager.install_kernel_spec(
                str(stage / KERNEL_NAME), kernel_name=KERNEL_NAME, user=user, prefix=prefix
            )
        )
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def kernel_json(modules: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return what the installed kernelspec of this interpreter holds."""
    return get_kernel_dict() | _overrides(modules)


def _overrides(modules: tuple[str, ...] | None) -> dict[str, Any]:
    """Return what distinguishes the kernelspec from that of an ordinary IPython kernel."""
    return {
        "display_name": DISPLAY_NAME,
        # As ipykernel's own installer does: no warning from the debugger about frozen modules.
        "env": {"PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        "metadata": {
            "debugger": True,
            "supported_encryption": ["curve"],
            "kernel_provisioner": {
                "provisioner_name": PROVISIONER_NAME,
                "config": {} if modules is None else {"modules": list(modules)},
            },
        },
    }
