"""A real browser: the distribution's Chromium, driven by Playwright; skipped without one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from projects import ROOT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def lab(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab as ``make lab`` opens it, in Vietnamese, on a project that a test may change."""
    root = Path(shutil.copytree(built, tmp_path_factory.mktemp("lab") / "bàn làm việc"))
    for name in ("README.md", "README.vi.md"):
        shutil.copy(ROOT / name, root)
    (root / "docs").mkdir()
    shutil.copy(ROOT / "docs/explorer.png", root / "docs")
    shutil.copytree(ROOT / "reports/samples", root / "reports/samples")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        f"--allow-root --no-browser --port {port} --IdentityProvider.token=test "
        "--LabApp.expose_app_in_browser=True"
    )
    settings = {"LANG": "vi_VN.UTF-8", "LC_ALL": "", "HELPERS_ROOT": str(root)}
    private = {f"JUPYTER_{one}_DIR": str(root / f"build/{one}") for one in ("DATA", "RUNTIME")}
    private |= {
        f"JUPYTER{one}_DIR": str(root / f"build/{one}") for one in ("_CONFIG", "LAB_SETTINGS")
    }
    log = root / "build/lab.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpers", "lab", f"--options={options}"],
            cwd=root, env=os.environ | settings | private, stdout=stream, stderr=stream,
            start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            assert server.poll() is None, log.read_text(errors="replace")
            time.sleep(0.5)
        yield address, root
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
