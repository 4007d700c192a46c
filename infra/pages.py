"""Writes pages that are generated from the code, or checks that they are current."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_or_check(path: Path, text: str, module: str, arguments: Sequence[str]) -> int:
    """Write a page, or with `--check` only compare it; return the exit status."""
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        print(f"Wrote {path}")
        return 0
    current = path.is_file() and path.read_text(encoding="utf-8") == text
    print(f"{path} is {'current' if current else f'not current: run python -m {module}'}")
    return 0 if current else 1
