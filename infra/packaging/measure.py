"""Measures the import time of the application from a package, as in a cold start on Lambda.

Each import runs in a new process with only the package and the standard library, which cannot write compiled files.
"""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path

_IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
started = time.perf_counter()
import app
print((time.perf_counter() - started) * 1000)
"""
_ENVIRONMENT = {"BATON_STAGE": "dev", "PYTHONDONTWRITEBYTECODE": "1", "AWS_DEFAULT_REGION": "us-east-1"}


def import_ms(python: str, folders: Sequence[Path], rounds: int = 9) -> list[float]:
    """Return the median import time of each unpacked package in milliseconds. Packages take turns to share noise."""
    times: list[list[float]] = [[] for _ in folders]
    for _ in range(rounds + 1):
        for folder, measured in zip(folders, times, strict=True):
            measured.append(_once(python, folder))
    return [statistics.median(measured[1:]) for measured in times]  # the first one fills the file system's cache


def environment() -> dict[str, str]:
    """What a process on Lambda would see."""
    return {"PATH": os.environ.get("PATH", ""), **_ENVIRONMENT}


def _once(python: str, folder: Path) -> float:
    command = [python, "-S", "-c", _IMPORT, str(folder)]
    done = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])
