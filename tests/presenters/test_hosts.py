"""Machines of the inventory on the screen."""

from deskprov.model.inventory import Connection, Host
from deskprov.presenters.hosts import after_add, after_trust, host_view, hosts_view, identity_view
from deskprov.presenters.safe_console import SafeConsole

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ8u2xkqRSP35TayGBVw4sklChxVyZjQgwHMfwpJT/8"


def text(renderable: object, width: int = 140) -> str:
    console = SafeConsole(width=width, no_color=True)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


LAB = Host("lab-01", Connection("2001:db8::1", 2222), profile="lab", groups=frozenset({"b", "a"}), known_host=KEY)


def test_table_says_who_is_trusted_and_what_is_practice() -> None:
    shown = text(hosts_view([LAB, Host("practice-1", Connection("127.0.0.2"), practice=True)])).splitlines()
    assert shown[0].split() == ["Name", "Address", "Profile", "Groups", "Identity"]
    assert shown[1].split() == ["lab-01", "[2001:db8::1]:2222", "lab", "a,", "b", "pinned"]
    assert shown[2].split() == ["practice-1", "(practice)", "127.0.0.2", "-", "not", "trusted", "yet"]


def test_values_of_files_cannot_act_on_the_terminal() -> None:
    shown = text(host_view(Host("pc", Connection("a"), vars={"note": "\x1b[2Jgone\u202e"})))
    assert "\x1b" not in shown
    assert "\\x1b[2Jgone\\u202e" in shown


def test_next_step_depends_on_the_identity() -> None:
    unnamed = Host("lab-01", LAB.connection, known_host=LAB.known_host)
    for said in (text(after_add(unnamed)), text(after_trust(unnamed, "SHA256:a"))):
        assert said.endswith("Next: deskprov setup lab-01 --profile PROFILE\n")
    named = Host("lab-01", LAB.connection, profile="lab", known_host=LAB.known_host)
    for said in (text(after_add(named)), text(after_trust(named, "SHA256:a"))):
        assert said.endswith("Next: deskprov setup lab-01\n")
    assert "Next: deskprov host trust pc" in text(after_add(Host("pc", Connection("a"))))


def test_a_changed_identity_is_loud() -> None:
    assert "had another identity until now" in text(identity_view(LAB, "ssh-ed25519 SHA256:new", "SHA256:old"))
    assert "another identity" not in text(identity_view(LAB, "ssh-ed25519 SHA256:new", ""))


def test_what_is_to_be_typed_or_pasted_is_whole_at_80_columns() -> None:
    connection = Connection("2001:db8:1234:5678:9abc:def0:1234:5678", 2222)
    host = Host("room-12-laptop-03", connection, profile="staff-laptop", place="room-12", ring="broad", known_host=KEY)
    shown = text(hosts_view([host]), 80)
    assert "[2001:db8:1234:5678:9abc:def0:1234:5678]:2222" in shown
    assert "room-12-laptop-03" in shown
    assert "…" not in shown
    assert max(map(len, text(hosts_view([host, LAB]), 100).splitlines())) <= 100
    asked = text(identity_view(host, "ssh-ed25519 SHA256:new", ""), 40).splitlines()
    assert "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done" in asked
