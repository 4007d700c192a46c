"""The control and format characters (Unicode Cc, Cf, Zl and Zp) that a text may contain, by the kind of the text.

Scanners and copied text add such characters: a line break after a barcode, a byte order mark before a name, a bidi mark
around a telephone number. They are invisible, so two names or codes that look equal would differ.
"""

from enum import Enum

_JOINERS = "\u200c\u200d"
_LAYOUT = "\t\n\r"


class TextKind(Enum):
    """How control and format characters are treated; the value is the error for those that are refused.

    NAME: removed at both ends, refused inside, except a joiner (ZWNJ, ZWJ) between two letters, which Persian and the
    languages of India need. CODE: removed at both ends, refused inside. SCAN: removed at both ends, kept inside, since
    GS1 separates its values with U+001D. FREE: format characters, line breaks and tabs are kept beside something
    visible, other controls refused.
    """

    NAME = "must not contain invisible characters"
    CODE = "must not contain invisible or control characters"
    SCAN = ""
    FREE = "must not contain control characters other than line breaks and tabs"


def clean(text: str, kind: TextKind) -> str:
    """Return the text without the control and format characters at its ends; free text as it is, or empty if blank."""
    if text.isprintable():
        return text
    if kind is TextKind.FREE:
        return "" if all(map(_is_blank, text)) else text
    start, end = 0, len(text)
    while start < end and _is_margin(text[start]):
        start += 1
    while end > start and _is_margin(text[end - 1]):
        end -= 1
    return _without_controls(text[:start]) + text[start:end] + _without_controls(text[end:])


def error_in(text: str, kind: TextKind) -> str | None:
    """Return the error for a character that a cleaned text of this kind must not contain, else None."""
    if kind is TextKind.SCAN or text.isprintable():
        return None
    refused = any(_is_refused(text, place, kind) for place in range(len(text)))
    return kind.value if refused else None


def _is_refused(text: str, place: int, kind: TextKind) -> bool:
    character = text[place]
    if character.isprintable():
        return False
    if kind is TextKind.FREE:
        return _category(character) == "Cc" and character not in _LAYOUT
    if kind is TextKind.NAME and character in _JOINERS and 0 < place < len(text) - 1:
        return not (_is_letter(text[place - 1]) and _is_letter(text[place + 1]))
    return _is_control(character)


def _without_controls(text: str) -> str:
    return "".join(character for character in text if not _is_control(character))


def _is_margin(character: str) -> bool:
    """Whether trimming goes on behind this character: spaces are passed over, and kept."""
    return character == " " or _is_control(character)


def _is_blank(character: str) -> bool:
    """Whether this character of free text shows nothing."""
    return character in _LAYOUT or _category(character) in {"Cf", "Zs", "Zl", "Zp"}


def _is_control(character: str) -> bool:
    """Whether this is a control or format character, or one of Unicode's own separators of lines and paragraphs."""
    return _category(character) in {"Cc", "Cf", "Zl", "Zp"}


def _is_letter(character: str) -> bool:
    """Whether this is a letter or a mark of one, such as the virama before a joiner."""
    return _category(character)[0] in "LM"


def _category(character: str) -> str:
    import unicodedata  # only texts with such characters need the database

    return unicodedata.category(character)
