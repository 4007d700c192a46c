"""`python -m infra.scalar VERSION`: renew the files of the API reference from a version of `@scalar/api-reference`.

npm downloads the package and compares it with the registry's integrity hash, which is written down in `scalar.json`
beside a digest of the files. Without a version, the present files are compared with the registry's instead.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "chalicelib" / "edge" / "reference"
ARCHIVE, SOURCE = FOLDER / "scalar.zip", FOLDER / "scalar.json"
PACKAGE = "@scalar/api-reference"
_NPM = ROOT / ".venv" / "bin" / "npm"
_BUILD = "package/dist/browser/"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Renew or compare; 1 if the present files are not the registry's."""
    parser = argparse.ArgumentParser(prog="python -m infra.scalar", description=__doc__.partition("\n")[0])
    parser.add_argument("version", nargs="?", help="the version to change to; by default the present one is checked")
    version = parser.parse_args(arguments).version
    source = json.loads(SOURCE.read_text()) if SOURCE.exists() else {}
    current, files = download(version or source["version"])
    if version:
        write(current, files)
        return 0
    is_same = current == source and files == read()
    print(f"{PACKAGE} {source['version']}: {'as in the registry' if is_same else 'NOT as in the registry'}")
    return 0 if is_same else 1


def download(version: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what `scalar.json` says of a version, and its files by name."""
    with tempfile.TemporaryDirectory() as name:
        packed = subprocess.run(
            [_NPM, "pack", "--json", f"{PACKAGE}@{version}"], cwd=name, check=True, capture_output=True, text=True
        )
        [package] = json.loads(packed.stdout)
        files = dict(sorted(_unpack(Path(name) / package["filename"])))
    source = {"package": PACKAGE, "version": package["version"], "license": "MIT", "integrity": package["integrity"]}
    return {**source, "sha256": digest(files)}, files


def _unpack(path: Path) -> list[tuple[str, bytes]]:
    """Return the build for browsers: one module and the chunks that it imports."""
    with tarfile.open(path) as package:
        found = [
            (one.name.removeprefix(_BUILD), file.read())
            for one in package
            if one.name.startswith(_BUILD) and one.name.endswith(".js") and (file := package.extractfile(one))
        ]
    return [(name, content) for name, content in found if name == "standalone.esm.js" or name.startswith("chunks/")]


def write(source: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Write the archive and its description."""
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED, 9)
    SOURCE.write_text(json.dumps(source, indent=2) + "\n")


def read() -> dict[str, bytes]:
    """Return the present files by name."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def digest(files: Mapping[str, bytes]) -> str:
    """Return the digest of files: SHA-256 over the lines `sha256  name`, as `sha256sum` prints them."""
    lines = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return sha256(lines.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
