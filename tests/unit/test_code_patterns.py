"""Patterns of serial numbers: which are refused, and that they match what Python's regular expressions match."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.patterns import matches_pattern, pattern_error

SIGNS = st.sampled_from(["A", "B", "C", "1", "2", "-", r"\d", r"\w", ".", "[A-C]", "[^A1]", "[12-]", r"\-", r"[\d_]"])
REPEATS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,}", "{0,3}"])


def _sequences(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=4).map("".join)


PLAIN = _sequences(SIGNS)
REPEATED = st.tuples(
    st.one_of(SIGNS, PLAIN.map("({})".format), st.tuples(PLAIN, PLAIN).map("(?:{0[0]}|{0[1]})".format)), REPEATS
).map("".join)
PATTERNS = st.one_of(
    _sequences(REPEATED), st.tuples(_sequences(REPEATED), PLAIN).map("|".join), PLAIN.map("^({})?$".format)
)


@given(PATTERNS, st.text(alphabet="ABC12-_", max_size=8))
def test_patterns_match_what_regular_expressions_match(pattern: str, serial: str) -> None:
    assert pattern_error(pattern) is None
    assert matches_pattern(pattern, serial) == (re.fullmatch(pattern, serial) is not None)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?=A)A", "must not look around"),
        ("(?!A)B", "must not look around"),
        ("(?<=A)B", "must not look around"),
        ("(?P<name>A)", "must not look around"),
        ("(?i)A", "must not look around"),
        ("(A+)+", "must not repeat what repeats itself"),
        ("((A{2})B)*", "must not repeat what repeats itself"),
        ("(A*|B){2}", "must not repeat what repeats itself"),
        ("A**", "must not repeat a repeat"),
        ("A+?", "must not repeat a repeat"),
        (r"(A)\1", r"has an unknown sequence: \1"),
        (r"\bA", r"has an unknown sequence: \b"),
        ("A\\", "has an unknown sequence"),
        ("(A", "has a group without an end"),
        ("A)", "is not a pattern from character 2 on"),
        ("[A", "has a class without an end"),
        ("[]", "has a class without characters"),
        ("[9-0]", "has a class with a wrong range: 9-0"),
        (r"[A-\d]", "has a class with a wrong range"),
        ("A{3,2}", "has a repeat that is not from 0 to 128"),
        ("A{129}", "has a repeat that is not from 0 to 128"),
        ("A{x}", "is not a pattern at character 2"),
        ("*A", "is not a pattern at character 1"),
        ("A B", "is not a pattern at character 2"),
        ("Ä", "is not a pattern at character 1"),
        ("A$B", "is not a pattern from character 3 on"),
        ("A" * 101, "must have at most 100 characters"),
    ],
)
def test_unusable_patterns_are_refused_with_a_reason(pattern: str, problem: str) -> None:
    error = pattern_error(pattern)
    assert error is not None
    assert error.startswith(problem)


@pytest.mark.parametrize(("pattern", "matching"), [("A" * 100, "A" * 100), ("", ""), ("A{128}", "A" * 128)])
def test_extreme_patterns_match(pattern: str, matching: str) -> None:
    assert pattern_error(pattern) is None
    assert matches_pattern(pattern, matching)
    assert not matches_pattern(pattern, matching + "B")


@pytest.mark.parametrize("pattern", ["A*" * 50, "(A|A)*B", "(A|AA|AAA)*B", "(A?A?A?){100}B", ".*.*.*.*.*.*.*.*.*.*B"])
def test_patterns_with_more_ways_than_can_be_tried_are_matched(pattern: str) -> None:
    assert not matches_pattern(pattern, "A" * 127 + "C")
