"""What a fork server imports, and whether a kernel would find the same."""

import importlib
import sys
from collections.abc import Iterable
from importlib import machinery
from pathlib import Path

#: What an IPython kernel loads while it starts, whatever its user does then.
#: Not matplotlib_inline: its import hooks into the running shell, which the server has not.
OF_THE_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "jedi",
    "psutil",
    "sqlite3",
)
_LOADERS = (
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)


class Preloaded:
    """The imported modules: those of every kernel, and those that were asked for.

    Attributes
    ----------
    failures
        For each module that could not be imported a line that names it and says why. The kernel
        that needs it will try again, and fail there.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self.failures: list[str] = []
        self._load(OF_THE_KERNEL)
        before = {name.partition(".")[0] for name in sys.modules}
        self._load(modules)
        names = {name.partition(".")[0] for name in sys.modules} - before
        self._own = {name: sys.modules[name] for name in sorted(names) if name in sys.modules}

    def _load(self, modules: Iterable[str]) -> None:
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception as error:
                why = " ".join(str(error).split())
                self.failures.append(f"{name} ({type(error).__name__}: {why})")

    def shadowed_in(self, folder: str) -> str:
        """Return a file of a kernel's folder that an import would find first, or nothing.

        In an IPython kernel the folder comes first on the path, but after what the kernel itself
        has loaded.
        """
        finder = machinery.FileFinder(folder, *_LOADERS)
        for name, module in self._own.items():
            spec = finder.find_spec(name)
            # No loader: a folder that would be a namespace, which any real package comes before.
            if spec is None or spec.loader is None or spec.origin is None:
                continue
            ours = getattr(module, "__file__", None)
            if ours is None or Path(ours).resolve() != Path(spec.origin).resolve():
                return spec.origin
        return ""
