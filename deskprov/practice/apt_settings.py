"""The controller's way to its package server, as files for a practice machine.

A machine must install packages from where the controller does: through the same mirror, proxy, keys and certificates.
Only that is taken over. Hooks and other habits of the controller's apt stay where they are, because the programs they
call are not in the machine, and so do its sources of other makers.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

SERVER_ADDRESS = re.compile(r"^(https?|mirror\+https?|mirror)://?")
OPTION = re.compile(r'^(?P<key>Acquire::[^ ]+) "(?P<value>.*)";$')
NOT_TAKEN_OVER = re.compile(
    r"^Acquire::(IndexTargets|Changelogs|CompressionTypes|Languages|GzipIndexes|cdrom|.*Proxy-Auto-Detect)(::|$)",
    re.I,
)
KEPT_SMALL = ["#clear Acquire::Languages;", 'Acquire::Languages "none";', 'Acquire::GzipIndexes "true";']

CREDENTIALS = ("/etc/apt/auth.conf",)
CREDENTIAL_FOLDERS = ("/etc/apt/auth.conf.d",)
KEYS = ("/etc/apt/trusted.gpg", "/etc/ssl/certs/ca-certificates.crt")
KEY_FOLDERS = ("/etc/apt/trusted.gpg.d", "/etc/apt/keyrings", "/usr/local/share/ca-certificates")
DEBIAN_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Source(Struct, frozen=True):
    """One paragraph of a `.sources` file."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str

    def as_text(self) -> str:
        """The paragraph in the format of sources.list(5)."""
        signed = f"Signed-By: {self.signed_by}\n" if self.signed_by else ""
        return (
            f"Types: deb\nURIs: {' '.join(self.uris)}\nSuites: {' '.join(self.suites)}\n"
            f"Components: {' '.join(self.components)}\n{signed}"
        )


class AptSettings(Struct, frozen=True):
    """What apt in a machine needs: text of its sources and options, and the controller's files to copy as they are."""

    sources: str
    options: str
    copies: tuple[Path, ...]


def read_apt_settings(suite: str, environment: Mapping[str, str] | None = None) -> AptSettings:
    """The controller's settings, for machines of that Debian suite."""
    environment = os.environ if environment is None else environment
    sources = debian_sources(_controller_sources(), _controller_codename(), suite)
    dump = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout
    options = acquire_options(dump, environment)
    return AptSettings(
        sources="\n".join(source.as_text() for source in sources),
        options="\n".join(options) + "\n",
        copies=tuple(_files_to_copy(sources, options)),
    )


def debian_sources(text: str, codename: str, suite: str) -> list[Source]:
    """The Debian archives among the controller's sources, turned to `suite`; Debian's own servers when there are none.

    `codename` is the controller's own Debian release, empty when it is no Debian.
    """
    archives = {codename + ending for ending in ("", "-updates", "-security", "/updates")} if codename else set()
    found = []
    for source in _parse(text):
        uris = tuple(uri for uri in source.uris if SERVER_ADDRESS.match(uri))
        suites = tuple(name.replace(codename, suite, 1) for name in source.suites if name in archives)
        if uris and suites:
            found.append(Source(uris, suites, source.components, source.signed_by))
    if any(suite in source.suites for source in found):
        return found
    return [
        Source(("http://deb.debian.org/debian",), (suite, f"{suite}-updates"), ("main",), DEBIAN_KEYS),
        Source(("http://deb.debian.org/debian-security",), (f"{suite}-security",), ("main",), DEBIAN_KEYS),
    ]


def acquire_options(dump: str, environment: Mapping[str, str]) -> list[str]:
    """The lines for apt.conf that say how to fetch, from `apt-config dump` and the environment's proxy variables."""
    taken = [
        line
        for line in dump.splitlines()
        if (match := OPTION.match(line)) and match["value"] and not NOT_TAKEN_OVER.match(match["key"])
    ]
    return [*taken, *_proxy_options(taken, environment), *KEPT_SMALL]


def _proxy_options(taken: list[str], environment: Mapping[str, str]) -> list[str]:
    """apt obeys the proxy variables too, but the machine does not have them."""
    options = []
    direct = [name.strip().lstrip(".") for name in environment.get("no_proxy", "").split(",")]
    for scheme in ("http", "https"):
        proxy = environment.get(f"{scheme}_proxy", "")
        if proxy and '"' not in proxy and not any(line.startswith(f"Acquire::{scheme}::Proxy ") for line in taken):
            options.append(f'Acquire::{scheme}::Proxy "{proxy}";')
            options += [
                f'Acquire::{scheme}::Proxy::{name} "DIRECT";' for name in direct if re.fullmatch(r"[\w.-]+", name)
            ]
    return options


def _files_to_copy(sources: list[Source], options: list[str]) -> list[Path]:
    named = [source.signed_by for source in sources if source.signed_by.startswith("/")]
    named += [match["value"] for line in options if (match := OPTION.match(line)) and match["value"].startswith("/")]
    folders = [Path(folder) for folder in (*KEY_FOLDERS, *CREDENTIAL_FOLDERS)]
    inside = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    wanted = [*map(Path, (*KEYS, *CREDENTIALS, *named)), *inside]
    return sorted({path for path in wanted if path.is_file()})


def _controller_sources() -> str:
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.list")), *sorted(folder.glob("*.sources"))]
    return "\n\n".join(path.read_text() for path in files if path.is_file())


def _controller_codename() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except FileNotFoundError:
        return ""
    release = dict(line.split("=", 1) for line in lines if "=" in line)
    return release.get("VERSION_CODENAME", "").strip('"') if release.get("ID") == "debian" else ""


def _parse(text: str) -> list[Source]:
    """Both formats of sources.list(5), one after the other in one text."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.splitlines() if line.strip() and not line.startswith("#")]
        one_line = [line for line in lines if line.split()[0] in ("deb", "deb-src")]
        found += [source for line in one_line if (source := _from_line(line))]
        if not one_line and (source := _from_paragraph(lines)):
            found.append(source)
    return found


def _from_line(line: str) -> Source | None:
    match = re.match(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<rest>.+)$", line)
    if not match:
        return None
    options = dict(option.split("=", 1) for option in (match["options"] or "").split() if "=" in option)
    components = tuple(match["rest"].split("#")[0].split())
    return Source((match["uri"],), (match["suite"],), components, options.get("signed-by", ""))


def _from_paragraph(lines: list[str]) -> Source | None:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[0].isspace():
            fields[name] = fields.get(name, "") + "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.strip()
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in (
        "no",
        "false",
    ):
        return None
    return Source(
        uris=tuple(fields.get("uris", "").split()),
        suites=tuple(fields.get("suites", "").split()),
        components=tuple(fields.get("components", "").split()),
        signed_by=fields.get("signed-by", ""),
    )
