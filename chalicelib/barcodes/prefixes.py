"""GS1 company prefixes, by the table that GS1 publishes of their lengths."""

SHORTEST_PREFIX, LONGEST_PREFIX = 6, 12
_LONGEST_NUMBER = 18
_NO_COMPANIES = ("coupon", "reserved")


def company_prefix_error(prefix: str) -> str | None:
    """Return why these digits are not a whole GS1 company prefix; None if they are.

    The table gives the length of most prefixes. For a few member organisations, such as GS1 Switzerland, it gives none;
    their prefixes have any length that GS1 knows.
    """
    from biip.gs1_prefixes import GS1CompanyPrefix, GS1Prefix

    number = prefix.ljust(_LONGEST_NUMBER, "0")
    company = GS1CompanyPrefix.extract(number)
    if company is not None:
        return None if company.value == prefix else f"must have {len(company.value)} digits, by the table of GS1"
    range_ = GS1Prefix.extract(number)
    usage = "" if range_ is None else range_.usage
    if usage.startswith("GS1 ") and not any(word in usage for word in _NO_COMPANIES):
        return None
    return "must be a GS1 company prefix; GS1 gives companies none that begins so"
