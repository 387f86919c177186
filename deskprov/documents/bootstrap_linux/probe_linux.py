"""Runs on the machine, inside the bootstrap script: says what it is as JSON, and puts signatures below that."""

import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DMI = "/sys/class/dmi/id/"
NETWORK = "/sys/class/net/"
EVERY_ADDRESS = ("0.0.0.0", "::")
MOST = 16


def collect(
    site: str, batch: str, user: str, host_key_file: str, sshd_settings: str, addresses: str, first: str
) -> "dict[str, Any]":
    port, stated = _listening(sshd_settings)
    found = stated or [first, *addresses.split()]
    return {
        "site": site,
        "batch": batch,
        "user": user,
        "name": os.uname().nodename.partition(".")[0],
        "port": port,
        "addresses": [address for address in dict.fromkeys(found) if address and not _only_nearby(address)][:MOST],
        "host_key": " ".join(_text(host_key_file).split()[:2]),
        "serial": _text(DMI + "product_serial") or _text("/proc/device-tree/serial-number"),
        "uuid": _text(DMI + "product_uuid").lower(),
        "machine_id": _text("/etc/machine-id"),
        "macs": _macs(),
        "os": _release(),
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def sign(enrolment_file: str, by_machine_file: str, by_batch_file: str) -> "dict[str, Any]":
    return {
        "deskprov_enrolment": 1,
        "enrolment": _content(enrolment_file),
        "by_machine": _content(by_machine_file),
        "by_batch": _content(by_batch_file),
    }


def _listening(settings: str) -> "tuple[int, list[str]]":
    """The port, and the addresses that the server is bound to, if not to all."""
    port, addresses = 22, []
    for line in settings.splitlines():
        word, _, value = line.partition(" ")
        if word == "port":
            port = int(value)
        if word == "listenaddress":
            address, _, own_port = value.rpartition(":")
            if address.strip("[]") not in EVERY_ADDRESS:
                port = int(own_port)
                addresses.append(address.strip("[]"))
    return port, addresses


def _only_nearby(address: str) -> bool:
    return address.lower().startswith(("fe80:", "169.254."))


def _macs() -> "list[str]":
    names = sorted(os.listdir(NETWORK)) if os.path.isdir(NETWORK) else []
    real = [name for name in names if os.path.exists(f"{NETWORK}{name}/device")]
    return [mac for mac in (_text(f"{NETWORK}{name}/address").lower() for name in real) if mac][:MOST]


def _release() -> str:
    lines = (line.partition("=") for line in _text("/etc/os-release").splitlines())
    return {name: value.strip('"') for name, _, value in lines}.get("PRETTY_NAME", "")[:200]


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(10000).replace("\0", "").strip()
    except OSError:
        return ""


def _content(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    verb, arguments = sys.argv[1], sys.argv[2:]
    json.dump(collect(*arguments) if verb == "collect" else sign(*arguments), sys.stdout, indent=1)
