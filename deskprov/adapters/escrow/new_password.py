"""New passwords: random, and such that a person can type them at a log-in screen whose keyboard nobody has set yet.

Small letters only, and of these the ones that QWERTY, QWERTZ, AZERTY and the Spanish keyboard have on the same key
(not a, q, w, z, y, m) and that look like nothing else (not i, l, o). No digits, signs or capitals: on some keyboards
digits need Shift, and every sign moves.
"""

import secrets

LETTERS = "bcdefghjknprstuvx"
LENGTH = 18
"""log2(17) * 18 = 73.6 bits."""


def new_password() -> str:
    """A new one, from the system's randomness."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
