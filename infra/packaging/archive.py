"""Compiles and packs a package, reproducibly.

Lambda cannot save the files that Python compiles at a cold start, so the package contains them. Python does not compare
them with their sources (`unchecked-hash`), which are kept for tracebacks. Order, times and permissions in the archive
are fixed. Modules are compiled in a new process with a fixed hash seed, because the state of a process can change the
bytes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

HOME = "/var/task"
"""The folder in which Lambda unpacks the package; tracebacks contain it."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of the format
_RIGHTS = 0o644 << 16
_COMPILE = """
import py_compile, sys
from pathlib import Path

root = Path(sys.argv[1])
for source in sorted(root.rglob("*.py")):
    shown = f"{sys.argv[2]}/{source.relative_to(root)}"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(source), dfile=shown, doraise=True, invalidation_mode=mode)
"""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a package."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)


def compile_all(folder: Path, python: str) -> None:
    """Compile all modules with an interpreter. Raise `subprocess.CalledProcessError` if one is invalid."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([python, "-I", "-c", _COMPILE, str(folder), HOME], env=environment, check=True)


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder; equal contents give equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _RIGHTS, 3
            packed.writestr(entry, path.read_bytes())


def digest(archive: Path) -> str:
    """Return the SHA-256 of an archive in hexadecimal."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()
