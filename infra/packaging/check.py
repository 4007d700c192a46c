"""Checks a package before deployment: complete, for the right machine, small, without foreign files."""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path

from infra.packaging.target import Target
from infra.packaging.vendor import SERVICES

LARGEST_BYTES = 15_500_000
"""The limit of the archive. Lambda accepts 50 MB, and each cold start loads it."""

_ELF = b"\x7fELF"
_TAGGED = re.compile(r"\.(cpython-\d+)[.-]")
_FOREIGN = ("tests", "infra", "moto", "pytest", "hypothesis", "flask", "boto3", "mypy", "uvicorn", "pip", "setuptools")
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


class BadPackage(Exception):
    """The package must not be deployed; the message lists all errors."""


def check(folder: Path, archive: Path, requirements: Path, target: Target) -> None:
    """Raise `BadPackage` if an unpacked package or its archive has errors."""
    errors = [
        *_missing(folder, requirements),
        *_uncalled(folder),
        *_for_other_machines(folder, target),
        *_not_compiled(folder, target),
        *(f"{name} must not be included" for name in _FOREIGN if (folder / name).exists()),
    ]
    if archive.stat().st_size > LARGEST_BYTES:
        errors.append(f"it has {archive.stat().st_size:,} bytes, {LARGEST_BYTES:,} are allowed")
    if errors:
        raise BadPackage("; ".join(errors))


def _missing(folder: Path, requirements: Path) -> Iterator[str]:
    installed = {
        (_normal(distribution.metadata["Name"]), distribution.version)
        for distribution in (PathDistribution(path) for path in folder.glob("*.dist-info"))
    }
    for name, version in _PIN.findall(requirements.read_text()):
        if (_normal(name), version) not in installed:
            yield f"{name} {version} is missing"
    for part in ("app.py", "chalicelib/__init__.py", "chalice/app.py"):
        if not (folder / part).is_file():
            yield f"{part} is missing"


def _uncalled(folder: Path) -> Iterator[str]:
    """Yield services that the application calls without a description of botocore, and unused descriptions."""
    called = {name for path in (folder / "chalicelib").rglob("*.py") for name in _services(path)}
    yield from (f"botocore's description of {name} is not kept" for name in sorted(called - SERVICES))
    yield from (f"botocore's description of {name} is not used" for name in sorted(SERVICES - called))
    for name in sorted(SERVICES):
        if not any((folder / "botocore" / "data" / name).rglob("service-2.json.gz")):
            yield f"botocore's description of {name} is missing"


def _services(path: Path) -> Iterator[str]:
    """Yield the service names in calls of `aws.client(...)` in a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            named = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if named == "client" and isinstance(node.args[0].value, str):
                yield node.args[0].value


def _for_other_machines(folder: Path, target: Target) -> Iterator[str]:
    for path in sorted(path for path in folder.rglob("*.so*") if path.is_file()):
        head = path.read_bytes()[:20]
        shown = path.relative_to(folder)
        if head[:4] != _ELF:
            yield f"{shown} is not a Linux library"
        elif struct.unpack_from("<H", head, 18)[0] != target.elf_machine:
            yield f"{shown} is not for {target.architecture}"
        tag = _TAGGED.search(path.name)
        if tag and tag[1] != f"cpython-3{target.minor}":
            yield f"{shown} is not for {target.runtime}"


def _not_compiled(folder: Path, target: Target) -> Iterator[str]:
    for source in sorted(folder.rglob("*.py")):
        if not (source.parent / "__pycache__" / f"{source.stem}.{target.cache_tag}.pyc").is_file():
            yield f"{source.relative_to(folder)} is not compiled"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
