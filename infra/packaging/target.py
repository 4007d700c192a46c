"""The Lambda that a package is built for: its Python, its processor and the C library below it.

All stages run on one version of Python, whichever version builds the package. Lambda's Python 3.12 and later run on
Amazon Linux 2023 (glibc 2.34): https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]
_MACHINES: dict[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
_WHEELS: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}
_ELF: dict[Architecture, int] = {"arm64": 0xB7, "x86_64": 0x3E}
_OLDEST_GLIBC = 17
LAMBDA_MINOR = 13
"""The deployed functions run on Python 3.13."""
LAMBDA_GLIBC = 34
"""Lambda's C library is glibc 2.34."""


@dataclass(frozen=True, slots=True)
class Target:
    """The platform of a package; `minor` is the 13 of Python 3.13, `glibc` the 34 of glibc 2.34."""

    architecture: Architecture
    minor: int = LAMBDA_MINOR
    glibc: int = LAMBDA_GLIBC

    @property
    def runtime(self) -> str:
        """Lambda's name of the runtime."""
        return f"python3.{self.minor}"

    @property
    def cache_tag(self) -> str:
        """The tag in the names of compiled files."""
        return f"cpython-3{self.minor}"

    @property
    def elf_machine(self) -> int:
        """The processor number in the header of ELF files."""
        return _ELF[self.architecture]

    @property
    def platforms(self) -> Sequence[str]:
        """The platform tags of compatible wheels, the newest C library first."""
        machine = _WHEELS[self.architecture]
        perennial = [f"manylinux_2_{glibc}_{machine}" for glibc in range(self.glibc, _OLDEST_GLIBC - 1, -1)]
        return [*perennial, f"manylinux2014_{machine}"]


LAMBDA = Target("arm64")
"""The target of all stages."""


def this_machine(minor: int = LAMBDA_MINOR) -> Target:
    """Return the target whose packages run on this machine. Raise `KeyError` if Lambda has no such processor."""
    library, version = platform.libc_ver()
    glibc = int(version.split(".")[1]) if library == "glibc" else LAMBDA_GLIBC
    return Target(_MACHINES[platform.machine().lower()], minor, min(glibc, LAMBDA_GLIBC))
