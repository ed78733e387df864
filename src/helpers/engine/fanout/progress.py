"""How far it is: one line that renews itself on a terminal, log lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

_EVERY = 5.0  # seconds between two log lines


class Progress:
    """Counts what is done and tells it on stderr.

    Parameters
    ----------
    total
        How many there are to do.
    at_once
        How many can run side by side.
    """

    def __init__(self, total: int, at_once: int) -> None:
        self.total, self.at_once = total, at_once
        self.done = self.failed = 0
        self._began = self._said = time.monotonic()
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="report", leave=False, bar_format=(
                "{n_fmt} of {total_fmt}, {postfix} |{bar}| {rate_fmt}, {remaining} left"
            ))  # fmt: skip
            self._bar.set_postfix_str(self._state())

    def step(self, failed: bool) -> None:
        """Count one that has come to its end."""
        self.failed += failed
        self.done += not failed
        if self._bar is not None:
            self._bar.set_postfix_str(self._state(), refresh=False)
            self._bar.update()
        elif time.monotonic() - self._said > _EVERY or self.left == 0:
            self._said = time.monotonic()
            print(self.line(), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the line off the terminal."""
        if self._bar is not None:
            self._bar.close()

    @property
    def left(self) -> int:
        """How many have not come to their end."""
        return self.total - self.done - self.failed

    def line(self) -> str:
        """Return the state as one line."""
        seconds = time.monotonic() - self._began
        rate = (self.done + self.failed) / max(seconds, 1e-9)
        minutes, rest = divmod(round(self.left / rate), 60) if rate else (0, 0)
        left = f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
        return (
            f"{self.done + self.failed} of {self.total}: {self._state()}, "
            f"{60 * rate:.0f} a minute, {left} left"
        )

    def _state(self) -> str:
        running = min(self.at_once, self.left)
        return f"{self.done} done, {self.failed} failed, {running} running"
