"""Files of kernels whose user is gone: connection files and the sockets they name."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")


@dataclass(frozen=True)
class Connection:
    """A connection file, and what was in it when its kernel was started."""

    path: Path
    content: str

    @classmethod
    def read(cls, argv: Sequence[str]) -> "Connection | None":
        """Return the connection file that a kernel's command line names, if it is there."""
        with contextlib.suppress(ValueError, IndexError, OSError):
            path = Path(argv[list(argv).index("-f") + 1])
            return cls(path, path.read_text(encoding="utf-8"))
        return None

    def sockets(self) -> list[Path]:
        """Return the Unix sockets it names; none if the kernel is on TCP."""
        with contextlib.suppress(ValueError, KeyError):
            about = json.loads(self.content)
            if about["transport"] == "ipc":
                return [Path(f"{about['ip']}-{about[port]}") for port in _PORTS]
        return []


def remove_connection(connection: Connection) -> None:
    """Remove a dead kernel's files, unless another kernel has taken over their names."""
    with contextlib.suppress(OSError):
        if connection.path.read_text(encoding="utf-8") == connection.content:
            connection.path.unlink()
            for socket in connection.sockets():
                socket.unlink(missing_ok=True)
