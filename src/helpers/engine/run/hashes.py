"""SHA-256 of files, with a cache that saves reading those that have not changed."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from helpers.errors import HelpersError
from helpers.files import publish

# A file written within this span before it is looked at may change again without a new time
# stamp: clocks of file systems tick in milliseconds, some in whole seconds.
_TICK = 20_000_000  # ns
_COARSE_TICK = 2_100_000_000


def sha256(data: bytes) -> str:
    """SHA-256 as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def notebook_essence(data: bytes) -> bytes:
    """Return a notebook without its outputs and execution counts.

    Running a notebook in JupyterLab and saving it changes neither the analysis nor the report.
    What is not JSON is returned as it is.
    """
    try:
        document = json.loads(data)
        for cell in document["cells"]:
            for volatile in ("outputs", "execution_count"):
                cell.pop(volatile, None)
            cell.get("metadata", {}).pop("execution", None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return data
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


class Hashes:
    """Hashes of files, remembered by size, times and inode.

    A remembered hash is used only while size, modification time, change time and inode are all
    as they were, and only if the file was at rest when it was hashed.

    Parameters
    ----------
    path
        Cache file. It can be deleted at any time; one that cannot be read is ignored.
    root
        Folder whose files are remembered by their place in it.
    """

    def __init__(self, path: Path, root: str) -> None:
        self.path = path
        self._root = f"{root}{os.sep}"
        self._seen: dict[str, list[int | str]] = _load(path)
        self._changed = False

    def of(self, path: str, essence: Callable[[bytes], bytes] | None = None) -> str | None:
        """SHA-256 of a file, or of its ``essence``; ``None`` when there is no such file."""
        try:
            state = os.stat(path)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            return None
        stamp = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        name = path.removeprefix(self._root)
        key = f"{essence.__name__}:{name}" if essence else name
        seen = self._seen.get(key)
        if seen is not None and seen[:-1] == stamp:
            return str(seen[-1])
        data = Path(path).read_bytes()
        digest = sha256(essence(data) if essence else data)
        tick = _COARSE_TICK if state.st_mtime_ns % 1_000_000_000 == 0 else _TICK
        if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) > tick:
            self._seen[key] = [*stamp, digest]
            self._changed = True
        return digest

    def save(self) -> None:
        """Write the cache if it has grown; a cache that cannot be written is done without."""
        if not self._changed:
            return
        try:
            publish(self.path, json.dumps(self._seen, ensure_ascii=False).encode())
        except HelpersError:
            return
        self._changed = False


def _load(path: Path) -> dict[str, list[int | str]]:
    try:
        seen = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    good = isinstance(seen, dict) and all(
        isinstance(entry, list) and len(entry) == 5 for entry in seen.values()
    )
    return seen if good else {}
