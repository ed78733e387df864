"""A kernel provisioner that forks kernels instead of starting them.

Launching is all that differs: the rest (signals to the process group, polling, ports, encryption,
restarts) is jupyter_client's own `LocalProvisioner`, to which a forked kernel looks like the
process it would have started.
"""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Float, List, Unicode

from prefork.client import ForkedKernel, Recipe, StaleServerError, UnavailableError
from prefork.registry import get_server, retire

_STREAMS = {"stdin", "stdout", "stderr"}
_HONOURED = {"cwd", "env", "extra_arguments", "independent", "kernel_id"} | _STREAMS
_READ_AT_START = (  # by Python, the dynamic linker or a library while it is imported
    *("ARROW_", "BLIS_", "DYLD_", "GOTO_", "HOME", "LANG", "LC_", "LD_", "MATPLOTLIB", "MKL_"),
    *("MPL", "NPY_", "NUMPY_", "OMP_", "OPENBLAS_", "PANDAS_", "PATH", "PYTHON", "VECLIB_", "XDG_"),
)
# Not the manager's log, which many users of kernels keep silent: a warning that no handler takes
# goes to stderr.
_log = logging.getLogger("prefork")
_said: set[str] = set()


def _warn_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        _log.warning(message)


class PreforkProvisioner(LocalProvisioner):
    """Provision kernels by forking a process that has imported the stack.

    Where that cannot be done, an ordinary kernel is started, and the log says why, once.
    """

    modules = List(
        Unicode(), help="What the fork server imports, besides what an IPython kernel does."
    ).tag(config=True)
    idle_timeout = Float(
        600.0, help="Seconds without a kernel after which a fork server ends."
    ).tag(config=True)
    server_timeout = Float(60.0, help="Seconds that the fork server may import for.").tag(
        config=True
    )

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that is as if `cmd` had been run; return how to reach it.

        Raises
        ------
        OSError
            If the working directory is not there.
        """
        try:
            kernel = await self._fork(cmd, kwargs)
        except UnavailableError as reason:
            _warn_once(f"No warm kernel, starting an ordinary one: {reason}.")
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast(Any, kernel)
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group, unless the kernel has ended.

        Its group ends with it, and its number may belong to somebody else by then.
        """
        if await self.poll() is None:
            await super().send_signal(signum)

    async def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> ForkedKernel:
        """Fork from the right server, once it is ready; from a new one, if that one is stale."""
        recipe = self._recipe(cmd, kwargs)
        env, cwd = kwargs.get("env") or os.environ, kwargs.get("cwd") or Path.cwd()
        patience = time.monotonic() + self.server_timeout
        while True:
            server = get_server(recipe, env)
            while not server.ready():
                if time.monotonic() > patience:
                    server.give_up("it took too long to import")
                    continue
                await asyncio.sleep(0.01)
            for failure in server.failures:
                _warn_once(f"Not preloaded for new kernels: {failure}.")
            try:
                with _streams(kwargs) as fds:
                    argv = [os.path.expanduser(part) for part in cmd]  # noqa: PTH111 - not a path
                    return server.spawn(argv, os.path.abspath(cwd), env, fds)  # noqa: PTH100
            except StaleServerError:
                retire(recipe, server)

    def _recipe(self, cmd: list[str], kwargs: dict[str, Any]) -> Recipe:
        """Return which server this kernel can come from.

        Raises
        ------
        UnavailableError
            If it can come from none.
        """
        if not hasattr(os, "fork"):
            raise UnavailableError(f"{sys.platform} cannot fork")
        module = cmd.index("-m") if "-m" in cmd else len(cmd)
        if cmd[module : module + 2] != ["-m", "ipykernel_launcher"]:
            raise UnavailableError("the kernelspec's argv does not run ipykernel_launcher")
        if kwargs.get("independent"):
            raise UnavailableError("it is to outlive its user")
        odd = sorted(set(kwargs) - _HONOURED)
        if odd or subprocess.PIPE in map(kwargs.get, _STREAMS):
            raise UnavailableError(f"only a new process takes {', '.join(odd) or 'pipes'}")
        env = kwargs.get("env") or os.environ
        read = {name: env[name] for name in env if name.startswith(_READ_AT_START)}
        read.pop("MPLBACKEND", None)  # every kernel chooses its own
        paths = env.get("PYTHONPATH", "").split(os.pathsep)
        relative = any(path and not Path(path).is_absolute() for path in paths)
        return Recipe(
            python=tuple(os.path.expanduser(part) for part in cmd[:module]),  # noqa: PTH111
            environ=tuple(sorted(read.items())),
            modules=tuple(self.modules),
            cwd=os.path.abspath(kwargs.get("cwd") or Path.cwd()) if relative else "/",  # noqa: PTH100
            idle=self.idle_timeout,
        )


@contextmanager
def _streams(kwargs: dict[str, Any]) -> Iterator[list[int]]:
    """Yield descriptors for a kernel's standard streams, as `subprocess.Popen` understands them.

    Without any, output goes where this process's goes now, and input is empty: a kernel asks its
    client for input.
    """
    with ExitStack() as stack:
        null = os.open(os.devnull, os.O_RDWR)
        stack.callback(os.close, null)

        def descriptor(name: str, default: int) -> int:
            stream = kwargs.get(name)
            if stream is None:
                stream = default
            elif stream == subprocess.DEVNULL:
                stream = null
            elif hasattr(stream, "fileno"):
                stream = stream.fileno()
            try:
                os.fstat(stream)
            except OSError:  # a daemon has closed its own
                return null
            return int(stream)

        out = descriptor("stdout", 1)
        both = kwargs.get("stderr") == subprocess.STDOUT
        yield [descriptor("stdin", null), out, out if both else descriptor("stderr", 2)]
