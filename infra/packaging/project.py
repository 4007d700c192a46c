"""A Chalice project that contains just what is deployed, and what Chalice makes of it.

Chalice packages the folder it is called in. So the application is laid out in a folder of its own, with its libraries
in `vendor/`, which Chalice includes as it is, and with no requirements, so that it builds none. The architecture of all
functions follows from the target; their runtime stands in the template that is merged into Chalice's own.
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
# As its command does; it cannot be started as a module.
_CHALICE = "from chalice.cli import main; raise SystemExit(main())"
# The template names no region, but Chalice asks for one.
_REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


def lay_out(folder: Path, target: Target) -> None:
    """Make the project in a new folder, without any libraries yet."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", folder)
    for part in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / part, folder / part, ignore=_NOT_DEPLOYED)
    config = folder / ".chalice" / "config.json"
    known = json.loads(config.read_text())
    config.write_text(json.dumps({**known, "lambda_architecture": target.architecture}))
    (folder / "requirements.txt").write_text("")


def add_libraries(folder: Path, target: Target) -> None:
    """Put the libraries beside the application, as they are to be deployed."""
    vendored = folder / "vendor"
    vendor.install(ROOT / "requirements.txt", vendored, target)
    vendor.trim(vendored)


def leave_libraries_to_chalice(folder: Path) -> None:
    """Let Chalice find the libraries by itself, as it would without any of this."""
    shutil.copy(ROOT / "requirements.txt", folder)


def package(project: Path, out: Path, stage: str, merge: Path | None = None) -> None:
    """Let Chalice package a project. Raises `subprocess.CalledProcessError`; Chalice has said why."""
    command = [sys.executable, "-c", _CHALICE, "package", "--stage", stage]
    command += [] if merge is None else ["--merge-template", str(merge)]
    environment = {**os.environ, **_REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*command, str(out)], cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL)
