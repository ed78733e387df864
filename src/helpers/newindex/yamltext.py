"""Names and values as YAML reads them back."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml


def plain(indicator: str) -> str:
    """Write an indicator's name, quoted where YAML would read something else."""
    bare = re.fullmatch(r"[a-z_][a-z0-9_]*", indicator) and len(indicator) > 1
    safe = bare and not isinstance(yaml.safe_load(indicator), (bool, type(None)))
    return indicator if safe else quoted(indicator)


def quoted(value: Any) -> str:
    """Write a value so that YAML reads the same: JSON is YAML, but for some letters."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(ord(c)) for c in text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
