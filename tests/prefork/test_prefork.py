"""Forked kernels: as ordinary kernels are, only sooner; and nothing left when they end."""

import asyncio
import importlib.metadata
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

import hypothesis.strategies as st
import nbformat
import papermill
import psutil
import pytest
from hypothesis import given
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from prefork import (
    IPCKernelManager,
    PreforkProvisioner,
    install_kernelspec,
    ipc_manager_kwargs,
    provisioner,
    registry,
    runtime,
    runtime_dir,
    wire,
)
from prefork.__main__ import main
from prefork.client import ForkedKernel

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

LIGHT = ("numpy", "matplotlib.pyplot")
ROOT = Path(__file__).parents[2]
NAME = "prefork"
GROUP = "jupyter_client.kernel_provisioners"


@pytest.fixture(scope="module", autouse=True)
def jupyter(tmp_path_factory):
    """Know the kernelspec and the entry point, however the package was installed."""
    base = tmp_path_factory.mktemp("jupyter")
    install_kernelspec(prefix=str(base), name="bare")
    install_kernelspec(prefix=str(base), name="light", modules=LIGHT)
    about = base / "site" / "prefork_tests-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: prefork-tests\nVersion: 0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{NAME} = {entry_point()}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(base / "share" / "jupyter"))
        patch.setenv("IPYTHONDIR", str(base / "ipython"))
        patch.syspath_prepend(str(about.parent))
        path = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        path = [about.parent, ROOT / "src", *(Path(entry).absolute() for entry in path)]
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, path)))
        yield base
    registry.close_servers()


def entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["entry-points"][GROUP][NAME]


def environment(**changes):
    """The environment, but without what tells ipykernel to leave standard streams to pytest."""
    return {k: v for k, v in {**os.environ, **changes}.items() if k != "PYTEST_CURRENT_TEST"}


@contextmanager
def kernel(name="light", **kwargs):
    """A running kernel: its manager, and a client that is ready."""
    manager = KernelManager(kernel_name=name, **ipc_manager_kwargs())
    manager.start_kernel(**{"env": environment(), **kwargs})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


def run(client, code, timeout=20):
    """The outputs of some code as one text, and the names of their richer forms."""
    texts = []

    def note(message):
        content = message["content"]
        data = content.get("data", {})
        error = "\n".join(content.get("traceback", []))
        texts.append(content.get("text") or data.get("text/plain") or error)
        texts.extend(sorted(set(data) - {"text/plain"}))

    client.execute_interactive(textwrap.dedent(code), timeout=timeout, output_hook=note)
    return "".join(filter(None, texts))


def value(client, expression):
    return json.loads(run(client, f"import json; print(json.dumps({expression}))"))


def server_of(manager):
    return psutil.Process(manager.provisioner.pid).parent()


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def has_ended(process):
    """Whether a process is gone; a zombie that init has yet to reap is nobody's debt."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE and process.ppid() == 1
    except psutil.NoSuchProcess:
        return True


def assert_gone(*processes):
    until(lambda: all(map(has_ended, processes)))


def assert_gone_but_for_its_user(process):
    """A process that has ended; its parent, which is here, has yet to ask for its code."""
    until(lambda: has_ended(process) or process.status() == psutil.STATUS_ZOMBIE)


# A forked kernel is as an ordinary one

FACTS = """
import json, locale, matplotlib, os, signal, sys, time, warnings
handlers = {n: str(signal.getsignal(n)) for n in sorted(signal.valid_signals())}
del handlers[signal.SIGINT]  # ipykernel's own, set anew for every cell
print(json.dumps({
    "argv": [a for a in sys.argv if not a.endswith(".json")],
    "command": [a for a in sys.orig_argv if not a.endswith(".json")],
    "backend": matplotlib.rcParams["backend"],
    "cwd": os.getcwd(),
    "environment": {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"},
    "filters": sorted(map(str, warnings.filters)),
    "flags": str(sys.flags),
    "handlers": handlers,
    "leads": [os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid()],
    "locale": locale.setlocale(locale.LC_ALL),
    "mask": str(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "parent": int(os.environ["JPY_PARENT_PID"]) == os.getppid(),
    "path": sys.path,
    "poller": get_ipython().kernel.parent.poller is not None,
    "stdin": os.read(0, 1).decode(),
    "time zone": time.tzname,
}))
"""


def test_a_forked_kernel_finds_what_an_ordinary_one_finds(tmp_path):
    found = {}
    for name in ("python3", "light"):
        with kernel(name, cwd=str(tmp_path), env=environment(TZ="Asia/Bangkok")) as (_, kc):
            found[name] = json.loads(run(kc, FACTS))
    for facts in found.values():
        facts["command"] = facts["command"][-3:]  # options of the interpreter come before
        facts["environment"].pop("PYDEVD_DISABLE_FILE_VALIDATION", None)  # from a kernelspec
    assert found["light"] == found["python3"]


def test_a_kernel_is_forked_and_reached_by_unix_sockets():
    with kernel() as (manager, client):
        assert isinstance(manager.provisioner, PreforkProvisioner)
        assert "prefork.server" in " ".join(server_of(manager).cmdline())
        assert value(client, "'numpy' in __import__('sys').modules")
        assert [Path(f"{manager.ip}-{port}").is_socket() for port in manager.ports] == [True] * 5


def test_two_kernels_share_nothing_but_their_origin(tmp_path):
    facts = "[os.getcwd(), os.environ['MARK'], random.random(), np.random.random()]"
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    env = [environment(MARK=place.name) for place in places]
    found, servers = [], set()
    with (
        kernel(cwd=str(places[0]), env=env[0]) as (m1, k1),
        kernel(cwd=str(places[1]), env=env[1]) as (m2, k2),
    ):
        for manager, client in ((m1, k1), (m2, k2)):
            run(client, "import os, random, numpy as np")
            found.append(value(client, facts))
            servers.add(server_of(manager).pid)
        run(k1, "np.mark = 1")
        assert not value(k2, "hasattr(np, 'mark')")
    assert len(servers) == 1
    assert [f[:2] for f in found] == [[str(place), place.name] for place in places]
    assert found[0][2] != found[1][2]
    assert found[0][3] != found[1][3]


def test_figures_matrices_and_child_processes_work_after_the_fork(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n")
    with kernel(cwd=str(tmp_path)) as (_, client):
        run(client, "import matplotlib, matplotlib.pyplot as plt, numpy as np, os")
        assert value(client, "matplotlib.rcParams['lines.linewidth']") == 7
        assert "image/png" in run(client, "plt.plot([1, 2]);")
        assert value(client, "float((np.ones((300, 300)) @ np.ones((300, 300)))[0, 0])") == 300
        # ipykernel's thread brings what child processes write; one that is late misses the cell.
        said = run(client, "import time; os.system('echo one; echo two >&2'); time.sleep(0.5)")
        assert sorted(said.split()) == ["one", "two"]


def test_standard_streams_go_where_they_were_sent(tmp_path):
    code = """
    import os, sys
    os.write(sys.stdout._original_stdstream_copy, b"to out, ")  # where ipykernel keeps them
    os.write(sys.stderr._original_stdstream_copy, b"to err")
    """
    path = tmp_path / "file"
    with path.open("w") as file, kernel(stdout=file, stderr=subprocess.STDOUT) as (_, client):
        run(client, code)
    assert "to out, to err" in path.read_text()


def test_a_missing_directory_is_reported_as_by_popen(tmp_path):
    manager = KernelManager(kernel_name="light", **ipc_manager_kwargs())
    with pytest.raises(FileNotFoundError, match="nowhere"):
        manager.start_kernel(cwd=str(tmp_path / "nowhere"))
    manager.cleanup_resources()


def test_an_encrypted_connection_works():
    with kernel(transport_encryption="required") as (manager, client):
        assert manager.curve_publickey
        assert value(client, "1 + 1") == 2


# Signals, ends and restarts


def test_an_interrupt_ends_a_sleeping_cell():
    with kernel() as (manager, client):
        message = client.execute("import time; time.sleep(60)")
        time.sleep(0.3)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=5)
        while reply["parent_header"]["msg_id"] != message:
            reply = client.get_shell_msg(timeout=5)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert value(client, "1 + 1") == 2


@pytest.mark.parametrize("now", [True, False])
def test_a_restart_gives_a_new_kernel(now):
    with kernel() as (manager, client):
        run(client, "x = 1")
        before = psutil.Process(manager.provisioner.pid)
        manager.restart_kernel(now=now)
        client.wait_for_ready(timeout=20)
        assert manager.provisioner.pid != before.pid
        assert_gone(before)
        assert "NameError" in run(client, "x")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("os.kill(os.getpid(), 9)", -9), ("os.kill(os.getpid(), 15)", -15), ("os._exit(7)", 7)],
)
def test_an_exit_code_is_reported_as_by_the_ordinary_provisioner(code, expected):
    with kernel() as (manager, client):
        client.execute(f"import os; {code}")
        until(lambda: not manager.is_alive())
        assert asyncio.run(manager.provisioner.poll()) == expected
        assert asyncio.run(manager.provisioner.wait()) == expected
        assert not manager.has_kernel


def test_what_a_dead_kernel_started_ends_with_it():
    with kernel() as (manager, client):
        run(client, "import os, subprocess; p = subprocess.Popen(['sleep', '60'])")
        child = psutil.Process(value(client, "p.pid"))
        client.execute("os.kill(os.getpid(), 9)")
        until(lambda: not manager.is_alive())
        assert_gone(child)


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def execute(*cells, **options):
    options = {"kernel_name": "light", "kernel_manager_class": IPCKernelManager, **options}
    return NotebookClient(notebook(*cells), **options).execute()


def test_nbclient_reports_a_kernel_that_killed_itself():
    with pytest.raises(DeadKernelError):
        execute("import os; os.kill(os.getpid(), 9)")
    assert list(runtime_dir().iterdir()) == []


def test_nbclient_times_a_cell_out():
    with pytest.raises(CellTimeoutError):
        execute("import time; time.sleep(60)", timeout=1)
    assert list(runtime_dir().iterdir()) == []


def test_papermill_runs_on_it_and_writes_no_history(tmp_path, jupyter):
    source, result = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    code = "import os; print(os.getppid()); print(get_ipython().history_manager.hist_file)"
    nbformat.write(notebook(code), source)
    papermill.execute_notebook(
        str(source),
        str(result),
        kernel_name="light",
        kernel_manager_class=IPCKernelManager,
        progress_bar=False,
    )
    (output,) = nbformat.read(result, 4).cells[0].outputs
    parent, history = output.text.split()
    assert int(parent) in [child.pid for child in psutil.Process().children()]
    assert history == ":memory:"


# Nothing is left


def test_a_shutdown_leaves_nothing():
    with kernel() as (manager, _):
        process, server = psutil.Process(manager.provisioner.pid), server_of(manager)
        assert len(list(runtime_dir().iterdir())) == 6  # the connection file and five sockets
        assert runtime_dir().stat().st_mode & 0o777 == 0o700
    assert_gone(process)
    assert list(runtime_dir().iterdir()) == []
    registry.close_servers()
    assert_gone(server)


USER = """
import os, sys, time
from jupyter_client.manager import KernelManager
from prefork import ipc_manager_kwargs, runtime_dir
managers = [
    KernelManager(kernel_name="bare", **ipc_manager_kwargs()),
    KernelManager(kernel_name="bare", connection_file=sys.argv[1]),
]
for manager in managers:
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    client.execute("import subprocess; subprocess.Popen(['sleep', '60'])")
    client.stop_channels()
copy = os.fork()
if copy == 0:  # a copy of the user must not keep the server alive
    time.sleep(20)
    os._exit(0)
print(copy, runtime_dir(), *[manager.provisioner.pid for manager in managers], flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("how", ["end", "SIGINT", "SIGTERM", "SIGKILL"])
def test_nothing_outlives_its_user(how, tmp_path):
    connection_file = tmp_path / "connection.json"
    user = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", USER, str(connection_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with user:
        copy, directory, *pids = user.stdout.readline().split()
        server = psutil.Process(int(pids[0])).parent()
        until(lambda: len(server.children(recursive=True)) == 4)  # each kernel with a child
        processes = [server, *server.children(recursive=True)]
        if how == "end":
            user.stdin.write("\n")
            user.stdin.flush()
        else:
            user.send_signal(getattr(signal, how))
        assert user.wait(timeout=10) == {"end": 0}.get(how, -getattr(signal, how, 0))
        assert_gone(*processes)
        psutil.Process(int(copy)).kill()
    until(lambda: not connection_file.exists())
    if Path(directory).exists():  # the copy held its lock when the server ended
        assert how not in ("end", "SIGINT")
        until(lambda: not psutil.pid_exists(int(copy)))
        runtime.sweep_runtime_dirs()
    assert not Path(directory).exists()


def test_kernels_end_with_their_server_and_another_one_takes_over():
    with kernel() as (manager, _):
        process, server = psutil.Process(manager.provisioner.pid), server_of(manager)
        server.kill()
        assert_gone(process)
        assert not manager.is_alive()
        assert asyncio.run(manager.provisioner.poll()) == -9
        with kernel() as (_, client):
            assert value(client, "1 + 1") == 2
    assert_gone(server)


def test_only_directories_without_an_owner_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "_base", lambda: tmp_path)
    (tmp_path / "prefork-left" / "deep").mkdir(parents=True)
    (tmp_path / ".prefork-new").mkdir()
    (tmp_path / "preforking").mkdir()
    (tmp_path / "prefork-file").write_text("")
    held, lock = runtime._make_locked(tmp_path)
    try:
        runtime.sweep_runtime_dirs()
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {".prefork-new", "preforking", "prefork-file", held.name}
    finally:
        os.close(lock)
    runtime.sweep_runtime_dirs()
    assert not held.exists()


# Changed code, other environments, other machines


def test_a_restarted_kernel_sees_edited_code(tmp_path, jupyter, monkeypatch):
    module = tmp_path / "edited_module.py"
    module.write_text("version = 1\n")
    monkeypatch.setenv("PYTHONPATH", f"{os.environ['PYTHONPATH']}{os.pathsep}{tmp_path}")
    install_kernelspec(prefix=str(jupyter), name="edited", modules=["edited_module"])
    with kernel("edited") as (manager, client):
        run(client, "import edited_module")
        assert value(client, "edited_module.version") == 1
        old = server_of(manager)
        module.write_text("version = 22\n")
        manager.restart_kernel()
        client.wait_for_ready(timeout=20)
        run(client, "import edited_module")
        assert value(client, "edited_module.version") == 22
        assert server_of(manager) != old
        until(lambda: all(server.reap() for server in registry._retired))  # no kernel was left
        assert_gone(old)


def test_a_variable_that_python_reads_at_its_start_counts():
    env = environment(PYTHONHASHSEED="7")
    expected = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], env=env)
    with kernel("bare", env=env) as (_, client):
        assert value(client, "hash('a')") == int(expected)


def test_a_relative_pythonpath_starts_at_the_kernels_directory(tmp_path):
    env = environment(PYTHONPATH=f"{os.environ['PYTHONPATH']}{os.pathsep}lib")
    for name in ("one", "two"):
        (tmp_path / name / "lib").mkdir(parents=True)
        (tmp_path / name / "lib" / "whose.py").write_text(f"name = {name!r}\n")
        with kernel("bare", cwd=str(tmp_path / name), env=env) as (_, client):
            run(client, "import whose")
            assert value(client, "whose.name") == name
    manager = KernelManager(kernel_name="light", **ipc_manager_kwargs())
    with pytest.raises(FileNotFoundError, match="nowhere"):
        manager.start_kernel(cwd=str(tmp_path / "nowhere"), env=env)
    manager.cleanup_resources()


def test_without_fork_an_ordinary_kernel_starts_and_this_is_said_once(monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "_said", set())
    monkeypatch.delattr(os, "fork")
    for _ in range(2):
        with kernel() as (manager, _):
            assert psutil.Process(manager.provisioner.pid).ppid() == os.getpid()
    said = [record.getMessage() for record in caplog.records if record.name == "prefork"]
    assert said == [f"No warm kernel, starting an ordinary one: {sys.platform} cannot fork."]


def test_what_cannot_be_preloaded_is_said_once_and_the_rest_is(
    tmp_path, jupyter, monkeypatch, caplog
):
    (tmp_path / "broken_module.py").write_text("1 / 0\n")
    monkeypatch.setenv("PYTHONPATH", f"{os.environ['PYTHONPATH']}{os.pathsep}{tmp_path}")
    modules = ["broken_module", "no_such_module", "numpy"]
    install_kernelspec(prefix=str(jupyter), name="broken", modules=modules)
    for _ in range(2):
        with kernel("broken") as (manager, client):
            assert isinstance(manager.provisioner.process, ForkedKernel)
            assert value(client, "'numpy' in __import__('sys').modules")
            assert "ZeroDivisionError" in run(client, "import broken_module")
    said = [record.getMessage() for record in caplog.records if record.name == "prefork"]
    assert [name for line in said for name in modules if name in line] == modules[:2]
    assert "ZeroDivisionError: division by zero" in said[0]


def test_a_preloaded_module_never_stands_in_for_the_users(tmp_path, monkeypatch):
    monkeypatch.setattr(provisioner, "_said", set())
    (tmp_path / "numpy.py").write_text("whose = 'mine'\n")
    (tmp_path / "matplotlib").mkdir()  # with no __init__.py no match for the real one
    with kernel(cwd=str(tmp_path)) as (_, client):
        assert value(client, "__import__('numpy').whose") == "mine"
    (tmp_path / "numpy.py").rename(tmp_path / "other.py")
    with kernel(cwd=str(tmp_path)) as (manager, client):
        assert isinstance(manager.provisioner.process, ForkedKernel)
        run(client, "import numpy, matplotlib.pyplot")
        assert value(client, "numpy.ones(3).sum()") == 3


def test_an_idle_server_ends_and_another_one_takes_its_place(tmp_path, jupyter):
    made = install_kernelspec(prefix=str(tmp_path), name="idle")
    spec = json.loads((made / "kernel.json").read_text())
    spec["metadata"]["kernel_provisioner"]["config"]["idle_timeout"] = 0.3
    (made / "kernel.json").write_text(json.dumps(spec))
    made.rename(jupyter / "share" / "jupyter" / "kernels" / "idle")
    with kernel("idle") as (manager, client):
        first = server_of(manager)
        time.sleep(1)  # a server with a kernel is not idle
        assert value(client, "1 + 1") == 2
    assert_gone_but_for_its_user(first)
    with kernel("idle") as (manager, client):
        assert value(client, "1 + 1") == 2
        assert server_of(manager) != first


def test_a_process_with_threads_is_not_forked(tmp_path, monkeypatch):
    (tmp_path / "threaded.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(9,), daemon=True, name='busy').start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{os.environ['PYTHONPATH']}{os.pathsep}{tmp_path}")
    recipe = registry.Recipe((sys.executable,), (), ("threaded",), "/")
    for _ in range(2):
        with pytest.raises(registry.UnavailableError, match="threads busy"):
            until(registry.get_server(recipe, os.environ).ready, 20)


def test_a_kernel_that_is_to_outlive_its_user_is_an_ordinary_one():
    with kernel(independent=True) as (manager, _):
        assert psutil.Process(manager.provisioner.pid).ppid() == os.getpid()


def test_pyproject_names_the_provisioner():
    entry = importlib.metadata.EntryPoint(NAME, entry_point(), GROUP)
    assert entry.load() is PreforkProvisioner


def test_the_command_line_installs_the_kernelspec(tmp_path, capsys):
    asked = ["--name", "mine", "--display-name", "Mine", "--preload", "a", "--preload", "b.c"]
    assert main(["install", "--prefix", str(tmp_path), *asked]) == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/mine/kernel.json").read_text())
    assert spec["display_name"] == "Mine"
    assert spec["argv"] == [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    how = {"provisioner_name": NAME, "config": {"modules": ["a", "b.c"]}}
    assert spec["metadata"]["kernel_provisioner"] == how
    (tmp_path / "file").write_text("")
    assert main(["install", "--prefix", str(tmp_path / "file")]) == 1
    assert "writable" in capsys.readouterr().err


# Messages

TEXT = st.text(st.characters(codec=None))


@given(st.dictionaries(TEXT, st.one_of(st.none(), st.integers(), TEXT, st.lists(TEXT))))
def test_a_message_arrives_as_it_was_sent(message):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, message)
        wire.send(ours, {})
        assert wire.receive(theirs) == (message, [])
        assert wire.receive(theirs) == ({}, [])
        ours.close()
        with pytest.raises(EOFError):
            wire.receive(theirs)
