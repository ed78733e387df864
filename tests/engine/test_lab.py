"""What `make lab` hands to JupyterLab: settings that it knows, a layout that stays, no root."""

import json
import os
from pathlib import Path

import pytest
from jupyterlab.commands import get_app_dir
from jupyterlab_server.config import get_federated_extensions
from nbconvert.exporters import get_exporter

from helpers.engine import lab
from helpers.errors import ParameterError
from projects import ROOT


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_setting_is_one_that_jupyterlab_knows(lang: str) -> None:
    for plugin, settings in lab.overrides(lang).items():
        package, name = plugin.split(":")
        schema = json.loads(Path(get_app_dir(), "schemas", package, f"{name}.json").read_text())
        assert set(settings) <= set(schema["properties"]), plugin


def test_what_is_open_at_first_is_there() -> None:
    for lang in ("vi", "en"):
        data = lab.workspace(lang)["data"]
        opened = [value["data"]["path"] for name, value in data.items() if ":" in name[:24]
                  and "path" in value.get("data", {})]  # fmt: skip
        assert len(opened) == 3 and all((ROOT / path).is_file() for path in opened)


def test_the_exports_offered_exist_and_those_that_fail_do_not_show(tmp_path: Path) -> None:
    lab.prepare(tmp_path, "en")
    for name in (lab.REPORT_PDF, lab.REPORT_HTML):
        assert get_exporter(name).__module__ == "helpers.engine.exporters"
    config = json.loads((tmp_path / "config/jupyter_nbconvert_config.json").read_text())
    assert config["WebPDFExporter"]["enabled"] is False


def test_the_kernel_is_the_warm_one_its_button_waits_and_a_layout_stays(tmp_path: Path) -> None:
    found = lab.prepare(tmp_path, "vi")
    kernel = Path(found["JUPYTER_PATH"].split(os.pathsep)[0], "kernels/python3/kernel.json")
    spec = json.loads(kernel.read_text(encoding="utf-8"))
    assert spec["metadata"]["kernel_provisioner"]["provisioner_name"] == "prefork"
    (button,) = get_federated_extensions(
        [str(Path(found["JUPYTER_PATH"].split(os.pathsep)[0], "labextensions"))]
    ).values()
    assert Path(button["ext_path"], button["jupyterlab"]["_build"]["load"]).is_file()
    (layout,) = (tmp_path / "workspaces").iterdir()
    layout.write_text('{"data": {}, "metadata": {"id": "default"}}')
    lab.prepare(tmp_path, "en")
    assert json.loads(layout.read_text())["data"] == {}


@pytest.mark.parametrize(
    ("values", "lang"),
    [({"LANG": "vi"}, "vi"), ({"LANG": "vi_VN.UTF-8"}, "vi"), ({"LANG": "C"}, "en"), ({}, "en"),
     ({"LANG": "vi", "LC_ALL": "en_GB"}, "en")],
)  # fmt: skip
def test_the_interface_speaks_the_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], lang: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert lab.language() == lang


def test_root_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(ParameterError, match="ordinary user"):
        lab.open_lab()
