"""Builds a package."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.packaging import archive, project
from infra.packaging.check import check
from infra.packaging.interpreter import interpreter
from infra.packaging.project import ARCHIVE, ROOT, TEMPLATE
from infra.packaging.target import Target
from infra.stacks.application import merge_template


@dataclass(frozen=True, slots=True)
class Built:
    """A package: its archive, the template beside it, and their size and digest."""

    folder: Path
    size: int
    sha256: str

    @property
    def archive(self) -> Path:
        """The archive for Lambda."""
        return self.folder / ARCHIVE

    @property
    def template(self) -> Path:
        """The template for CloudFormation."""
        return self.folder / TEMPLATE


def build(out: Path, stage: str, target: Target) -> Built:
    """Build a package into a folder, replacing its content. Raise `BadPackage` before the folder changes."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        python = interpreter(target.minor)
        project.lay_out(work / "project", target)
        project.add_libraries(work / "project", target)
        merge = work / "merge.json"
        merge.write_text(json.dumps(merge_template(stage, target=target)))
        project.package(work / "project", work / "out", stage, merge)
        archive.unpack(work / "out" / ARCHIVE, work / "content")
        archive.compile_all(work / "content", python)
        archive.pack(work / "content", work / "out" / ARCHIVE)
        check(work / "content", work / "out" / ARCHIVE, ROOT / "requirements.txt", target)
        return _keep(work / "out", out)


def build_stock(out: Path, stage: str, target: Target) -> Built:
    """Build a package with Chalice alone, for comparison."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        project.lay_out(work / "project", target)
        project.leave_libraries_to_chalice(work / "project")
        project.package(work / "project", work / "out", stage)
        return _keep(work / "out", out)


def _keep(made: Path, out: Path) -> Built:
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(made, out)
    packed = out / ARCHIVE
    return Built(out, packed.stat().st_size, archive.digest(packed))
