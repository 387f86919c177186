"""Tells a real serial number, maker or model from what firmware says when nobody filled it in."""

_WORDS = frozenset(
    {
        "to be filled by o.e.m.",
        "to be filled by o.e.m",
        "default string",
        "system serial number",
        "system product name",
        "system manufacturer",
        "system version",
        "chassis serial number",
        "serial number",
        "not specified",
        "not applicable",
        "not available",
        "no asset tag",
        "asset-1234567890",
        "none",
        "null",
        "n/a",
        "na",
        "unknown",
        "invalid",
        "empty",
        "oem",
        "o.e.m.",
        "default",
        "123456789",
        "1234567890",
        "0123456789",
        "03000200-0400-0500-0006-000700080009",  # the UUID in AMI's sample firmware, shipped by many makers
    }
)
_SEPARATORS = frozenset(" -.:_/")


def is_placeholder(text: str) -> bool:
    """True for empty text, for the phrases that firmware makers leave in, and for one character repeated."""
    bare = text.strip().casefold()
    return bare in _WORDS or len(frozenset(bare) - _SEPARATORS) <= 1
