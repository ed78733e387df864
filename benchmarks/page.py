"""Put what was measured on docs/performance.md, between the marks of its section."""

import os
import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"


def put(section, head, rows, *remarks):
    """Replace a section's table; the first column holds words, the others figures."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    table = [f"| {' | '.join(map(str, line))} |" for line in lines]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    said = " ".join([*remarks, f"Measured with {machine}; load {os.getloadavg()[1]:.1f}."])
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    made = "\n".join([begin, *table, "", said, end])
    PAGE.write_text(before + made + after, encoding="utf-8")
