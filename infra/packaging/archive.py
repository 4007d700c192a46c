"""The package itself: compiled for its Python, and the same bytes from the same input.

Lambda cannot keep what Python compiles at a cold start, so it comes compiled. The compiled files do not look at their
sources (`unchecked-hash`), which stay for tracebacks. Order, times and rights in the archive are fixed, and compiling
happens in a process of its own with fixed hashes, because a process that has already worked may write other bytes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

HOME = "/var/task"
"""Where Lambda unpacks it; tracebacks name files there."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can say
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
    """Unpack what Chalice has packed."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)


def compile_all(folder: Path, python: str) -> None:
    """Compile every module with an interpreter. Raises `subprocess.CalledProcessError` if one is no Python."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([python, "-I", "-c", _COMPILE, str(folder), HOME], env=environment, check=True)


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder, so that equal contents give equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _RIGHTS, 3
            packed.writestr(entry, path.read_bytes())


def digest(archive: Path) -> str:
    """The SHA-256 of an archive, in hexadecimal."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()
