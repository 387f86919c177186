"""The bootstrap script, really run on a PC of stand-ins that keep state; its file is read by the real parser."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from msgspec.structs import replace

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.adapters.ssh.key_pairs import OpenSshKeys
from deskprov.documents.bootstrap_windows import NAMES_FILE, names_file, windows_script
from deskprov.formats.certificates import certificate_der
from deskprov.formats.enrolment import SignedEnrolment, read
from deskprov.model.enrolment import NAMESPACE, Batch, WindowsOrder
from deskprov.model.platform import Platform
from tests.powershell import key
from tests.powershell.pc import GUID, POLICIES, Pc, fresh, registry

pytestmark = pytest.mark.powershell

NOW = datetime.now(UTC).replace(microsecond=0)
FILTER = (*POLICIES, "LocalAccountTokenFilterPolicy")
WINLOGON = ("SOFTWARE", "Microsoft", "Windows NT", "CurrentVersion", "Winlogon")


@dataclass
class Desk:
    """A PC with the stick of one batch in it."""

    pc: Pc
    order: WindowsOrder
    private: str

    @property
    def script(self) -> str:
        return windows_script(self.order)

    def enrolment(self) -> SignedEnrolment:
        """What lies on the stick, as the real parser reads it."""
        [file] = self.pc.folder.glob("deskprov-enrol-*.json")
        signed, problems = read(file.read_bytes(), file.name)
        assert signed is not None, problems
        return signed

    def password(self) -> str:
        """The one-time password of the file, opened with the key of the batch."""
        return RsaSeals().opened(self.enrolment().enrolment.one_time, self.private)

    def of_pc(self) -> str:
        [account] = [user for user in self.pc.state["users"] if user["Name"] == "deskprov"]
        return str(account["password"])


@pytest.fixture(scope="module")
def keys() -> tuple[Any, Any]:
    """Of the batch: the pair that signs, and the pair that passwords are sealed to."""
    return OpenSshKeys().new_p256_pair("batch-1"), RsaSeals().new_pair("batch-1")


@pytest.fixture
def desk(tmp_path: Path, keys: tuple[Any, Any]) -> Iterator[Desk]:
    signing, seal = keys
    stick = tmp_path / "stick"
    stick.mkdir()
    batch = Batch("batch-1", signing.public, NOW, NOW + timedelta(days=14))
    order = WindowsOrder(
        site="O'Neil école",
        user="deskprov",
        batch=batch,
        batch_key=signing.private,
        login_from=["10.1.0.0/16", "2001:db8::5"],
        transport="winrm",
        seal_certificate=seal.certificate,
    )
    pc = Pc(stick)
    pc.begin()
    yield Desk(pc, order, seal.private)


def without(state: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name not in names}


def test_a_new_pc_is_opened_for_the_site_alone_and_everything_is_taken_back(desk: Desk) -> None:
    pc = desk.pc
    before, hive = pc.state, pc.hive
    said = pc.run(desk.script, "-Name", "GV-0001")
    state = pc.state
    [https] = state["listeners"]
    assert (https["Transport"], https["Address"]) == ("HTTPS", "*")
    [rule] = [rule for rule in state["rules"] if rule["Name"] == "deskprov-winrm"]
    assert (rule["Profile"], rule["LocalPort"], rule["Direction"], rule["Action"]) == (
        "Any",
        "5986",
        "Inbound",
        "Allow",
    )
    assert rule["RemoteAddress"] == ["10.1.0.0/16", "2001:db8::5"]
    assert {one["Name"] for one in state["rules"] if one["Enabled"] == "True"} == {"deskprov-winrm", "CoreNet-DHCP-In"}
    assert state["administrators"] == ["Administrador", "deskprov"]
    assert state["sleep"] == [0, 0]
    assert state["services"]["WinRM"] == {"StartMode": "Auto", "State": "Running"}
    assert pc.value(*FILTER) == 1
    assert "LocalAccountTokenFilterPolicy is 1 now" in said
    assert state["told"] == [
        "certificate: RSA 3072, SSLServerAuthentication, NonExportable, DigitalSignature+KeyEncipherment, "
        "Cert:\\LocalMachine\\My"
    ]

    again = pc.run(desk.script, "-Undo")
    assert "Everything is taken back" in again
    assert without(pc.state, "told") == without(before, "told")
    assert pc.hive == hive
    assert [*pc.folder.iterdir()] == []
    assert "Nothing to take back" in pc.run(desk.script, "-Undo")


def test_its_file_says_who_it_is_and_is_signed_by_both(desk: Desk) -> None:
    desk.pc.run(desk.script, "-Name", "GV-0001")
    signed = desk.enrolment()
    said = signed.enrolment
    assert (said.name, said.serial, said.machine_id) == ("GV-0001", "SN-1", GUID)
    assert (said.addresses, said.macs) == (["192.0.2.7", "2001:db8::7"], ["02:fc:00:00:00:01"])
    assert (said.platform, said.transport, said.port, said.user) == (Platform.WINDOWS, "winrm", 5986, "deskprov")
    assert (said.site, said.batch, said.os) == ("O'Neil école", "batch-1", "Microsoft Windows 11 Pro")
    keys = OpenSshKeys()
    assert keys.signed_by(desk.order.batch.public_key, signed.text, signed.by_batch, NAMESPACE)
    assert keys.signed_by(signed.machine_key, signed.text, signed.by_machine, NAMESPACE)
    assert not keys.signed_by(signed.machine_key, signed.text + " ", signed.by_machine, NAMESPACE)
    certificate = x509.load_der_x509_certificate(certificate_der(said.certificate))
    assert certificate.not_valid_before_utc < NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc - NOW >= timedelta(days=5 * 365)
    assert desk.password() == desk.of_pc()


def test_the_password_is_nowhere_but_in_the_account(desk: Desk) -> None:
    said = desk.pc.run(desk.script, "-Name", "GV-0001", "-Verbose")
    password = desk.of_pc()
    kept = json.dumps(without(desk.pc.state, "users")) + json.dumps(desk.pc.hive)
    stick = "".join(file.read_text("utf-8") for file in desk.pc.folder.iterdir())
    assert len(password) > 30
    assert password not in said + kept + stick


def test_run_again_it_changes_only_the_password_and_the_file(desk: Desk) -> None:
    desk.pc.run(desk.script, "-Name", "GV-0001")
    first, state = desk.enrolment().enrolment, desk.pc.state
    said = desk.pc.run(desk.script, "-Name", "GV-0001")
    second = desk.enrolment().enrolment
    assert "open already" in said
    assert (second.certificate, second.name) == (first.certificate, first.name)
    assert without(desk.pc.state, "users") == without(state, "users")
    assert second.one_time != first.one_time
    assert desk.password() == desk.of_pc()


def test_one_that_deskprov_has_taken_in_keeps_its_password(desk: Desk) -> None:
    desk.pc.run(desk.script, "-Name", "GV-0001")
    hive = desk.pc.hive
    memory = hive["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["deskprov-bootstrap"]
    memory["values"]["Enrolled"] = {"kind": "DWord", "data": 1}
    desk.pc.begin(desk.pc.state, hive)
    password = desk.of_pc()
    assert "has taken this PC in already" in desk.pc.run(desk.script, status=1)
    assert desk.of_pc() == password
    desk.pc.run(desk.script, "-Again", "-Name", "GV-0001")
    assert desk.of_pc() != password


def test_what_was_there_before_stays(desk: Desk) -> None:
    """WinRM is in use over plain HTTP, its rule is on, and the policy is set: none of it is ours to take away."""
    http = {"Address": "*", "Transport": "HTTP", "CertificateThumbprint": ""}
    rules = [{"Name": "WINRM-HTTP-In-TCP", "Enabled": "True"}, {"Name": "WINRM-HTTP-In-TCP-PUBLIC", "Enabled": "False"}]
    used = {"WinRM": {"StartMode": "Auto", "State": "Running"}}
    desk.pc.begin(fresh(services=used, listeners=[http], rules=rules, remoting=True), registry(token_filter=0))
    before = desk.pc.state
    said = desk.pc.run(desk.script, "-Name", "DESKTOP-AB12")
    assert "Plain WinRM on port 5985 was there before, and stays" in said
    assert [one["Transport"] for one in desk.pc.state["listeners"]] == ["HTTP", "HTTPS"]
    assert [rule for rule in desk.pc.state["rules"] if rule["Name"].startswith("WINRM")] == rules
    assert "from the next start on" not in said
    desk.pc.run(desk.script, "-Undo")
    assert without(desk.pc.state, "told") == without(before, "told")
    assert desk.pc.value(*FILTER) == 0


def test_winrm_over_https_of_somebody_elses_is_not_touched(desk: Desk) -> None:
    https = {"Address": "192.0.2.7", "Transport": "HTTPS", "CertificateThumbprint": "AB CD"}
    used = {"WinRM": {"StartMode": "Auto", "State": "Running"}}
    desk.pc.begin(fresh(services=used, listeners=[https], remoting=True))
    before, hive = desk.pc.state, desk.pc.hive
    said = desk.pc.run(desk.script, "-Name", "GV-0001", status=1)
    assert "somebody else has set up WinRM over HTTPS" in said
    assert desk.pc.state["listeners"] == [https]
    desk.pc.run(desk.script, "-Undo")
    assert without(desk.pc.state, "told") == without(before, "told")
    assert desk.pc.hive == hive


@pytest.mark.parametrize(
    ("state", "hive", "words"),
    [
        ({"whoami": ['"Alto","Etiqueta","S-1-16-8192",""']}, {}, "This needs an administrator"),
        ({"whoami": []}, {}, "This needs an administrator"),
        ({}, {"s_mode": 1}, "Windows in S mode"),
    ],
    ids=["not elevated", "nobody", "S mode"],
)
def test_where_it_cannot_work_it_changes_nothing(
    desk: Desk, state: dict[str, Any], hive: dict[str, Any], words: str
) -> None:
    desk.pc.begin(fresh(**state), registry(**hive))
    before = desk.pc.state, desk.pc.hive
    said = desk.pc.run(desk.script, "-Name", "GV-0001", status=1)
    assert "STOPPED" in said
    assert words in said
    assert (desk.pc.state, desk.pc.hive) == before


@pytest.mark.parametrize("what", ["Enable-PSRemoting", "New-SelfSignedCertificate", "New-LocalUser"])
def test_what_windows_denies_stops_it_and_can_be_taken_back(desk: Desk, what: str) -> None:
    desk.pc.begin(fresh(denied=[what]))
    before, hive = desk.pc.state, desk.pc.hive
    said = desk.pc.run(desk.script, "-Name", "GV-0001", status=1)
    assert "STOPPED: Access is denied." in said
    assert not list(desk.pc.folder.glob("deskprov-enrol-*"))
    desk.pc.run(desk.script, "-Undo")
    assert without(desk.pc.state, "told") == without(before, "told")
    assert desk.pc.hive == hive


@pytest.mark.parametrize("name", ["1234", "GV1-", "GV-0001-00020003", "$(id)"])
def test_what_is_no_name_of_a_pc_is_refused_before_anything_is_done(desk: Desk, name: str) -> None:
    before = desk.pc.state, desk.pc.hive
    assert "cannot be the name of a PC" in desk.pc.run(desk.script, "-Name", name, status=1)
    assert (desk.pc.state, desk.pc.hive) == before


def test_the_name_comes_from_the_list_by_serial_else_from_the_person(desk: Desk) -> None:
    listing = desk.pc.folder / NAMES_FILE
    rows = [("SN-1", "GV-0001"), ("SN-2", "no name"), ("SN-3", "GV-3"), ("SN-3", "GV-4")]
    listing.write_text(names_file(rows)[NAMES_FILE], "utf-8", newline="")
    assert len(listing.read_text().splitlines()) == 2, "what can be nobody's name, and who stands twice, are left out"
    desk.pc.run(desk.script)
    assert (desk.enrolment().enrolment.name, desk.pc.state["told"][1:]) == ("GV-0001", [])
    desk.pc.run(desk.script, "-Undo")
    listing.write_text(names_file([("SN-2", "GV-2")])[NAMES_FILE], "utf-8", newline="")
    desk.pc.begin(fresh(typed=" GV-7 "))
    assert "SN-1 is not in deskprov-names.csv" in desk.pc.run(desk.script)
    assert desk.enrolment().enrolment.name == "GV-7"
    assert "Enter: DESKTOP-AB12" in "".join(desk.pc.state["told"])


def test_an_account_of_somebody_elses_is_not_touched(desk: Desk) -> None:
    theirs = {"Name": "deskprov", "Enabled": True, "password": "theirs"}
    desk.pc.begin(fresh(users=[theirs]))
    assert "that this script has not made" in desk.pc.run(desk.script, "-Name", "GV-0001", status=1)
    desk.pc.run(desk.script, "-Undo")
    assert desk.pc.state["users"] == [theirs]


def test_home_an_ended_script_and_a_firewall_that_heeds_nobody_are_told(desk: Desk) -> None:
    shut = [{"Name": "Public", "AllowInboundRules": "NotConfigured", "AllowLocalFirewallRules": "False"}]
    desk.pc.begin(fresh(profiles=shut), registry(edition="CoreSingleLanguage"))
    desk.order = replace(desk.order, batch=replace(desk.order.batch, ends=NOW - timedelta(days=1)))
    said = desk.pc.run(desk.script, "-Name", "GV-0001")
    assert "This is Windows Home (CoreSingleLanguage)" in said
    assert "This script ended on" in said
    assert "heeds no rules of this PC's own on these networks: Public" in said


def test_it_speaks_spanish_without_a_sign_that_is_not_ascii(desk: Desk) -> None:
    desk.order = replace(desk.order, language="es")
    assert desk.script.isascii()
    said = desk.pc.run(desk.script, "-Name", "GV-0001")
    assert "contraseña al azar que nadie ve" in said


def test_pasted_it_shows_its_file_between_markers(desk: Desk) -> None:
    said = desk.pc.paste(desk.script)
    _, _, rest = said.partition("-----BEGIN DESKPROV ENROLMENT-----")
    assert rest
    [file] = desk.pc.folder.glob("deskprov-enrol-*.json")
    copied, problems = read(desk.pc.copied(said), "copied.txt")
    assert copied is not None, problems
    assert copied.text == read(file.read_bytes(), file.name)[0].text  # type: ignore[union-attr]


def test_after_an_answer_file_nothing_of_it_is_left(desk: Desk, tmp_path: Path) -> None:
    setup = {"Name": "deskprov-setup", "Enabled": True, "password": ""}
    desk.pc.begin(fresh(users=[setup], administrators=["deskprov-setup"]))
    copy = tmp_path / "Windows" / "Panther" / "unattend.xml"
    copy.parent.mkdir(parents=True)
    copy.write_text("<unattend/>")
    said = desk.pc.run(desk.script, "-Unattended")
    assert not copy.exists()
    assert [user["Name"] for user in desk.pc.state["users"]] == ["deskprov"]
    assert desk.pc.value(*WINLOGON, "AutoAdminLogon") is None
    assert desk.pc.value(*WINLOGON, "DefaultPassword") is None
    assert desk.enrolment().enrolment.name == "DESKTOP-AB12"
    assert "asked:" not in "".join(desk.pc.state["told"])
    assert "deskprov-setup of the installation is gone" in said


def test_stopped_after_an_answer_file_nobody_is_logged_on_any_more_and_it_says_what_is_left(
    desk: Desk, tmp_path: Path
) -> None:
    setup = {"Name": "deskprov-setup", "Enabled": True, "password": ""}
    desk.pc.begin(fresh(users=[setup], administrators=["deskprov-setup"], denied=["New-LocalUser"]))
    copy = tmp_path / "Windows" / "Panther" / "unattend.xml"
    copy.parent.mkdir(parents=True)
    copy.write_text("<unattend/>")
    said = desk.pc.run(desk.script, "-Unattended", status=1)
    assert not copy.exists()
    assert desk.pc.value(*WINLOGON, "AutoAdminLogon") is None
    assert "Access is denied" in said
    assert "deskprov-setup of the installation is still there, an administrator without a password" in said


LOGIN_KEY = f"ssh-ed25519 {'A' * 68} deskprov@example"
SSHD = {"StartMode": "Auto", "State": "Running"}


def over_ssh(desk: Desk) -> str:
    desk.order = replace(desk.order, transport="ssh", login_key=LOGIN_KEY, seal_certificate="")
    return desk.script


def test_over_ssh_only_the_key_of_the_site_gets_in_and_everything_is_taken_back(desk: Desk, tmp_path: Path) -> None:
    pc, script = desk.pc, over_ssh(desk)
    before, hive = pc.state, pc.hive
    pc.run(script, "-Name", "GV-0001")
    state, folder = pc.state, tmp_path / "ProgramData" / "ssh"
    assert {one["Name"] for one in state["rules"] if one["Enabled"] == "True"} == {"deskprov-ssh", "CoreNet-DHCP-In"}
    assert state["services"] == {"WinRM": {"StartMode": "Manual", "State": "Stopped"}, "sshd": SSHD}
    assert (state["listeners"], pc.value(*FILTER), state["sleep"]) == ([], None, [0, 0])
    [line] = (folder / "administrators_authorized_keys").read_text().splitlines()
    key = " ".join(LOGIN_KEY.split()[:2])
    assert line == f'restrict,pty,from="10.1.0.0/16,2001:db8::5" {key} deskprov-bootstrap'
    assert [line for line in state["told"] if line.startswith("icacls")] == [
        "icacls: /reset",
        "icacls: /inheritance:r /grant *S-1-5-32-544:F /grant *S-1-5-18:F",
    ]
    assert (folder / "sshd_config").read_text().splitlines()[:2] == [
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
    ]
    signed, keys = desk.enrolment(), OpenSshKeys()
    said = signed.enrolment
    assert (said.platform, said.transport, said.shell, said.port) == (Platform.WINDOWS, "ssh", "cmd", 22)
    assert said.host_key == " ".join((folder / "ssh_host_ed25519_key.pub").read_text().split()[:2])
    assert keys.signed_by(signed.machine_key, signed.text, signed.by_machine, NAMESPACE)
    assert keys.signed_by(desk.order.batch.public_key, signed.text, signed.by_batch, NAMESPACE)
    assert not list(folder.glob("deskprov-*")), "what was signed is not left there"
    pc.run(script, "-Name", "GV-0001")
    assert len((folder / "administrators_authorized_keys").read_text().splitlines()) == 1
    pc.run(script, "-Undo")
    assert without(pc.state, "told") == without(before, "told")
    assert pc.hive == hive
    assert not (folder / "administrators_authorized_keys").exists()
    assert (folder / "sshd_config").read_bytes() == b"#Port 22\r\n"


def test_over_ssh_it_stops_when_others_may_still_change_the_keys(desk: Desk) -> None:
    desk.pc.begin(fresh(denied=["icacls.exe"]))
    said = desk.pc.run(over_ssh(desk), "-Name", "GV-0001", status=1)
    assert "icacls.exe ended with 5" in said
    assert "The site's key may log in" not in said


def test_an_ssh_server_of_somebody_elses_keeps_its_keys_and_settings(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "ProgramData" / "ssh"
    folder.mkdir(parents=True)
    (folder / "sshd_config").write_text("Port 22\n")
    (folder / "administrators_authorized_keys").write_text("ssh-ed25519 THEIRS them\n")
    services = {"WinRM": {"StartMode": "Manual", "State": "Stopped"}, "sshd": SSHD}
    rules = [{"Name": "OpenSSH-Server-In-TCP", "Enabled": "True"}]
    hive = registry()
    hive["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["OpenSSH"] = key(
        values={"DefaultShell": ("String", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe")}
    )
    desk.pc.begin(fresh(services=services, rules=rules), hive)
    before = desk.pc.state
    desk.pc.run(over_ssh(desk), "-Name", "GV-0001")
    assert desk.enrolment().enrolment.shell == "powershell"
    assert (folder / "administrators_authorized_keys").read_text().splitlines()[0] == "ssh-ed25519 THEIRS them"
    assert desk.pc.state["rules"][0] == rules[0]
    desk.pc.run(desk.script, "-Undo")
    assert without(desk.pc.state, "told") == without(before, "told")
    assert (folder / "administrators_authorized_keys").read_text() == "ssh-ed25519 THEIRS them\n"
    assert (folder / "sshd_config").read_text() == "Port 22\n"
