"""Phone numbers in E.164 form (`+31612345678`), and login names that may be phone numbers.

A number without a country code (`06 1234 5678`) is accepted only if the setting `phone_region` names its country.
`phonenumbers` is imported where it is used, so only requests that carry a number pay for it. A number is checked for
its form (is it possible?) and not for its assignment, because number plans change: a number that was valid when it was
stored stays valid.
"""

import re
from typing import Final

from chalicelib.core.settings import settings
from chalicelib.identity.accounts.rules import canonical_name

_INTERNATIONAL = re.compile(r"\+[\d\s().\-/]{6,40}")
_NATIONAL = re.compile(r"[\d\s().\-/]{6,40}")
_MAX_LENGTH: Final = 16


def e164(text: str, region: str | None = None) -> str | None:
    """Return the number as `+` and digits, or None if the text is not a phone number.

    `region` (`NL`) is the country of numbers without a country code; None means the setting, "" no country.
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
    return written if len(written) <= _MAX_LENGTH else None


def login_name(text: str, region: str | None = None) -> str:
    """Return the canonical form of a user name, e-mail address or phone number, as `login_name_key` expects it."""
    plain = canonical_name(text)
    return e164(plain, region) or plain
