r"""Patterns that whole serial numbers have to match: a part of the syntax of regular expressions.

Supported are characters, `.`, classes such as `[A-F0-9]` and `[^IO]`, `\d`, `\w`, `\` before a sign, groups, `|`, and
the repeats `?`, `*`, `+`, `{2}`, `{2,}`, `{2,5}`. Look-around, references, and repeats of what repeats itself are
refused. All characters are visible ASCII, as in serial numbers.

Python's own expressions try one way after the other, and some patterns have more ways than can be tried. Here each
part of a pattern maps the set of places where it may begin to the set of places where it may end. So the time is at
most the length of the pattern times the square of that of the serial number.
"""

import re
import string
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

MAX_LENGTH = 100
_MAX_COUNT = 128
_VISIBLE = frozenset(map(chr, range(0x21, 0x7F)))
_ESCAPED = {"d": frozenset(string.digits), "w": frozenset(string.ascii_letters + string.digits + "_")}
_REPEAT = re.compile(r"[?*+]|\{([0-9]{1,3})(,([0-9]{0,3}))?\}")
_SPECIAL = frozenset("?*+{}()[]|")
_Places = frozenset[int]
_Match = Callable[[str, _Places], _Places]


class _Part(NamedTuple):
    """A part of a pattern, and whether it repeats something."""

    match: _Match
    repeats: bool = False


def pattern_error(pattern: str) -> str | None:
    """Return why a pattern cannot be used; None if it can."""
    if len(pattern) > MAX_LENGTH:
        return f"must have at most {MAX_LENGTH} characters"
    try:
        _parsed(pattern)
    except ValueError as error:
        return str(error)
    return None


def matches_pattern(pattern: str, serial: str) -> bool:
    """Return whether a pattern matches a whole serial number. Raise `ValueError` for a pattern that cannot be used."""
    return len(serial) in _parsed(pattern)(serial, frozenset({0}))


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> _Match:
    return _Parser(pattern.removeprefix("^")).whole()


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def whole(self) -> _Match:
        """Return the whole pattern. Raise `ValueError` if it is not one."""
        part = self._choice()
        if self._next == "$":
            self._place += 1
        if self._next:
            raise ValueError(f"is not a pattern from character {self._place + 1} on: {self._text[self._place :]}")
        return part.match

    @property
    def _next(self) -> str:
        return self._text[self._place : self._place + 1]

    def _takes(self, text: str) -> bool:
        found = self._text.startswith(text, self._place)
        self._place += len(text) if found else 0
        return found

    def _choice(self) -> _Part:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        return _Part(
            lambda text, starts: frozenset().union(*(part.match(text, starts) for part in parts)), _any_repeats(parts)
        )

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._next not in {"", "|", ")", "$"}:
            parts.append(self._repeated(self._item()))

        def match(text: str, starts: _Places) -> _Places:
            for part in parts:
                starts = part.match(text, starts)
            return starts

        return _Part(match, _any_repeats(parts))

    def _item(self) -> _Part:
        if self._takes("("):
            if self._next == "?" and not self._takes("?:"):
                raise ValueError("must not look around, nor name or set anything with (?")
            part = self._choice()
            if not self._takes(")"):
                raise ValueError("has a group without an end")
            return part
        return _one_of(self._class() if self._takes("[") else self._sign())

    def _sign(self) -> frozenset[str]:
        sign = self._next
        self._place += 1
        if sign == ".":
            return _VISIBLE
        if sign == "\\":
            return self._escaped()
        if sign not in _VISIBLE - _SPECIAL:
            raise ValueError(f"is not a pattern at character {self._place}: {sign}")
        return frozenset(sign)

    def _escaped(self) -> frozenset[str]:
        sign = self._next
        self._place += 1
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign not in _VISIBLE or sign.isalnum():
            raise ValueError(f"has an unknown sequence: \\{sign}")
        return frozenset(sign)

    def _class(self) -> frozenset[str]:
        excluded = self._takes("^")
        signs: frozenset[str] = frozenset()
        while not self._takes("]"):
            low = self._member()
            signs |= low
            if len(low) == 1 and self._next == "-" and self._text[self._place + 1 : self._place + 2] != "]":
                self._place += 1
                signs |= _between(low, self._member())
        if not signs:
            raise ValueError("has a class without characters")
        return _VISIBLE - signs if excluded else signs

    def _member(self) -> frozenset[str]:
        if self._takes("\\"):
            return self._escaped()
        sign = self._next
        self._place += 1
        if sign not in _VISIBLE:
            raise ValueError("has a class without an end")
        return frozenset(sign)

    def _repeated(self, part: _Part) -> _Part:
        found = _REPEAT.match(self._text, self._place)
        if found is None:
            return part
        self._place = found.end()
        low, high = _counts(found)
        if part.repeats and found[0] != "?":
            raise ValueError("must not repeat what repeats itself")
        if _REPEAT.match(self._text, self._place):
            raise ValueError("must not repeat a repeat")
        return _Part(_repeat(part.match, low, high), part.repeats or found[0] != "?")


def _any_repeats(parts: list[_Part]) -> bool:
    return any(part.repeats for part in parts)


def _one_of(signs: frozenset[str]) -> _Part:
    return _Part(
        lambda text, starts: frozenset(start + 1 for start in starts if start < len(text) and text[start] in signs)
    )


def _between(low: frozenset[str], high: frozenset[str]) -> frozenset[str]:
    (first,), last = low, max(high)
    if len(high) > 1 or first > last:
        raise ValueError(f"has a class with a wrong range: {first}-{last}")
    return frozenset(map(chr, range(ord(first), ord(last) + 1)))


def _counts(found: re.Match[str]) -> tuple[int, int]:
    """Return the lowest and the highest number of times of a repeat."""
    if found[1] is None:
        return {"?": (0, 1), "*": (0, _MAX_COUNT), "+": (1, _MAX_COUNT)}[found[0]]
    low = int(found[1])
    high = low if found[2] is None else int(found[3]) if found[3] else max(low, _MAX_COUNT)
    if low > high or high > _MAX_COUNT:
        raise ValueError(f"has a repeat that is not from 0 to {_MAX_COUNT}: {found[0]}")
    return low, high


def _repeat(match: _Match, low: int, high: int) -> _Match:
    def match_times(text: str, starts: _Places) -> _Places:
        for _ in range(low):
            starts = match(text, starts)
        reached, latest = starts, starts
        for _ in range(high - low):
            latest = match(text, latest) - reached
            if not latest:
                break
            reached |= latest
        return reached

    return match_times
