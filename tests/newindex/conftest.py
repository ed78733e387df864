"""An empty project for the intake: the provinces are there, no index is."""

import shutil
from pathlib import Path

import pytest

from helpers.index import catalog

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "data/raw/provinces", tmp_path / "data/raw/provinces")
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    catalog._load.cache_clear()
    yield tmp_path
    catalog._load.cache_clear()
