"""The Lambda that a package is built for: its Python, its processor and the C library below it.

Chalice names the runtime after the Python that it runs on, so the package is built for the same one. Lambda's 3.11
stands on Amazon Linux 2 (glibc 2.26), later ones on Amazon Linux 2023 (glibc 2.34):
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]
_MACHINES: dict[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
_WHEELS: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}
_ELF: dict[Architecture, int] = {"arm64": 0xB7, "x86_64": 0x3E}
_OLDEST_GLIBC = 17


@dataclass(frozen=True, slots=True)
class Target:
    """What the package has to run on; `minor` is the 11 of Python 3.11."""

    architecture: Architecture
    minor: int = sys.version_info.minor

    @property
    def runtime(self) -> str:
        """As Lambda calls it."""
        return f"python3.{self.minor}"

    @property
    def cache_tag(self) -> str:
        """What names of compiled files contain."""
        return f"cpython-3{self.minor}"

    @property
    def elf_machine(self) -> int:
        """How compiled parts name the processor in their header."""
        return _ELF[self.architecture]

    @property
    def platforms(self) -> Sequence[str]:
        """The platform tags of wheels that run there, the newest C library first."""
        machine = _WHEELS[self.architecture]
        newest = 26 if self.minor <= 11 else 34
        perennial = [f"manylinux_2_{glibc}_{machine}" for glibc in range(newest, _OLDEST_GLIBC - 1, -1)]
        return [*perennial, f"manylinux2014_{machine}"]


def this_machine() -> Architecture:
    """The architecture of the machine that builds. Raises `KeyError` on one that Lambda does not have."""
    return _MACHINES[platform.machine().lower()]
