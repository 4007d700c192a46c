"""The form in which codes are compared.

The same article is printed as EAN-8, UPC-A, EAN-13 or GTIN-14. The numbers differ in leading zeros only.
"""

_GTIN_LENGTHS = range(8, 15)


def canonical_code(code: str) -> str:
    """Return a code in capitals and without surrounding blanks; 8 to 14 digits are filled up to a GTIN-14."""
    text = code.strip().upper()
    if text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS:
        return text.zfill(14)
    return text
