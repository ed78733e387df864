"""Credentials that keep a fan-out's scheduler and workers to the one user who started them.

Whoever reaches a Dask scheduler may have it run code. So one on this machine speaks TLS with
credentials that last as long as the run; one that is started by hand takes them from a file.
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from helpers.errors import ParameterError
from helpers.index import catalog

if TYPE_CHECKING:
    from distributed import Security

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

NO_PAGES: dict[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Dask's settings under which its web server, which it always starts, has no page to show."""


def path() -> Path:
    """Return the file of the credentials for a scheduler that is started by hand."""
    return catalog.root() / "build" / "cluster" / "dask.yaml"


def write() -> Path:
    """Make new credentials, and return the file that holds them.

    It is a configuration of Dask's: scheduler, workers and client read it from the folder named in
    ``DASK_CONFIG``. Only this user can read it; whoever has it can run code on the cluster.
    """
    security: Any = temporary()
    one = security.get_tls_config_for_role("client")
    role = {"cert": one["cert"], "key": one["key"]}
    tls = {"ca-file": one["ca_file"], "scheduler": role, "worker": role, "client": role}
    settings = {
        "distributed": {
            "comm": {"require-encryption": True, "tls": tls},
            "scheduler": {"http": {"routes": []}},
            "worker": {"http": {"routes": []}},
        }
    }
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.parent.chmod(0o700)
    target.unlink(missing_ok=True)
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        yaml.safe_dump(settings, file)
    return target


def temporary() -> Security:
    """Return credentials that exist in memory only."""
    from distributed import Security

    return cast("Security", Security.temporary())


def of_scheduler(address: str) -> Security | None:
    """Return what a client shows the scheduler at an address; None where it asks for nothing.

    Raises
    ------
    ParameterError
        When anybody who reaches the scheduler could run code through it, and ``INSECURE=1`` does
        not say that this is meant; or when there are no credentials for it.
    """
    import dask
    from distributed import Security

    parsed = urllib.parse.urlsplit(address)
    if parsed.scheme == "tls":
        ours: Any = dask.config.collect([str(path().parent)]) if path().is_file() else {}
        with dask.config.set(dask.config.merge(dask.config.config, ours)):
            security: Any = Security()
        shown = security.get_tls_config_for_role("client")
        if not (shown["cert"] and shown["ca_file"]):
            raise ParameterError(
                f"no credentials for {address}; make them with `make cluster-key`, or name the "
                "folder of the cluster's own dask.yaml in DASK_CONFIG"
            )
        return cast("Security", security)
    if parsed.hostname not in _LOOPBACK and os.environ.get("INSECURE") != "1":
        raise ParameterError(
            f"{address}: whoever reaches a scheduler without TLS can run code on its workers; "
            "start it with the credentials of `make cluster-key` and give SCHEDULER=tls://..., "
            "or set INSECURE=1 where the network is your own"
        )
    return None
