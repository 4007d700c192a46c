"""Control and format characters in names, codes, scans and free text."""

import sys
import unicodedata

import pytest

from chalicelib.edge.text import TextKind, clean, error_in

CONTROLS = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")
]
TRIMMED = [TextKind.NAME, TextKind.CODE, TextKind.SCAN]
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
FAMILY = "\U0001f468\u200d\U0001f469"


@pytest.mark.parametrize("kind", TRIMMED)
def test_every_control_character_is_removed_at_both_ends(kind: TextKind) -> None:
    for control in CONTROLS:
        assert clean(f"{control}{control}a b{control}", kind) == "a b", hex(ord(control))


@pytest.mark.parametrize("kind", TRIMMED)
def test_controls_beside_spaces_are_removed_and_the_spaces_stay(kind: TextKind) -> None:
    assert clean(" \u200b a \ufeff \r\n", kind) == "  a  "


@pytest.mark.parametrize("kind", TRIMMED)
@pytest.mark.parametrize("text", ["\u200b", "\r\n", "\x1d\u200e"])
def test_text_of_control_characters_only_becomes_empty(kind: TextKind, text: str) -> None:
    assert clean(text, kind) == ""


def test_every_control_character_is_refused_inside_codes() -> None:
    for control in CONTROLS:
        assert error_in(f"a{control}b", TextKind.CODE) == "must not contain invisible or control characters"


def test_names_may_have_joiners_between_letters_only() -> None:
    for name in (PERSIAN, SINHALA):
        assert clean(name, TextKind.NAME) == name
        assert error_in(name, TextKind.NAME) is None
        assert error_in(name, TextKind.CODE) is not None
    for name in (FAMILY, "a\u200c b", "a \u200db", "a\u200c\u200db", "1\u200d2"):
        assert error_in(name, TextKind.NAME) == "must not contain invisible characters"


def test_every_other_control_character_is_refused_inside_names() -> None:
    for control in set(CONTROLS) - {"\u200c", "\u200d"}:
        assert error_in(f"a{control}b", TextKind.NAME) is not None, hex(ord(control))


def test_a_scan_keeps_the_separators_of_gs1_inside() -> None:
    scan = "]C1010401234567890110A1\x1d2112345"
    assert clean(f"\x02{scan}\x1d\r\n", TextKind.SCAN) == scan
    assert error_in(scan, TextKind.SCAN) is None


def test_free_text_keeps_line_breaks_tabs_and_format_characters() -> None:
    text = "\u200ffirst line\r\n\tsecond \u202aline\u202c " + FAMILY + "\n"
    assert clean(text, TextKind.FREE) == text
    assert error_in(text, TextKind.FREE) is None


@pytest.mark.parametrize("text", ["\u200b", "\u200b\ufeff \n", "\r\n\t", "\u2060\u00a0\u2028"])
def test_free_text_without_anything_visible_is_empty(text: str) -> None:
    assert clean(text, TextKind.FREE) == ""


@pytest.mark.parametrize("control", ["\0", "\x07", "\x1b", "\x1d", "\x7f", "\x85", "\x9b"])
def test_free_text_refuses_other_controls(control: str) -> None:
    expected = "must not contain control characters other than line breaks and tabs"
    assert error_in(f"a{control}b", TextKind.FREE) == expected


@pytest.mark.parametrize("text", ["", "Anna", "Zoë Łukasz", "\u65e5\u672c\u8a9e", "a\u00a0b", "e\u0301"])
@pytest.mark.parametrize("kind", TextKind)
def test_visible_text_is_unchanged(kind: TextKind, text: str) -> None:
    assert clean(text, kind) == text
    assert error_in(text, kind) is None
