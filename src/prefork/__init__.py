"""Kernels forked from a process that has imported the stack already.

`PreforkProvisioner` is a Jupyter kernel provisioner (entry point "prefork"): papermill, nbval and
JupyterLab use it through a kernelspec that names it, as they use any kernel. Each kernel is a
process of its own.
"""

from prefork.kernelspec import KERNEL_NAME, install_kernelspec, kernel_json
from prefork.provisioner import PreforkProvisioner
from prefork.runtime import IPCKernelManager, ipc_manager_kwargs, runtime_dir

__all__ = [
    "KERNEL_NAME",
    "IPCKernelManager",
    "PreforkProvisioner",
    "install_kernelspec",
    "ipc_manager_kwargs",
    "kernel_json",
    "runtime_dir",
]
