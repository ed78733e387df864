"""The fork servers of this process: one for each way in which its kernels may have to differ."""

import atexit
import os
import threading
from collections.abc import Mapping

from prefork.client import ForkServer, Recipe, UnavailableError

_MOST_SERVERS = 4

_servers: dict[Recipe, ForkServer] = {}
_retired: list[ForkServer] = []  # replaced, but with kernels that still run
_registry = threading.Lock()


def get_server(recipe: Recipe, env: Mapping[str, str]) -> ForkServer:
    """Return the server for this recipe, started if need be; it may not be ready yet.

    Raises
    ------
    UnavailableError
        If there are too many servers that still have kernels, or the start was refused.
    """
    with _registry:
        for ended in [server for server in _retired if server.reap()]:
            ended.close()
            _retired.remove(ended)
        server = _servers.get(recipe)
        if server is not None:
            if server.unusable or not server.reap():
                return server
            _servers.pop(recipe).close()
        if len(_servers) >= _MOST_SERVERS:
            idle = next((r for r, s in _servers.items() if not s.kernels), None)
            if idle is None:
                raise UnavailableError("too many environments are in use at once")
            _servers.pop(idle).close()
        try:
            _servers[recipe] = ForkServer(recipe, env)
        except OSError as error:
            raise UnavailableError(f"no fork server: {error}") from error
        return _servers[recipe]


def retire(recipe: Recipe, server: ForkServer) -> None:
    """Take no more kernels from a server; it ends with the last one it has."""
    with _registry:
        if _servers.get(recipe) is server:
            _retired.append(_servers.pop(recipe))


def close_servers() -> None:
    """End every server of this process, and their kernels."""
    with _registry:
        for server in [*_servers.values(), *_retired]:
            server.close()
        _servers.clear()
        _retired.clear()


def _forget_servers() -> None:
    """In a forked copy of the user: the servers and their kernels belong to the original."""
    global _registry
    _registry = threading.Lock()
    for server in [*_servers.values(), *_retired]:
        server.forget()
    _servers.clear()
    _retired.clear()


atexit.register(close_servers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_servers)
