"""`python -m infra.packaging --stage STAGE`: build what Lambda gets, and say how large and how quick it is.

The package is built for Lambda's Python and for arm64. Import times can only be taken on the machine at hand, so where
that has another processor, they come from packages that are built for it in the same way, and the output says so.
Chalice alone packages for the Python that it runs on, so it is compared only where that is Lambda's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from chalicelib.core.settings import SettingsError
from infra.packaging import archive, measure
from infra.packaging.build import Built, build, build_stock
from infra.packaging.check import LARGEST_BYTES, BadPackage
from infra.packaging.interpreter import interpreter
from infra.packaging.project import ROOT
from infra.packaging.smoke import DoesNotWork, smoke
from infra.packaging.target import Target, this_machine
from infra.stages import NoStage, settings_of


def main() -> int:
    """Build, check, measure; 1 if the package must not be deployed."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging", description=__doc__.partition("\n")[0])
    parser.add_argument("--stage", default="dev", help="a stage of .chalice/config.json (dev)")
    parser.add_argument("--out", type=Path, help="the folder for archive and template (build/STAGE)")
    parser.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    parser.add_argument(
        "--no-compare", action="store_true", help="neither try it out here nor time it beside a stock package"
    )
    wanted = parser.parse_args()
    out = wanted.out or ROOT / "build" / wanted.stage
    target = Target(wanted.architecture)
    try:
        settings_of(wanted.stage)
    except (NoStage, SettingsError) as error:
        parser.error(str(error))
    try:
        built = build(out, wanted.stage, target)
        largest = f"{LARGEST_BYTES / 1e6:.0f} MB"
        print(f"{built.archive}: {_size(built)} of {largest}, {target.runtime} on {target.architecture}")
        print(f"sha256 {built.sha256}")
        if not wanted.no_compare:
            _compare(wanted.stage, built, target)
    except (BadPackage, DoesNotWork) as error:
        print(f"This package must not be deployed: {error}.", file=sys.stderr)
        return 1
    return 0


def _compare(stage: str, built: Built, target: Target) -> None:
    """Try the package out, and print its size and import time next to a stock package's. Raises `DoesNotWork`."""
    here, python = this_machine(), interpreter(target.minor)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        ours = built if here == target else build(work / "ours", stage, here)
        packages = {"this package": ours}
        if sys.version_info.minor == target.minor:
            packages["stock Chalice"] = build_stock(work / "stock", stage, here)
        folders = [work / f"content of {label}" for label in packages]
        for package, folder in zip(packages.values(), folders, strict=True):
            archive.unpack(package.archive, folder)
        smoke(python, folders[0])
        times = measure.import_ms(python, folders)
    note = "" if here == target else f" (built for {here.architecture}, to be measured here)"
    print(f"import of app{note}, medians:")
    for (label, package), took in zip(packages.items(), times, strict=True):
        print(f"  {label:<14} {_size(package):>8} {took:6.0f} ms")
    if len(packages) == 1:
        print(f"  stock Chalice  not compared: this environment has another Python than {target.runtime}")


def _size(built: Built) -> str:
    return f"{built.size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
