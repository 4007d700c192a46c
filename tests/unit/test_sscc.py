"""SSCCs against the specification's own examples, and against what its check digit promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.codes import check_digit
from chalicelib.packing.sscc import SsccError, is_sscc, make_sscc, max_serials

extensions = st.integers(0, 9)
prefixes = st.text("0123456789", min_size=6, max_size=12)


@st.composite
def parts(draw: st.DrawFn) -> tuple[int, str, int]:
    prefix = draw(prefixes)
    return draw(extensions), prefix, draw(st.integers(0, max_serials(prefix) - 1))


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("37610425002123456", "9"),  # the example of the GS1 General Specifications
        ("10614141192837465", "7"),
        ("629104150021", "3"),  # a GTIN-13: the same arithmetic
    ],
)
def test_published_numbers_have_their_published_check_digits(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def test_a_serial_is_padded_to_the_room_that_the_prefix_leaves() -> None:
    assert make_sscc(3, "7610425", 2123456) == "376104250021234569"
    assert make_sscc(0, "1234567890", 7)[:17] == "01234567890000007"


@given(parts())
def test_every_sscc_has_18_digits_says_what_it_was_made_of_and_is_one(made_of: tuple[int, str, int]) -> None:
    extension, prefix, serial = made_of
    sscc = make_sscc(extension, prefix, serial)
    assert len(sscc) == 18
    assert is_sscc(sscc)
    assert sscc[0] == str(extension)
    assert sscc[1 : 1 + len(prefix)] == prefix
    assert int(sscc[1 + len(prefix) : -1]) == serial


@given(parts(), parts())
def test_of_one_prefix_length_different_parts_never_make_the_same_sscc(
    one: tuple[int, str, int], other: tuple[int, str, int]
) -> None:
    if len(one[1]) == len(other[1]):
        assert (one == other) == (make_sscc(*one) == make_sscc(*other))


@given(parts(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(made_of: tuple[int, str, int], place: int, off: int) -> None:
    sscc = make_sscc(*made_of)
    wrong = f"{sscc[:place]}{(int(sscc[place]) + off) % 10}{sscc[place + 1 :]}"
    assert not is_sscc(wrong)


@given(parts(), st.integers(0, 16))
def test_two_neighbours_that_were_swapped_are_found_unless_they_differ_by_five(
    made_of: tuple[int, str, int], place: int
) -> None:
    sscc = make_sscc(*made_of)
    one, other = sscc[place], sscc[place + 1]
    swapped = f"{sscc[:place]}{other}{one}{sscc[place + 2 :]}"
    assert is_sscc(swapped) == (abs(int(one) - int(other)) in (0, 5))


@pytest.mark.parametrize("text", ["", "37610425002123456", "3761042500212345690", "37610425002123456x", "٣" * 18])
def test_what_is_not_18_digits_is_no_sscc(text: str) -> None:
    assert not is_sscc(text)


@pytest.mark.parametrize("prefix", ["", "12345", "1234567890123", "123456a", "123 456", "٣" * 7])
def test_a_prefix_is_6_to_12_digits(prefix: str) -> None:
    with pytest.raises(SsccError, match="company prefix"):
        make_sscc(0, prefix, 1)


@pytest.mark.parametrize("extension", [-1, 10])
def test_an_extension_is_one_digit(extension: int) -> None:
    with pytest.raises(SsccError, match="extension digit"):
        make_sscc(extension, "7610425", 1)


@given(prefixes)
def test_a_serial_that_has_no_room_is_refused_and_the_last_one_is_not(prefix: str) -> None:
    limit = max_serials(prefix)
    assert is_sscc(make_sscc(9, prefix, limit - 1))
    for serial in (-1, limit):
        with pytest.raises(SsccError, match="serials run from 0"):
            make_sscc(9, prefix, serial)
