"""Put products in place so that a reader sees the old file or the new one, never a torn one."""

import codecs
import errno
import glob
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.errors import HelpersError

_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}
_TEXT = {".csv", ".html", ".json", ".ipynb", ".md", ".svg", ".txt", ".typ", ".xml", ".yml"}


def publish(path: Path, data: bytes) -> Path:
    """Publish one file; see `publish_many`."""
    return publish_many({path: data})[0]


def publish_many(files: Mapping[Path, bytes] | Iterable[tuple[Path, bytes]]) -> list[Path]:
    """Publish several files together: all are checked and written aside first, then renamed.

    Whatever goes wrong before the renaming (a broken product, a full disk, a kill) leaves every
    file as it was. The renames follow at once, each atomic in itself.

    Parameters
    ----------
    files
        Target path to content; pairs of them are taken one after another, so that only one content
        need be in memory. Missing folders are made.

    Returns
    -------
    list of Path
        The targets, absolute, in the order given.

    Raises
    ------
    HelpersError
        A product is broken (empty, JSON that does not parse, a cut-off PDF, text that is not
        UTF-8), a target is a folder, or the disk does not take it. Nothing was replaced.
    """
    staged: dict[Path, Path] = {}
    replaced = 0
    try:
        for target, data in files.items() if isinstance(files, Mapping) else files:
            path = Path(os.path.abspath(target))  # noqa: PTH100
            fault = "there is a folder of that name" if path.is_dir() else find_fault(path, data)
            if fault:
                raise HelpersError(f"{path}: not published: {fault}")
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path)
            staged[path] = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(3).hex()}.part")
            _write(staged[path], data)
        for path, part in staged.items():
            os.replace(part, path)  # noqa: PTH105  (the name says that it is atomic)
            replaced += 1
    except OSError as exc:
        after = f"; {replaced} of {len(staged)} files are new" if replaced else ""
        raise HelpersError(
            f"{path}: could not be written ({exc.strerror}); what was there is untouched{after}"
        ) from None
    finally:
        for part in staged.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
    for folder in {path.parent for path in staged}:
        _sync_folder(folder)
    return list(staged)


def find_fault(path: Path, data: bytes) -> str | None:
    """Say what is wrong with a product, judged by its ending; ``None`` if nothing is."""
    suffix = path.suffix.lower()
    if not data:
        return "it is empty"
    if suffix == ".pdf" and not (data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]):
        return "it is not a complete PDF"
    if suffix == ".parquet" and not (data[:4] == data[-4:] == b"PAR1"):
        return "it is not a complete Parquet file"
    if suffix in _TEXT:
        try:
            if suffix in {".json", ".ipynb"}:
                json.loads(data.decode("utf-8"))
            else:  # no second copy of a large table
                check, part = codecs.getincrementaldecoder("utf-8")(), 1 << 20
                for begin in range(0, len(data), part):
                    check.decode(data[begin : begin + part])
                check.decode(b"", final=True)
        except UnicodeDecodeError as exc:
            return f"it is not UTF-8 at byte {exc.start}"
        except ValueError as exc:
            return f"it is not JSON ({exc})"
    return None


@contextmanager
def lock(root: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder, so that two runs on it never interleave.

    The operating system drops the lock when its holder ends, however it ends: a file left over
    after a kill locks nobody out. The holder's process id stands in ``.lock.pid`` beside it.

    Parameters
    ----------
    root
        Folder the lock is about; made if it is missing.
    wait
        Wait for the other run, after one line on stderr that names it; or refuse.

    Raises
    ------
    HelpersError
        ``wait`` is false and another run holds the lock; or the file system has no locks.
    """
    from filelock import FileLock, Timeout

    root.mkdir(parents=True, exist_ok=True)
    holder = root / ".lock.pid"
    # Not a file that is the lock by being there: after a kill it would lock everybody out.
    held = FileLock(root / ".lock", fallback_to_soft=False)
    try:
        held.acquire(timeout=0.2)  # between taking the lock and writing the pid lies a moment
    except Timeout:
        who = _holder(holder)
        if not wait:
            raise HelpersError(f"{root} is in use by {who}; try again when it is done") from None
        print(f"waiting for {who}, which works on {root}", file=sys.stderr, flush=True)
        held.acquire()
    except OSError as exc:
        if exc.errno not in _NO_LOCKS:
            raise
        raise HelpersError(
            f"{root}: this file system knows no locks (flock: {exc.strerror}), which keep two runs "
            "apart; move the project to another disk"
        ) from None
    try:
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        held.release()


def _holder(path: Path) -> str:
    try:
        return f"process {int(path.read_text(encoding='ascii'))}"
    except (OSError, ValueError):
        return "another process"


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:  # a failed write, unlike a failed open, does not name its file
        raise OSError(exc.errno, exc.strerror, str(path)) from None


def _sweep(path: Path) -> None:
    """Remove what a killed run staged for this target."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*-*.part"):
        owner = part.name.removeprefix(f".{path.name}.").partition("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            with suppress(OSError):
                part.unlink()


def _lives(pid: int) -> bool:
    if os.name != "posix":  # signal 0 is no question but an order there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Make the renames survive a power cut, where a folder can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
