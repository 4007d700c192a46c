"""The pure part of accounts: the canonical form of login names, and rules for passwords."""

import hashlib
import re
from dataclasses import dataclass
from unicodedata import category, normalize

_PHONE_LIKE = re.compile(r"\+(?=\D*\d)[\d\s().-]{6,31}")
_PHONE_FILLERS = re.compile(r"[\s().-]")
_MAX_NAME = 254
MIN_PASSWORD, MAX_PASSWORD = 10, 128
# Without 0, o, 1 and l, which are easily confused when the password is read from a screen and typed on a phone.
_READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
_MIN_PART = 4
_CONTROLS = frozenset({"Cc", "Cf", "Zl", "Zp"})
# Characters of other categories that are displayed as nothing: fillers of Hangul, variation selectors, and the like.
_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))
_WORD = re.compile(rf"[^\W\d_]{{{_MIN_PART},}}")


@dataclass(frozen=True, slots=True)
class PasswordOwner:
    """The person for whom a password is chosen: the texts that it must not consist of or contain."""

    username: str
    full_name: str
    email: str | None = None
    phone: str | None = None
    organisation: str = ""

    def forbidden_parts(self) -> set[str]:
        """Return the user name and the words of both names, if they have four letters or more, in folded form."""
        names = f"{_folded(self.full_name)} {_folded(self.organisation)}"
        username = _folded(self.username)
        return {*_WORD.findall(names), *([username] if len(username) >= _MIN_PART else [])}

    def forbidden_texts(self) -> set[str]:
        """Return the names, the e-mail address and the phone number in the forms that are used as passwords."""
        texts = (self.username, self.full_name, self.email, self.phone)
        return {form for text in texts if text for form in _variants(_folded(text))}


def canonical_name(name: str) -> str:
    """Return the canonical form of a login name.

    Case, the encoding of accents and the spacing of phone numbers do not matter. The result is cut to 254 characters,
    so that it fits into a key.
    """
    plain = normalize("NFKC", normalize("NFKC", name).casefold()).strip()[:_MAX_NAME].strip()
    return _PHONE_FILLERS.sub("", plain) if _PHONE_LIKE.fullmatch(plain) else plain


def readable_password(secret: str) -> str:
    """Return a password that is easy to read out and type, `k7qf-...`, from a secret of at least 128 random bits."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest())
    letters = []
    for _ in range(20):
        number, digit = divmod(number, len(_READABLE))
        letters.append(_READABLE[digit])
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def normalised_password(password: str) -> str:
    """Return the form in which passwords are compared, so that the encoding of a keyboard does not matter: NFKC."""
    return normalize("NFKC", password)


def password_error(password: str, owner: PasswordOwner, common: frozenset[str]) -> str | None:
    """Return why a password is not acceptable, as a sentence without its subject, or None if it is.

    `common` are the most common passwords in lower case. Invisible characters count only towards the longest password.
    """
    if len(normalised_password(_visible(password))) < MIN_PASSWORD:
        return f"must be at least {MIN_PASSWORD} characters"
    if len(normalised_password(password)) > MAX_PASSWORD:
        return f"must be at most {MAX_PASSWORD} characters"
    plain = _folded(password).strip()
    if plain in common or len(set(plain)) < 3:
        return "is too common; choose another password"
    if plain in owner.forbidden_texts():
        return "must not be your own name, e-mail address or phone number"
    if any(part in plain for part in owner.forbidden_parts()):
        return "must not contain your user name, a part of your name or the name of your organisation"
    return None


def _folded(text: str) -> str:
    """Return a text in the form in which case, the encoding of characters and invisible ones do not matter."""
    return normalize("NFKC", _visible(normalize("NFKC", _visible(text)).casefold()))


def _visible(text: str) -> str:
    """Return a text without the characters that are displayed as nothing."""
    return "".join(
        character for character in text if character not in _NOTHING and category(character) not in _CONTROLS
    )


def _variants(name: str) -> tuple[str, ...]:
    """Return the forms of a name that are used as passwords: whole, without spaces, an e-mail without its domain."""
    return name, "".join(name.split()), name.partition("@")[0]
