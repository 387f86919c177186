"""What can be a secret: text that a person can type, and that every program on the way to a machine takes."""

import unicodedata

LONGEST_SECRET = 1024
"""Characters: more than anybody types, and less than any program on the way refuses."""

NO_UTF8 = "is no text in UTF-8"


def unusable(text: str, longest: int = LONGEST_SECRET) -> str:
    """Why this cannot be a secret, in words that go on after its name; empty when it can."""
    kinds = {unicodedata.category(character) for character in text}
    if not text:
        return "is empty"
    if "Cs" in kinds:
        return NO_UTF8
    if kinds & {"Cc", "Zl", "Zp"}:
        return "has a line break or another control character in it"
    if len(text) > longest:
        return f"is longer than {longest:,} characters"
    return ""
