"""Nobody but the user who started them can have a fan-out's scheduler and workers run code."""

import os
import re
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from helpers.engine.fanout import credentials
from helpers.errors import ParameterError
from projects import ROOT

# Somebody else: another user id where this one may choose it, and credentials of their own. Prints
# each port that answers with anything but the refusal of a page.
STRANGER = """
import os, socket, ssl, sys, tempfile
from distributed import Security
own = Security.temporary().get_connection_args("client")["ssl_context"]
own.check_hostname, own.verify_mode = False, ssl.CERT_NONE
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
def answer(port, wrap):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
            with wrap(plain) as one:
                one.sendall(b"GET /status HTTP/1.0\\r\\n\\r\\n")
                return one.recv(100)
    except OSError:
        return b""
for port in map(int, sys.argv[1:]):
    for wrap in (lambda one: one, own.wrap_socket):
        said = answer(port, wrap)
        if said and b" 404 " not in said:
            print(port, said)
"""


def listening(processes: Iterable[psutil.Process]) -> set[tuple[str, int]]:
    """The addresses at which processes, and all that they started, wait for connections."""
    found = set()
    for process in processes:
        with suppress(psutil.Error):
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    found |= {
                        (c.laddr.ip, c.laddr.port)
                        for c in one.net_connections("inet")
                        if c.status == psutil.CONN_LISTEN
                    }
    return found


def answering(ports: Iterable[int]) -> str:
    tried = subprocess.run(
        [sys.executable, "-c", STRANGER, *map(str, ports)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return tried.stdout


def environ(root: Path, **more: str) -> dict[str, str]:
    return os.environ | {"HELPERS_ROOT": str(root), "PYTHONPATH": str(ROOT / "src"), **more}


def test_the_stranger_would_get_in_where_nothing_keeps_them_out() -> None:
    # An ordinary scheduler: its greeting comes unasked, and it has a page.
    words = ["--host", "127.0.0.1", "--port", "18785", "--dashboard-address", "127.0.0.1:18784"]
    with subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while len(listening([psutil.Process(process.pid)])) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            said = answering([18785, 18784])
        finally:
            process.kill()
    assert said.startswith("18785 ") and "18784 b'HTTP/1.1 200" in said


def test_reports_on_this_machine_listen_to_nobody_else(copied: Path) -> None:
    command = [sys.executable, "-m", "helpers", "reports", "--langs", "en"]
    command += ["--units", "hue ha-noi lao-cai son-la"]
    with subprocess.Popen(
        command, cwd=copied, env=environ(copied), stderr=subprocess.PIPE, text=True
    ) as process:
        seen: set[tuple[str, int]] = set()
        deadline = time.monotonic() + 240
        while process.poll() is None and time.monotonic() < deadline:
            now = listening([psutil.Process(process.pid)])
            # A scheduler and two workers with a nanny each: then a stranger tries all of them.
            if len(now) >= 5 and not seen:
                assert answering(port for _, port in now) == ""
            seen |= now
            time.sleep(0.1)
        said = process.stderr.read() if process.stderr else ""
    assert process.returncode == 0, said
    assert len(seen) >= 5
    assert {ip for ip, _ in seen} == {"127.0.0.1"}
    assert 8787 not in {port for _, port in seen}


def test_the_commands_of_the_readme_let_nobody_else_in(copied: Path) -> None:
    block = next(
        text
        for text in re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
        if "dask scheduler" in text
    )
    _make, export, *lines, _reports = block.replace("\\\n", "").splitlines()
    name, _, folder = export.removeprefix("export ").partition("=")
    env = environ(copied, **{name: str(copied / folder)})
    key = [sys.executable, "-m", "helpers", "cluster-key"]
    made = subprocess.run(key, cwd=copied, env=env, capture_output=True, text=True)
    assert made.stdout.strip() == "build/cluster/dask.yaml", made.stderr
    assert stat.S_IMODE((copied / "build/cluster/dask.yaml").stat().st_mode) == 0o600
    started = []
    try:
        for line in lines:
            words = shlex.split(line.replace("8786", "18786"))
            assert words[0] == ".venv/bin/dask"
            cli = [sys.executable, "-m", f"distributed.cli.dask_{words[1]}", *words[2:]]
            with (copied / f"{words[1]}.log").open("wb") as log:
                started.append(subprocess.Popen(cli, cwd=copied, env=env, stdout=log, stderr=log))
        processes = [psutil.Process(one.pid) for one in started]
        deadline = time.monotonic() + 60
        # Scheduler and, for each worker, nanny and worker; and their web servers without a page.
        while len(listening(processes)) < 7 and time.monotonic() < deadline:
            time.sleep(0.2)
        there = listening(processes)
        assert ("127.0.0.1", 18786) in there and {ip for ip, _ in there} == {"127.0.0.1"}
        assert answering(port for _, port in there) == ""
        command = [*key[:3], "reports", "--units", "ha-noi", "--langs", "en", "--scheduler"]
        ours = subprocess.run(
            [*command, "tls://127.0.0.1:18786"],
            cwd=copied, env=environ(copied), capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert ours.returncode == 0, ours.stderr
        assert (copied / "reports/dti/ha-noi.en.pdf").is_file()
    finally:
        for one in reversed(started):
            one.terminate()
            with suppress(subprocess.TimeoutExpired):
                one.wait(20)
            one.kill()


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "tcp://0.0.0.0:8786", "ucx://host:1"]
)
def test_an_open_scheduler_elsewhere_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INSECURE", raising=False)
    with pytest.raises(ParameterError, match="without TLS"):
        credentials.of_scheduler(address)
    monkeypatch.setenv("INSECURE", "1")
    assert credentials.of_scheduler(address) is None


def test_credentials_must_be_there(project: Path) -> None:
    with pytest.raises(ParameterError, match="cluster-key"):
        credentials.of_scheduler("tls://127.0.0.1:8786")
    assert credentials.of_scheduler("tcp://127.0.0.1:8786") is None
    credentials.write()
    first = credentials.of_scheduler("tls://127.0.0.1:8786")
    credentials.write()
    second = credentials.of_scheduler("tls://127.0.0.1:8786")
    assert first and second and first.tls_client_key != second.tls_client_key
