"""Colours for a terminal. Standard library only, because the set-up of the virtual environment uses it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Style:
    """Wraps text in colours, or leaves it as it is."""

    enabled: bool

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self._wrapped(text, "1")

    def dim(self, text: str) -> str:
        """Return the text in a weaker colour."""
        return self._wrapped(text, "2")

    def good(self, text: str) -> str:
        """Return the text in bold green."""
        return self._wrapped(text, "1;32")

    def link(self, text: str) -> str:
        """Return the text in cyan."""
        return self._wrapped(text, "36")

    def warning(self, text: str) -> str:
        """Return the text in bold yellow."""
        return self._wrapped(text, "1;33")

    def _wrapped(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled else text


def style_of(stream: TextIO, environ: Mapping[str, str]) -> Style:
    """Return colours for a terminal, unless `NO_COLOR` is set (https://no-color.org) or it is a dumb one."""
    return Style(stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")
