"""Whether imported code is still what lies on disk."""

import contextlib
import os
import sys
import sysconfig

_INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


class Sources:
    """The files that were imported, as they were then.

    A kernel that is restarted must see the code as it is now. Installed packages are watched
    through the directory that holds them, which every installation changes; modules elsewhere,
    which somebody may be editing, one by one.
    """

    def __init__(self) -> None:
        files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        own = {file for file in files if file and not file.startswith(_INSTALLED)}
        self._seen = {path: _changed_at(path) for path in (*own, *_INSTALLED)}

    def changed(self) -> bool:
        """Whether any of them has changed since."""
        return any(_changed_at(path) != seen for path, seen in self._seen.items())


def _changed_at(path: str) -> int:
    with contextlib.suppress(OSError):
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - hot, at every kernel's start
    return 0
