"""`python -m infra.packaging --stage STAGE`: build the Lambda package, and print its size and import time.

The package is built for Lambda's Python and for arm64. Import times are measured on this machine. If it has another
processor, they come from packages that are built for it in the same way, and the output says so. Chalice builds
packages for the Python that it runs on, so the comparison needs Lambda's version.
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
from infra.stages import OpenOrigin, UnknownStage, check_origin, settings_of

CLOUDFORMATION = "cloudformation"
NO_TERRAFORM = (
    "Terraform is not supported. Chalice can write a configuration, but only for Terraform below 1.4, and without what "
    "this project adds to its template: our package, access logs, throttling, gateway responses, alarms and limits. "
    "Deploy with CloudFormation: make deploy"
)


def main() -> int:
    """Build, check and measure the package; return 1 if it must not be deployed."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging", description=__doc__.partition("\n")[0])
    parser.add_argument("--stage", default="dev", help="a stage of .chalice/config.json (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="the folder for archive and template (default: build/STAGE)")
    parser.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    parser.add_argument(
        "--no-compare", action="store_true", help="skip the test run and the comparison with a stock package"
    )
    parser.add_argument("--format", type=_supported, default=CLOUDFORMATION, help="only %(default)s is supported")
    options = parser.parse_args()
    out = options.out or ROOT / "build" / options.stage
    target = Target(options.architecture)
    try:
        settings_of(options.stage)
        check_origin(options.stage)
    except (OpenOrigin, UnknownStage, SettingsError) as error:
        parser.error(str(error))
    try:
        built = build(out, options.stage, target)
        largest = f"{LARGEST_BYTES / 1e6:.0f} MB"
        print(f"{built.archive}: {_size(built)} of {largest}, {target.runtime} on {target.architecture}")
        print(f"sha256 {built.sha256}")
        if not options.no_compare:
            _compare(options.stage, built, target)
    except (BadPackage, DoesNotWork) as error:
        print(f"This package must not be deployed: {error}.", file=sys.stderr)
        return 1
    return 0


def _supported(name: str) -> str:
    """Return the format of a template. Raise `argparse.ArgumentTypeError` with the reason if it is not supported."""
    if name != CLOUDFORMATION:
        raise argparse.ArgumentTypeError(NO_TERRAFORM if name == "terraform" else f"unknown format {name!r}")
    return name


def _compare(stage: str, built: Built, target: Target) -> None:
    """Test the package, and print its size and import time beside a stock package's. Raise `DoesNotWork`."""
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
    note = "" if here == target else f" (built for {here.architecture} to measure on this machine)"
    print(f"import of app{note}, medians:")
    for (label, package), took in zip(packages.items(), times, strict=True):
        print(f"  {label:<14} {_size(package):>8} {took:6.0f} ms")
    if len(packages) == 1:
        print(f"  stock Chalice  not compared: this environment does not have {target.runtime}")


def _size(built: Built) -> str:
    return f"{built.size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
