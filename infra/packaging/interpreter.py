"""Finds the interpreter that compiles a package and tries it out: one of the version that the package is built for."""

from __future__ import annotations

import subprocess
import sys

from infra.packaging.check import BadPackage


def interpreter(minor: int) -> str:
    """Return the path of a Python 3 of this minor version. Raise `BadPackage` if the machine has none."""
    if minor == sys.version_info.minor:
        return sys.executable
    find = [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", "--no-project", f"3.{minor}"]
    found = subprocess.run(find, check=False, capture_output=True, text=True)
    if found.returncode:
        raise BadPackage(
            f"it has to be compiled by Python 3.{minor}, which is not installed; "
            f"`.venv/bin/uv python install 3.{minor}` installs it beside the others"
        )
    return found.stdout.strip()
