"""Phone numbers in E.164 form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.accounts.phones import e164, login_name


@pytest.mark.parametrize(
    "written",
    [
        "+31612345678",
        "+31 6 1234 5678",
        "+31 (0)6 1234-5678",
        " +31.6.1234.5678 ",
        "+31 (6) 12 34 56 78",
        "+31/6/12345678",
    ],
)
def test_e164_of_spellings(written: str) -> None:
    assert e164(written) == "+31612345678"
    assert login_name(written) == "+31612345678"


@pytest.mark.parametrize(
    "written", ["", "+", "+31", "+999 12345678", "+31 6", "+31612345678901234", "anna", "a@b.example", "+31 6 call me"]
)
def test_other_text_is_no_number(written: str) -> None:
    assert e164(written) is None


def test_national_number_needs_region() -> None:
    assert e164("06 1234 5678") is None
    assert e164("06 1234 5678", "NL") == "+31612345678"
    assert e164("0031 6 1234 5678", "NL") == "+31612345678"
    assert e164("0171 1234567", "DE") == "+491711234567"


def test_region_does_not_change_international_numbers() -> None:
    assert e164("+1 555 010 9999", "NL") == e164("+1 (555) 010-9999") == "+15550109999"


def test_digits_of_other_scripts_are_accepted() -> None:
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in "31612345678")
    assert login_name(f"+{full_width}") == "+31612345678"


@pytest.mark.parametrize("name", ["Anna", "anna@Example.org", "12345678", "a-b.c (d)", "+31 6 call me"])
def test_login_name_of_other_names(name: str) -> None:
    assert login_name(name) == name.casefold()


@given(st.text(alphabet="+0123456789 ()-./a", max_size=24))
def test_login_name_is_idempotent(written: str) -> None:
    assert login_name(login_name(written)) == login_name(written)
