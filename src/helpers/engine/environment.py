"""Write ``environment.yml`` from ``requirements.lock``: ``python -m helpers.engine.environment``.

Conda and Binder install the packages of the one lock through pip. pip refuses a local
package next to hashed ones ("-e ." has no single file to hash), so the pins go there without
their hashes; a test fails when the two drift.
"""

from __future__ import annotations

import re
from pathlib import Path

_HEAD = """\
# The environment for conda and Binder; written by `make lock` from requirements.lock.
name: rank-change
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - make
  - pip:
"""


def pins(lock: str) -> list[str]:
    """Return the pinned requirements of a lock, without hashes, in its order."""
    lines = lock.replace("\\\n", " ").splitlines()
    found = [re.sub(r"\s+--hash=\S+", "", line).strip() for line in lines]
    return [line for line in found if line and not line.startswith("#")]


def environment(lock: str) -> str:
    """Return the text of ``environment.yml`` for a lock."""
    entries = [*pins(lock), "-e ."]
    return _HEAD + "".join(f'      - "{entry}"\n' for entry in entries)


def main(root: Path) -> None:
    """Write the file in a checkout."""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    (root / "environment.yml").write_text(environment(lock), encoding="utf-8")


if __name__ == "__main__":
    main(Path.cwd())
