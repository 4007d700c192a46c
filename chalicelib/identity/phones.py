"""Telephone numbers in their one form, E.164 (`+31612345678`), and names by which people sign in that may be numbers.

A number without a country (`06 1234 5678`) is a number only if the setting `phone_region` says which country is meant.
`phonenumbers` is imported where it is used: of all requests only those that carry a number pay for it. What it knows of
each country's numbers changes now and then, so only the form of a number is asked for (is it possible?) and not whether
somebody has it (is it assigned?): a number that was good when it was stored stays so.
"""

from __future__ import annotations

import re
from typing import Final

from chalicelib.core.settings import settings
from chalicelib.identity.rules import canonical_name

_INTERNATIONAL = re.compile(r"\+[\d\s().\-/]{6,40}")
_NATIONAL = re.compile(r"[\d\s().\-/]{6,40}")
_LONGEST: Final = 16


def e164(text: str, region: str | None = None) -> str | None:
    """The number as `+` and digits, or None if this is none.

    `region` (`NL`) is the country of numbers that name none; None: the one that is set, "" for no country at all.
    """
    country = settings().phone_region if region is None else region
    plain = text.strip()
    if not _INTERNATIONAL.fullmatch(plain) and not (country and _NATIONAL.fullmatch(plain)):
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(plain, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if len(written) <= _LONGEST else None


def login_name(text: str, region: str | None = None) -> str:
    """The canonical form of a user name, e-mail or number: what `tables.login_name_key` wants."""
    plain = canonical_name(text)
    return e164(plain, region) or plain
