"""Endpoints that refuse, hang, drip, break off or say something else: one try, and an error in words."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.adapters.limits import Limits
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.errors import ElevationRefused, HostError, LoginRefused, ProbeFailed, Unreachable
from deskprov.model.inventory import OVER_TLS
from deskprov.model.platform import Platform
from deskprov.practice.windows.faults import Fault
from deskprov.stages.facts import facts_probes
from deskprov.stages.probe import compile_program
from deskprov.testing import FixedSecrets
from tests.adapters.winrm.endpoints import NO_TLS, SILENCE, endpoint, http
from tests.adapters.winrm.test_identity import NOW, host_at, pinned
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import plan_faults

FACTS = compile_program(facts_probes(Platform.WINDOWS), "4f1d")
SHORT = Limits(greeting=1.0, login=2.0, answer=2.0, farewell=1.0)


def refusals(desk: Desk) -> int:
    return sum(not entry["taken"] for entry in desk.journal("logon"))


@pytest.mark.parametrize("transport", OVER_TLS)
def test_a_wrong_password_is_tried_once(desk: Desk, transport: str) -> None:
    before = refusals(desk)
    with pytest.raises(LoginRefused, match="refuses the user deskprov with the password pw") as caught:
        host = pinned(host_at(desk.pc.port, transport=transport))
        WinRmTransport(FixedSecrets({"pw": "canary-4711"})).ask(host, b"")
    assert refusals(desk) == before + 1
    assert caught.value.exit_status == 6
    assert "canary" not in caught.value.message + caught.value.hint


def test_thirty_machines_refuse_a_wrong_password_twice_in_all(desk: Desk) -> None:
    before = refusals(desk)
    transport = WinRmTransport(FixedSecrets({"pw": "mistyped"}))
    host = pinned(host_at(desk.pc.port))

    def refused(number: int) -> bool:
        over = replace(host.connection, transport=OVER_TLS[number % 2])
        with pytest.raises(LoginRefused):
            transport.ask(replace(host, name=f"pc-{number}", connection=over), b"")
        return True

    with ThreadPoolExecutor(10) as threads:
        assert all(threads.map(refused, range(30)))
    assert refusals(desk) == before + 2


def test_without_a_password_nobody_is_asked(desk: Desk) -> None:
    host = pinned(host_at(desk.pc.port))
    bare = replace(host, connection=replace(host.connection, password=""))
    with pytest.raises(LoginRefused, match="names no password"):
        WinRmTransport(FixedSecrets({})).ask(bare, b"")


@pytest.mark.parametrize(
    ("transport", "how"), [("winrm", "ended with exit status 1: practice PC"), ("psrp", "was broken off: practice PC")]
)
def test_what_a_machine_cannot_run_is_said_in_its_words(desk: Desk, transport: str, how: str) -> None:
    host = pinned(host_at(desk.pc.port, transport=transport))
    with pytest.raises(ProbeFailed, match=how):
        WinRmTransport(FixedSecrets({"pw": desk.password})).ask(host, b"'no program of ours'")


FAULT = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>'
    b"</s:Code><s:Reason><s:Text>%s</s:Text></s:Reason><s:Detail>"
    b'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d"/></s:Detail></s:Fault>'
    b"</s:Body></s:Envelope>"
)


@pytest.mark.parametrize("transport", OVER_TLS)
@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ([SILENCE], Unreachable, "did not come to an end within 2 seconds"),
        ([b""], Unreachable, "the connection broke off"),
        ([b"SSH-2.0-OpenSSH_9.9\r\n"], Unreachable, "the connection broke off"),
        ([http("404 Not Found", b"<html>")], ProbeFailed, r"does not speak WinRM \(HTTP 404\)"),
        ([http("200 OK", b"<html>")], ProbeFailed, "does not speak WinRM"),
        ([http("200 OK", b"")], ProbeFailed, "does not speak WinRM"),
        ([http("200 OK", b"<a/>")], ProbeFailed, "does not speak WinRM"),
        ([http("200 OK", b"x", Content_Length="9999999999")], Unreachable, "broke off"),
        (
            [http("200 OK", b"", Content_Length="", Transfer_Encoding="chunked") + b"1\r\nx\r\n"],
            Unreachable,
            "broke off",
        ),
        ([http("200 OK", b"\x1f\x8b", Content_Encoding="gzip")], Unreachable, "broke off"),
        ([http("401 Unauthorized", WWW_Authenticate="Negotiate bm9pc2U=")] * 2, ProbeFailed, "does not speak WinRM"),
        ([http("401 Unauthorized", WWW_Authenticate="Negotiate"), http("200 OK")], ProbeFailed, "not speak WinRM"),
        ([http("401 Unauthorized", WWW_Authenticate="Kerberos")], LoginRefused, "not take log-ons by NTLM"),
        ([http("500 Error", FAULT % (b"Access is denied. ", 5))], HostError, "log on, but not run anything"),
        ([http("500 Error", FAULT % (b"Too many \x07shells", 2150859174))], ProbeFailed, "does not speak WinRM"),
        ([http("500 Error", FAULT % (b"Too many shells", 2150859174))], ProbeFailed, "refuses: Too many shells"),
    ],
)
def test_what_answers_otherwise(
    elsewhere: Path, answers: Sequence[bytes], kind: type[HostError], words: str, transport: str
) -> None:
    with endpoint(elsewhere, NOW, answers) as there, pytest.raises(kind, match=words) as caught:
        host = pinned(host_at(there.port, transport=transport))
        WinRmTransport(FixedSecrets({"pw": "canary-4711"}), limits=SHORT).ask(host, b"")
    assert caught.value.hint
    assert "canary" not in str(there.heard) + str(caught.value)
    assert sum(said.count(b"Create") for said in there.heard) <= 2  # once, and once more with a token


def test_a_port_that_never_begins_to_encrypt(elsewhere: Path) -> None:
    with endpoint(elsewhere, NOW, [NO_TLS]) as there, pytest.raises(Unreachable, match="did not begin to encrypt"):
        WinRmTransport(FixedSecrets({"pw": "x"}), limits=SHORT).ask(host_at(there.port), b"")


WITHIN = Limits(greeting=2.0, login=1.0, answer=1.0, farewell=1.0)


@pytest.mark.parametrize("transport", OVER_TLS)
@pytest.mark.parametrize(
    ("at", "do", "kind", "words"),
    [
        ("Connect", "hang", Unreachable, "did not begin to encrypt within 2 seconds"),
        ("Create", "drop", Unreachable, "the connection broke off"),
        ("Create", "hang", Unreachable, "did not come to an end within 1 seconds"),
        ("Create", "deny", ElevationRefused, "log on, but not run anything"),
        ("Create", "quota", ProbeFailed, "refuses: The maximum number of concurrent operations"),
        ("Create", "timeout", Unreachable, "did not do as it was asked in time"),
        ("Command", "break", Unreachable, "the connection broke off"),
        ("Command", "quota", ProbeFailed, "refuses: The maximum number of concurrent operations"),
        ("Command", "hang", Unreachable, "did not come to an end within 2 seconds"),
        ("Receive", "hang", Unreachable, "did not come to an end within [12] seconds, and was left"),
        ("Receive", "drop", Unreachable, "the connection broke off"),
        ("Receive", "break", Unreachable, "the connection broke off"),
        ("Receive", "timeout", HostError, "was not done within 1 seconds|did not do as it was asked in time"),
    ],
)
def test_what_goes_wrong_at_work_is_said_in_words_and_not_tried_again(
    desk: Desk, transport: str, at: str, do: str, kind: type[HostError], words: str
) -> None:
    asked = len(desk.journal("asked"))
    plan_faults(desk.place.faults, [Fault(at, do, times=10**6, seconds=5.0)])
    try:
        with pytest.raises(kind, match=words) as caught:
            host = host_at(desk.pc.port, desk.pc.host_key, transport)
            WinRmTransport(FixedSecrets({"pw": desk.password}), limits=WITHIN).ask(host, FACTS)
    finally:
        plan_faults(desk.place.faults, [])
    assert caught.value.hint
    assert len(desk.journal("asked")) - asked <= (1 if do == "break" and at == "Receive" else 0)


@pytest.mark.parametrize("transport", OVER_TLS)
def test_a_mistake_of_ours_is_not_blamed_on_the_machine(desk: Desk, transport: str) -> None:
    mistaken: dict[str, Any] = {"output": "much"}
    way = WinRmTransport(FixedSecrets({"pw": desk.password}), limits=Limits(**mistaken))
    with pytest.raises(TypeError):
        way.ask(host_at(desk.pc.port, desk.pc.host_key, transport), FACTS)


@pytest.mark.parametrize("transport", OVER_TLS)
def test_noise_before_the_answer_is_passed_over_and_nothing_but_noise_is_no_answer(desk: Desk, transport: str) -> None:
    host = host_at(desk.pc.port, desk.pc.host_key, transport)
    way = WinRmTransport(FixedSecrets({"pw": desk.password}))
    for do, whole in (("noise", True), ("garbage", False)):
        # the first Receive of PSRP is about the pool, which says nothing of a program
        plan_faults(desk.place.faults, [Fault("Receive", do, times=2)])
        said = way.ask(host, FACTS)
        plan_faults(desk.place.faults, [])
        assert (b"deskprov-begin-4f1d" in said) is whole
