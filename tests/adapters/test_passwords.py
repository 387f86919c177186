"""A password that was refused twice is not sent again, and it is said whose it is and who refused it."""

import pytest

from deskprov.adapters.passwords import Passwords
from deskprov.errors import LoginRefused
from deskprov.testing import FixedSecrets

OWN = "per-device:users/deskprov"


def refuse_twice(passwords: Passwords, name: str, *hosts: str) -> None:
    for host in hosts:
        with pytest.raises(LoginRefused, match="wrong"), passwords.use(host, name, LoginRefused):
            raise LoginRefused(host, "wrong")


def test_one_of_the_site_was_refused_by_machines() -> None:
    passwords = Passwords(FixedSecrets({"ours": "x"}))
    refuse_twice(passwords, "ours", "pc-1", "pc-2")
    with pytest.raises(LoginRefused) as told, passwords.use("pc-3", "ours", LoginRefused):
        pytest.fail("it was sent")
    assert told.value.message == "The password ours was refused by 2 machines and is not sent to pc-3."


def test_one_of_a_machine_s_own_was_refused_by_that_machine() -> None:
    passwords = Passwords(FixedSecrets({OWN: "x"}))
    refuse_twice(passwords, OWN, "pc-1", "pc-1")
    with pytest.raises(LoginRefused) as told, passwords.use("pc-1", OWN, LoginRefused):
        pytest.fail("it was sent")
    said = "pc-1 has refused what is kept as the password of pc-1/deskprov 2 times, and is not sent it again."
    assert told.value.message == said
    assert told.value.hint.endswith("deskprov secret set deskprov --for pc-1")
    with passwords.use("pc-2", OWN, LoginRefused) as value:
        assert value == "x"
