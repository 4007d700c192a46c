"""Lays out a Chalice project with the deployed files only, and packages it.

Chalice packages its working directory. So the application is copied to its own folder, with the libraries in `vendor/`,
which Chalice includes unchanged, and with empty requirements, so that Chalice builds none. The target determines the
architecture of all functions; the merged template contains their runtime.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.packaging import vendor
from infra.packaging.target import Target

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE, TEMPLATE = "deployment.zip", "sam.json"
_NOT_DEPLOYED = shutil.ignore_patterns("__pycache__", "*.pyc", "deployed", "deployments")
# Chalice cannot be started as a module.
_CHALICE = "from chalice.cli import main; raise SystemExit(main())"
# Chalice requires a region, although the template contains none.
_REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


def lay_out(folder: Path, target: Target) -> None:
    """Create the project in a new folder, without libraries."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", folder)
    for part in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / part, folder / part, ignore=_NOT_DEPLOYED)
    config = folder / ".chalice" / "config.json"
    content = json.loads(config.read_text())
    config.write_text(json.dumps({**content, "lambda_architecture": target.architecture}))
    (folder / "requirements.txt").write_text("")


def add_libraries(folder: Path, target: Target) -> None:
    """Add the libraries for deployment."""
    vendored = folder / "vendor"
    vendor.install(ROOT / "requirements.txt", vendored, target)
    vendor.trim(vendored)


def leave_libraries_to_chalice(folder: Path) -> None:
    """Let Chalice install the libraries itself."""
    shutil.copy(ROOT / "requirements.txt", folder)


def package(project: Path, out: Path, stage: str, merge: Path | None = None) -> None:
    """Package a project with Chalice. Raise `subprocess.CalledProcessError`; Chalice prints the reason."""
    command = [sys.executable, "-c", _CHALICE, "package", "--stage", stage]
    command += [] if merge is None else ["--merge-template", str(merge)]
    environment = {**os.environ, **_REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*command, str(out)], cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL)
