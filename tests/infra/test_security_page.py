"""docs/security.md names existing tests for each of the ten risks."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "docs" / "security.md").read_text().splitlines() if line.startswith("| **API")]


def test_there_is_a_row_for_each_risk() -> None:
    assert [re.findall(r"API\d+", row)[0] for row in ROWS] == [f"API{number}" for number in range(1, 11)]


def test_each_row_names_tests_and_all_of_them_exist() -> None:
    for row in ROWS:
        named = re.findall(r"`(tests/\S+\.py)`", row.split("|")[3])
        assert named, row
        assert [path for path in named if not (ROOT / path).is_file()] == []
