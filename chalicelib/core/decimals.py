"""Exact numbers: from the floats that requests are decoded to, and in their shortest form."""

from decimal import Decimal


def to_decimal(number: float) -> Decimal:
    """Return a number of a request as it was written; `5` and `5.0` give the same.

    A float distinguishes all numbers of up to fifteen digits and prints each as it was written, so this is exact within
    the bounds of quantities, weights and money.
    """
    return Decimal(repr(number).removesuffix(".0"))


def plain(number: Decimal) -> Decimal:
    """Return a number without an exponent and without the zeros at its end; zero has no sign."""
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text) if number else Decimal(0)
