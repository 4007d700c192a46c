"""README's tour of the folders and the architecture page name what the tree holds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIB = ROOT / "chalicelib"
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()

TOUR = re.findall(r"^\| `([^`]+)` \| (.*) \| (.*) \|$", README.partition("## A tour of the folders")[2], re.MULTILINE)
WALKED = sorted(set(re.findall(r"\b(?:[a-z_]+/)+[a-z_]+\.py\b", ARCHITECTURE)))


@pytest.mark.parametrize(("folder", "start"), [(folder, start) for folder, _, start in TOUR])
def test_each_folder_of_the_tour_exists_and_holds_the_files_to_start_with(folder: str, start: str) -> None:
    assert (ROOT / folder).exists()
    for name in re.findall(r"`([^`]+)`", start):
        assert (ROOT / folder / name).exists(), name


def test_the_tour_names_every_folder() -> None:
    toured = {folder.rstrip("/") for folder, _, _ in TOUR}
    packages = {f"chalicelib/{path.parent.name}" for path in LIB.glob("*/__init__.py")}
    assert packages | {"app.py", "infra", "console", "sdk", "tests", "docs"} == toured


def test_the_tour_names_the_folders_of_the_tests() -> None:
    listed = set(re.findall(r"(\w+)/", next(holds for folder, holds, _ in TOUR if folder == "tests/")))
    assert listed == {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}


@pytest.mark.parametrize("path", WALKED)
def test_each_module_of_the_architecture_page_exists(path: str) -> None:
    assert any((root / path).exists() for root in (LIB, ROOT)), path
