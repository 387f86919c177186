"""Pins on disk: what is written, where, and that no two writers lose each other's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deskprov.adapters.inventory_file import SiteInventory
from deskprov.adapters.known_hosts import KnownHosts
from deskprov.formats.known_hosts import FILE, PRACTICE_FILE, fingerprint
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.machine import HostKey
from tests.adapters.ssh.servers import new_key, public_line


def key() -> HostKey:
    line = public_line(new_key())
    return HostKey(line, fingerprint(line))


def test_pin_replaces_and_keeps_comments(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text("# confirmed by phone\n")
    keys, host, first, second = KnownHosts(tmp_path), Host("lab-01", Connection("a")), key(), key()
    keys.pin(host, first)
    keys.pin(host, second)
    assert path.read_text() == f"# confirmed by phone\nlab-01 {second.line}\n"
    keys.forget("lab-01")
    keys.forget("never-there")
    assert path.read_text() == "# confirmed by phone\n"


def test_bytes_that_are_no_text_stay(tmp_path: Path) -> None:
    path, shown = tmp_path / FILE, key()
    path.parent.mkdir()
    path.write_bytes(b"# M\xfcller confirmed this\n")
    KnownHosts(tmp_path).pin(Host("lab-01", Connection("a")), shown)
    assert path.read_bytes() == b"# M\xfcller confirmed this\n" + f"lab-01 {shown.line}\n".encode()


def test_practice_machines_have_a_file_of_their_own(tmp_path: Path) -> None:
    shown = key()
    KnownHosts(tmp_path).pin(Host("practice-1", Connection("a"), practice=True), shown)
    assert (tmp_path / PRACTICE_FILE).read_text() == f"practice-1 {shown.line}\n"
    assert not (tmp_path / FILE).exists()


def test_the_inventory_reads_what_was_pinned(tmp_path: Path) -> None:
    inventory, shown = SiteInventory(tmp_path), key()
    inventory.add(Host("lab-01", Connection("a")), None)
    KnownHosts(tmp_path).pin(inventory.read().hosts["lab-01"], shown)
    assert inventory.read().hosts["lab-01"].known_host == shown.line


def test_twenty_pins_at_once(tmp_path: Path) -> None:
    shown = key()

    def pin(number: int) -> None:
        KnownHosts(tmp_path).pin(Host(f"lab-{number}", Connection("a")), shown)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(pin, range(20)))
    names = {line.split()[0] for line in (tmp_path / FILE).read_text().splitlines()}
    assert names == {f"lab-{number}" for number in range(20)}
