"""A kernelspec that asks for the prefork provisioner: an ordinary IPython kernel otherwise."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict, write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager

KERNEL_NAME = "prefork"
DISPLAY_NAME = "Python 3 (forked)"
PROVISIONER_NAME = "prefork"


def install_kernelspec(
    *,
    name: str = KERNEL_NAME,
    display_name: str = DISPLAY_NAME,
    modules: Sequence[str] = (),
    prefix: str | None = None,
    user: bool = False,
) -> Path:
    """Install a kernelspec for this interpreter.

    Parameters
    ----------
    name, display_name
        What Jupyter, and what its users, call the kernel.
    modules
        What its fork server imports besides what an IPython kernel does.
    prefix
        Installation prefix, such as ``sys.prefix`` for the running environment.
    user
        Install for the current user instead.

    Returns
    -------
    pathlib.Path
        The kernelspec's directory.

    Raises
    ------
    OSError
        If the place is not writable.
    """
    stage = Path(tempfile.mkdtemp(prefix="kernelspec-"))
    try:
        write_kernel_spec(stage / name, overrides=_overrides(display_name, modules))
        install = KernelSpecManager().install_kernel_spec
        return Path(install(str(stage / name), kernel_name=name, user=user, prefix=prefix))
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def kernel_json(modules: Sequence[str] = (), display_name: str = DISPLAY_NAME) -> dict[str, Any]:
    """Return what such a kernelspec of this interpreter holds."""
    return get_kernel_dict() | _overrides(display_name, modules)


def _overrides(display_name: str, modules: Sequence[str]) -> dict[str, Any]:
    """Return what distinguishes the kernelspec from that of an ordinary IPython kernel."""
    provisioner = {"provisioner_name": PROVISIONER_NAME, "config": {"modules": list(modules)}}
    return {
        "display_name": display_name,
        # As ipykernel's own installer does: no warning from the debugger about frozen modules.
        "env": {"PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        "metadata": {
            "debugger": True,
            "supported_encryption": ["curve"],
            "kernel_provisioner": provisioner,
        },
    }
