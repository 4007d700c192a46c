"""The requirement files: every pin is exact and hashed, and they belong to the `.in` files beside them."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from infra.packaging import vendor
from infra.packaging.target import LAMBDA

ROOT = Path(__file__).parents[2]
NAMES = ("requirements", "requirements-dev", "requirements-rehearsal")
HINT = "run `make pins`"
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,-]+\])?==[^\s;]+(?: ; .+)?")
_REQUIRED = re.compile(r"^[A-Za-z0-9._-]+", re.MULTILINE)


def pins(name: str) -> dict[str, list[str]]:
    """Return the hashes of every pin of a requirement file, by the pinned name."""
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", "")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin, *hashes = re.split(r"\s+--hash=", line.strip())
            matched = _PIN.fullmatch(pin)
            assert matched, f"{name}.txt: {pin!r} is not an exact pin; {HINT}"
            found[normal(matched[1])] = hashes
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_hashes(name: str) -> None:
    unhashed = [pin for pin, hashes in pins(name).items() if not hashes]
    assert unhashed == []
    malformed = {
        one for hashes in pins(name).values() for one in hashes if not re.fullmatch("sha256:[0-9a-f]{64}", one)
    }
    assert malformed == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_direct_requirement_is_pinned(name: str) -> None:
    required = {normal(found) for found in _REQUIRED.findall((ROOT / f"{name}.in").read_text()) if found[0] != "-"}
    assert required - set(pins(name)) == set(), HINT


def test_development_uses_the_pins_of_the_lambda_package() -> None:
    developing = pins("requirements-dev")
    for name, hashes in pins("requirements").items():
        assert developing.get(name) == hashes, f"{name}: {HINT}"


@pytest.mark.parametrize(
    ("hashes", "message"),
    [("", "Hashes are required"), (f" --hash=sha256:{'0' * 64}", "DO NOT MATCH THE HASHES")],
    ids=["without a hash", "with the hash of another file"],
)
def test_the_lambda_package_refuses_a_library(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hashes: str, message: str
) -> None:
    with zipfile.ZipFile(tmp_path / "example_lib-1.2.3-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            "example_lib-1.2.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: example-lib\nVersion: 1.2.3\n"
        )
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"--no-index\n--find-links {tmp_path}\nexample-lib==1.2.3{hashes}\n")
    with pytest.raises(subprocess.CalledProcessError):
        vendor.install(requirements, tmp_path / "vendor", LAMBDA)
    assert message in capfd.readouterr().err
