"""Fixtures that several modules share."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

import projects
import sites

# Modules that start many processes, longest first: begun late, they would keep one worker busy
# while the other has nothing left to do. (`--no-loadscope-reorder` has xdist keep this order.)
SLOW = (
    "test_fanout", "test_pipeline", "test_report", "test_credentials", "test_run_execute",
    "test_new_year",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slow modules first."""
    places = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: places.get(item.path.stem, len(SLOW)))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project that a test may break."""
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    return projects.copy_project(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the default unit's reports made; only to be read.

    One process makes it and the others wait, so that the notebooks run once in all.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    root, good = folder / "dự án", folder / "built"
    with FileLock(folder / "built.lock"):
        if not good.exists():
            shutil.rmtree(root, ignore_errors=True)
            projects.copy_project(root)
            done = projects.command(root, "report")
            assert done.code == 0, done.err
            good.write_text(done.out, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def sited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small index with its site made, in a path with a space and letters of Vietnamese."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    root, good = folder / "trang của tôi", folder / "sited"
    with FileLock(folder / "sited.lock"):
        if not good.exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            sites.make_site(root)
            good.touch()
    return root


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """A copy of the project with its reports made, that a test may break."""
    return Path(shutil.copytree(built, tmp_path / "project"))
