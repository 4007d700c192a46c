"""docs/battery-passport.md shows the attributes as the code has them."""

import re

import pytest

from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES
from infra import passport_page


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert passport_page.main(["--check"]) == 0, capsys.readouterr().out


def test_every_attribute_has_a_row_that_says_where_it_comes_from() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(?:[^|]*\|){3} (\w+)", passport_page.part(), re.MULTILINE)
    assert rows == [(name, attribute.source) for name, attribute in ATTRIBUTES.items()]
