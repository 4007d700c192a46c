"""The package: reproducible, compiled, and rejected if it has errors."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.packaging import archive
from infra.packaging.check import BadPackage, check
from infra.packaging.interpreter import interpreter
from infra.packaging.target import LAMBDA, Target, this_machine
from infra.packaging.vendor import SERVICES, trim

ARM = Target("arm64", sys.version_info.minor)  # compiled by the Python that runs the tests
PINS = "example-lib==1.2.3    # why\n"


def write(path: Path, content: bytes | str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def library(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + struct.pack("<H", machine)


class Package:
    """A small package without errors."""

    def __init__(self, root: Path) -> None:
        self.folder, self.archive = root / "content", root / "deployment.zip"
        self.requirements = write(root / "requirements.txt", PINS)
        calls = "\n".join(f'aws.client("{name}")' for name in sorted(SERVICES))
        write(self.folder / "app.py", "import chalicelib\n")
        write(self.folder / "chalice" / "app.py")
        write(self.folder / "chalicelib" / "__init__.py", calls)
        write(self.folder / "example_lib-1.2.3.dist-info" / "METADATA", "Name: Example.Lib\nVersion: 1.2.3\n")
        for name in SERVICES:
            write(self.folder / "botocore" / "data" / name / "2012-08-10" / "service-2.json.gz")

    def problems(self, target: Target = ARM) -> str:
        archive.compile_all(self.folder, sys.executable)
        archive.pack(self.folder, self.archive)
        with pytest.raises(BadPackage) as refused:
            check(self.folder, self.archive, self.requirements, target)
        return str(refused.value)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path)


def test_a_package_that_is_as_it_should_be_passes(package: Package) -> None:
    archive.compile_all(package.folder, sys.executable)
    archive.pack(package.folder, package.archive)
    check(package.folder, package.archive, package.requirements, ARM)


def test_a_missing_library_is_named(package: Package) -> None:
    (package.folder / "example_lib-1.2.3.dist-info" / "METADATA").unlink()
    write(package.folder / "example_lib-1.2.3.dist-info" / "METADATA", "Name: example-lib\nVersion: 1.2.2\n")
    assert package.problems() == "example-lib 1.2.3 is missing"


def test_a_library_for_another_processor_is_named(package: Package) -> None:
    write(package.folder / "example_lib" / "_core.so", library(0x3E))
    assert package.problems() == "example_lib/_core.so is not for arm64"


def test_a_library_for_another_python_is_named(package: Package) -> None:
    write(package.folder / "example_lib" / "_core.cpython-39-aarch64-linux-gnu.so", library(0xB7))
    assert "is not for python3." in package.problems()


def test_package_with_tests_or_tools_is_rejected(package: Package) -> None:
    for name in ("tests", "infra", "moto"):
        write(package.folder / name / "__init__.py")
    found = package.problems()
    assert all(f"{name} must not be included" in found for name in ("tests", "infra", "moto"))


def test_called_service_without_description_is_reported(package: Package) -> None:
    write(package.folder / "chalicelib" / "mail.py", 'aws.client("sqs").send_message()')
    assert package.problems() == "botocore's description of sqs is not kept"


def test_all_errors_of_a_package_are_reported(package: Package) -> None:
    (package.folder / "app.py").unlink()
    write(package.folder / "chalicelib" / "mail.py", 'aws.client("sqs")')
    assert package.problems() == "app.py is missing; botocore's description of sqs is not kept"


def test_equal_content_gives_equal_bytes_wherever_and_whenever_it_was_made(tmp_path: Path) -> None:
    digests = set()
    for place in ("one", "another/deeper"):
        made = Package(tmp_path / place)
        archive.compile_all(made.folder, sys.executable)
        archive.pack(made.folder, made.archive)
        digests.add(archive.digest(made.archive))
    assert len(digests) == 1


def test_compiled_modules_are_not_compiled_again(tmp_path: Path) -> None:
    write(tmp_path / "thing.py", "VALUE = 1\n")
    archive.compile_all(tmp_path, sys.executable)
    write(tmp_path / "thing.py", "VALUE = 2\n")  # whoever compiled it again would see this
    command = [sys.executable, "-c", "import thing; print(thing.VALUE)"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_unused_parts_are_removed_and_licences_stay(package: Package) -> None:
    data = package.folder / "botocore" / "data"
    info = package.folder / "example_lib-1.2.3.dist-info"
    for path in (
        data / "ec2" / "2016-11-15" / "service-2.json.gz",
        data / "endpoints.json",
        info / "RECORD",
        info / "licenses" / "LICENSE",
        package.folder / "example_lib" / "tests" / "test_it.py",
        package.folder / "aws_lambda_powertools" / "utilities" / "parser" / "parser.py",
    ):
        write(path)
    trim(package.folder)
    left = {path.relative_to(package.folder).as_posix() for path in package.folder.rglob("*") if path.is_file()}
    assert {"botocore/data/endpoints.json", "example_lib-1.2.3.dist-info/licenses/LICENSE"} <= left
    assert not [path for path in left if "ec2" in path or "RECORD" in path or "tests" in path or "parser" in path]
    assert {name.split("/")[2] for name in left if name.startswith("botocore/data/")} == SERVICES | {"endpoints.json"}


@pytest.mark.parametrize(
    ("target", "newest"), [(LAMBDA, "manylinux_2_34_aarch64"), (Target("arm64", 11, 26), "manylinux_2_26_aarch64")]
)
def test_wheels_are_taken_for_the_c_library_of_the_target(target: Target, newest: str) -> None:
    assert (target.platforms[0], target.platforms[-1]) == (newest, "manylinux2014_aarch64")


def test_packages_for_this_machine_use_no_newer_c_library_than_lambda() -> None:
    assert this_machine().glibc <= LAMBDA.glibc


def test_the_python_that_runs_compiles_for_its_own_version() -> None:
    assert interpreter(sys.version_info.minor) == sys.executable


def test_a_package_for_a_python_that_is_missing_is_refused() -> None:
    with pytest.raises(BadPackage, match=r"compiled by Python 3\.99, which is not installed"):
        interpreter(99)


def test_other_formats_are_refused_with_the_reason() -> None:
    for form, reason in (("terraform", "Terraform is not supported"), ("zip", "unknown format 'zip'")):
        command = [sys.executable, "-m", "infra.packaging", "--format", form]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert reason in refused.stderr
