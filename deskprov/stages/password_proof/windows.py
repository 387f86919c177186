"""Windows: whether the password of an account is one that we know, by trying to log on with it, there.

Windows shows nothing of a password. PrincipalContext.ValidateCredentials would do without compiled code, but it tries a
wrong one twice or not at all (error 1219: github.com/dotnet/runtime/issues/83269 and 111683), and tells no reasons.
"""

from collections.abc import Mapping, Sequence

from deskprov.formats.windows_accounts import own_account
from deskprov.formats.windows_seal import opening
from deskprov.model.facts import Answer
from deskprov.model.password_proof import Proof
from deskprov.model.probe import Probe

_WRONG = 1326
_NOT_TRIED = -1

_RIGHT = frozenset({0, 1327, 1328, 1329, 1330, 1385, 1907})
"""In, and errors that Windows gives for a right password only: account restriction, hours, workstation, expired, kind
of log-on, must change. MS-ERREF 2.3.1 (STATUS_ACCOUNT_RESTRICTION); ansible.windows.win_user takes four of them so.
"""

_REASONS = {
    _NOT_TRIED: "So many wrong log-ons to it were counted that another try could lock it: it was not tried.",
    1331: "The account is disabled, and so Windows does not say whether the password is right.",
    1793: "The account has expired, and so Windows does not say whether the password is right.",
    1909: "The account is locked after wrong log-ons; it opens by itself, or with `net user NAME /active:yes`.",
}
"""By Windows' system error codes: learn.microsoft.com/windows/win32/debug/system-error-codes."""

ANOTHER = "The password on the machine is another than the one that is kept."


def try_probe(thumbprint: str, offered: Mapping[str, Sequence[str]]) -> Probe:
    """Tries, for each account, the passwords sealed to this key, in order, until one is not wrong.

    Without a key nothing is tried, and nothing may be offered: it tells which of the accounts there are.
    """
    accounts = tuple((name, own_account(name), tuple(sealed)) for name, sealed in sorted(offered.items()))
    return Probe(opening(__package__, "try_windows.ps1"), (thumbprint, accounts))


def tried(answer: Answer) -> Mapping[str, Proof] | None:
    """What it showed of each account that there is; None when the machine did not say."""
    match answer:
        case dict(found) if all(_are_codes(codes) for codes in found.values()):
            return {str(name): _proof(codes) for name, codes in found.items()}
        case _:
            return None


def _are_codes(codes: object) -> bool:
    return isinstance(codes, list) and all(type(code) is int for code in codes)


def _proof(codes: Sequence[int]) -> Proof:
    if codes and codes[-1] in _RIGHT:
        return Proof(len(codes) - 1)
    last = codes[-1] if codes else _WRONG
    if last == _WRONG:
        return Proof(why=ANOTHER)
    return Proof(why=_REASONS.get(last, f"Windows did not let it be tried (error {last})."))
