"""The typefaces that Typst may use: the house's, and those for scripts that it lacks."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbtypst.style import ExportError

_FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
# Packages of fonts that are used where they are installed: Noto's for some twenty scripts and
# for emoji, and those of China, Japan and Korea, which are 20 MB.
_NOTO, _CJK = "manimgx_fonts", "manimgx_fonts_cjk"
_IDEOGRAPHS = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_FOLDER = "report-fonts-"
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\u1100-\u11ff\uac00-\ud7af]")


def families(typeface: str, lang: str, text: str) -> list[str]:
    """Return the families to set a text in, the first that has a character coming first.

    Characters of Chinese, Japanese and Korean look different in each; the language of the
    document decides, else what is written. Typst itself looks further for what these lack.
    """
    kept = [typeface]
    if find_spec(_NOTO):
        kept.append("Noto Sans")
    if find_spec(_CJK) and _IDEOGRAPHS.search(text):
        korean = lang == "ko" or (lang != "ja" and _HANGUL.search(text) and not _KANA.search(text))
        japanese = lang == "ja" or (lang not in {"ko", "zh"} and _KANA.search(text))
        kept.append(f"Noto Sans CJK {'KR' if korean else 'JP' if japanese else 'SC'}")
    return kept


@cache
def fonts(given: tuple[str, ...], cjk: bool) -> tuple[Any, tempfile.TemporaryDirectory[str]]:
    """Return the typefaces, read once a process.

    The default's package holds each face as OTF and as TTF under one name; which of the two
    Typst would take hangs on the order of the folder. So the files that are used are put
    into a folder of their own, kept as long as the process lives, with an empty one in it as the
    root of documents. A killed process leaves it to the next one, which removes it.
    """
    import typst

    files = list(map(Path, given))
    if not files:
        import font_source_sans_pro

        home = Path(font_source_sans_pro.font_directory)
        files = [home / f"SourceSansPro-{face}.ttf" for face in _FACES]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise ExportError(f"font_files: {', '.join(missing)} is not there")
    _sweep()
    folder = tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")
    Path(folder.name, "root").mkdir()
    for number, file in enumerate(files):
        shutil.copy(file, Path(folder.name, f"{number}-{file.name}"))
    packages = [find_spec(name) for name in ([_NOTO, _CJK] if cjk else [_NOTO])]
    homes = [str(Path(spec.origin).parent) for spec in packages if spec and spec.origin]
    return typst.Fonts(include_system_fonts=False, font_paths=[folder.name, *homes]), folder


def _sweep() -> None:
    """Remove the folders of processes that have been killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        # Signal 0 asks whether a process is there, but on Windows it would end it.
        if owner.isdigit() and os.name == "posix":
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
            except OSError:  # somebody else's
                continue


def needs_cjk(text: str) -> bool:
    """Tell whether a text has characters of China, Japan or Korea."""
    return bool(_IDEOGRAPHS.search(text))
