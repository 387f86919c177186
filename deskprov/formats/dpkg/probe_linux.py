"""Runs on the machine: every installed package as [name, architecture, version, held], out of dpkg's own file.

Reading the file costs less than starting dpkg-query. Format: dpkg(1), deb-control(5); `Status: want flag status`.
"""

STATUS_FILE = "/var/lib/dpkg/status"
HERE = ("installed", "triggers-awaited", "triggers-pending")


def look(path: "str | None") -> "list[list[object]]":
    with open(path or STATUS_FILE, encoding="utf-8", errors="replace") as status:
        return [package for stanza in status.read().split("\n\n") for package in _installed(stanza)]


def _installed(stanza: str) -> "list[list[object]]":
    fields = {}
    for line in stanza.splitlines():
        if line.startswith(("Package: ", "Status: ", "Architecture: ", "Version: ")):
            name, _, value = line.partition(": ")
            fields[name] = value.strip()
    want, _, rest = fields.get("Status", "").partition(" ")
    if rest.rpartition(" ")[2] not in HERE:
        return []
    return [[fields["Package"], fields.get("Architecture", ""), fields.get("Version", ""), want == "hold"]]
