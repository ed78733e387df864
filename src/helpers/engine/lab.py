"""JupyterLab as a desk that is ready: what is open, which kernel, which exports, which language.

All of it lies below ``build/desk`` and is handed over by Jupyter's own settings, so that nothing of
a user's is changed and a user's own settings come first.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers.engine.run.kernel import SPECS
from helpers.engine.run.source import STOCK, TABLES
from helpers.errors import ParameterError
from helpers.files import publish
from helpers.index import catalog

REPORT_PDF, REPORT_HTML = "typst_pdf", "report_html"
_EXPORTS = {
    REPORT_PDF: "Báo cáo PDF / Report (PDF)",
    REPORT_HTML: "Báo cáo HTML / Report (HTML)",
}
# They need LaTeX, pandoc, a browser of their own or Qt, and end in an error without.
_FAILING = ("Latex", "PDF", "WebPDF", "QtPDF", "QtPNG", "RST", "ASCIIDoc")
_OPEN = ("notebooks/0-start.ipynb", "notebooks/6-explore.ipynb")
_KERNEL = {"vi": "Python cho xếp hạng (khởi động nhanh)", "en": "Python for rankings (starts fast)"}


def language() -> str:
    """Return the interface's language: that of the environment where we speak it, else English."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "vi" if asked.lower().startswith("vi") else "en"


def overrides(lang: str) -> dict[str, Any]:
    """Return JupyterLab's settings where they differ from its own, by plugin."""
    exports = [
        {"command": "notebook:export-to-format", "args": {"format": name, "label": label},
         "rank": 10.1 + place / 10}
        for place, (name, label) in enumerate(_EXPORTS.items())
    ]  # fmt: skip
    dynamic = {"type": "submenu", "submenu": {"id": "jp-mainmenu-file-notebookexport"}}
    menu = {"id": "jp-mainmenu-file", "items": [{**dynamic, "disabled": True}, *exports]}
    # The button for all cells waits for the kernel (desk.js), and does not restart it.
    run_all = {"name": "run-all", "command": "desk:run-all",
               "icon": "ui-components:fast-forward", "rank": 33}  # fmt: skip
    toolbar = [{"name": "restart-and-run", "disabled": True}, run_all]
    found: dict[str, Any] = {
        "apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "apputils-extension:sessionDialogs": {"skipKernelRestartDialog": True},
        # What is opened is tracked by git: it is written when somebody saves it, and only then.
        "docmanager-extension:plugin": {"autosave": False},
        "fileeditor-extension:plugin": {"editorConfig": {"lineNumbers": False}},
        "mainmenu-extension:plugin": {"menus": [menu]},
        "notebook-extension:panel": {"toolbar": toolbar},
        "notebook-extension:tracker": {"codeCellConfig": {"lineNumbers": False, "lineWrap": True}},
        "translation-extension:plugin": {"locale": "vi_VN" if lang == "vi" else "default"},
    }
    return {f"@jupyterlab/{plugin}": settings for plugin, settings in found.items()}


def workspace(lang: str) -> dict[str, Any]:
    """Return what is open at first: the start and the README beside the explorer."""
    readme = "README.vi.md" if lang == "vi" else "README.md"
    start, explorer = _OPEN
    notebook, preview = "notebook", "markdownviewer-widget"

    def area(*widgets: str) -> dict[str, Any]:
        return {"type": "tab-area", "currentIndex": 0, "widgets": list(widgets)}

    left = area(f"{notebook}:{start}", f"{preview}:{readme}")
    dock = {
        "type": "split-area", "orientation": "horizontal", "sizes": [0.36, 0.64],
        "children": [left, area(f"{notebook}:{explorer}")],
    }  # fmt: skip
    opened = {f"{notebook}:{path}": (path, "Notebook") for path in (start, explorer)}
    opened[f"{preview}:{readme}"] = readme, "Markdown Preview"
    return {
        "data": {
            "layout-restorer:data": {
                "main": {"dock": dock, "current": f"{notebook}:{explorer}"},
                "left": {"collapsed": True, "widgets": []},
                "right": {"collapsed": True, "widgets": []},
            },
            **{
                name: {"data": {"path": path, "factory": factory}}
                for name, (path, factory) in opened.items()
            },
        },
        "metadata": {"id": "default"},
    }


def prepare(folder: Path, lang: str) -> dict[str, str]:
    """Write the desk's files, and return the environment that makes Jupyter find them.

    The layout is written once: what a user makes of it stays, until `make clean`.
    """
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    from prefork import install_kernelspec

    config = folder / "config"
    files: dict[str, Any] = {
        "labconfig/default_setting_overrides.json": overrides(lang),
        "jupyter_nbconvert_config.json": {
            f"{name}Exporter": {"enabled": False} for name in _FAILING
        },
        # Nothing asks a registry or a news feed.
        "jupyter_lab_config.json": {
            "LabApp": {
                "news_url": None,
                "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
                "extension_manager": "readonly",
                "workspaces_dir": str(folder / "workspaces"),
            },
            # A notebook has its session at once; what is run waits until the kernel answers.
            "AsyncMultiKernelManager": {"use_pending_kernels": True},
        },
        "jupyter_server_config.d/desk.json": {
            "ServerApp": {"jpserver_extensions": {__name__: True}}
        },
    }
    for name, content in files.items():
        (config / name).parent.mkdir(parents=True, exist_ok=True)
        publish(config / name, json.dumps(content, ensure_ascii=False, indent=1).encode())
    # Under the name that notebooks ask for, so that it is the one they start with.
    install_kernelspec(
        name=STOCK,
        display_name=_KERNEL[lang],
        modules=(*SPECS[TABLES], "helpers.report.explore"),
        prefix=str(folder),
    )
    button = folder / "share/jupyter/labextensions/helpers-desk"
    button.mkdir(parents=True, exist_ok=True)
    built = {"load": "desk.js", "extension": "./extension"}
    described = {"name": button.name, "version": "1.0.0", "jupyterlab": {"_build": built}}
    publish(button / "package.json", json.dumps(described).encode())
    publish(button / "desk.js", Path(__file__).with_name("desk.js").read_bytes())
    (folder / "workspaces").mkdir(exist_ok=True)
    layouts: Any = WorkspacesManager(str(folder / "workspaces"))
    if not layouts.list_workspaces():
        layouts.save("default", json.dumps(workspace(lang)))

    def first(variable: str, path: Path) -> str:
        return os.pathsep.join(filter(None, [str(path), os.environ.get(variable, "")]))

    return {
        "JUPYTER_CONFIG_PATH": first("JUPYTER_CONFIG_PATH", config),
        "JUPYTER_PATH": first("JUPYTER_PATH", folder / "share" / "jupyter"),
    }


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Start the kernels of what is open at first while the page still loads.

    They import what every later kernel is forked from, and the page finds them running.
    """

    async def start(path: str) -> None:
        await server.session_manager.create_session(
            path=path, name=Path(path).name, type="notebook", kernel_name=STOCK
        )

    for path in _OPEN:
        server.io_loop.add_callback(start, path)


def open_lab(options: Sequence[str] = ()) -> None:
    """Become JupyterLab.

    Parameters
    ----------
    options
        Of ``jupyter lab``, such as ``--no-browser``.

    Raises
    ------
    ParameterError
        When asked by root, who should not, without saying so.
    """
    if getattr(os, "geteuid", lambda: 1)() == 0 and "--allow-root" not in options:
        raise ParameterError(
            "JupyterLab is not run as root: whoever reaches it would rule the machine; run `make "
            "lab` as an ordinary user who owns this folder (useradd -m reader; chown -R reader .; "
            "su reader -c 'make lab'), or where nobody else can reach this machine say "
            "`make lab OPTIONS=--allow-root`"
        )
    root = catalog.root()
    os.environ.update(prepare(root / "build" / "desk", language()))
    os.chdir(root)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])
