"""Fixtures that several modules share."""

from pathlib import Path

import pytest

import projects


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project that a test may break."""
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    return projects.copy_project(tmp_path)
