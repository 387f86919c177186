"""Which of the controller's apt settings a machine gets."""

import pytest

from deskprov.practice.apt_settings import KEPT_SMALL, Source, acquire_options, debian_sources

PARAGRAPHS = """
Types: deb deb-src
# the mirror in the house
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQIN

Types: deb
URIs: https://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/house.gpg

Types: deb
URIs: https://packages.example.com/tool
Suites: stable
Components: main

Types: deb
URIs: http://off.example.org/debian
Suites: bookworm
Components: main
Enabled: no
"""

LINES = """
# deb http://commented.example.org/debian bookworm main
deb cdrom:[Debian 12]/ bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/house.gpg] http://mirror.example.org/debian bookworm main contrib # ours
deb-src http://mirror.example.org/debian bookworm main
deb [trusted=yes] https://packages.example.com/tool ./
"""


def test_debian_archives_are_taken_over_and_turned_to_the_suite() -> None:
    first, second = debian_sources(PARAGRAPHS, "bookworm", "trixie")
    assert (first.uris, first.suites, first.components) == (
        ("http://mirror.example.org/debian",),
        ("trixie", "trixie-updates"),
        ("main", "contrib"),
    )
    assert "BEGIN PGP" in first.signed_by
    assert "Signed-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQIN\n" in first.as_text()
    assert (second.suites, second.signed_by) == (("trixie-security",), "/usr/share/keyrings/house.gpg")


def test_the_one_line_format_is_read_too() -> None:
    assert debian_sources(LINES, "bookworm", "bookworm") == [
        Source(("http://mirror.example.org/debian",), ("bookworm",), ("main", "contrib"), "/etc/apt/keyrings/house.gpg")
    ]


@pytest.mark.parametrize(
    ("text", "codename"), [("", "bookworm"), (PARAGRAPHS, ""), ("deb http://archive.example.org/ubuntu noble main", "")]
)
def test_a_controller_without_debian_sources_uses_debians_own_servers(text: str, codename: str) -> None:
    sources = debian_sources(text, codename, "bookworm")
    assert {source.uris[0].split("/")[2] for source in sources} == {"deb.debian.org"}
    assert [source.suites for source in sources] == [("bookworm", "bookworm-updates"), ("bookworm-security",)]


def test_only_how_to_fetch_is_taken_over() -> None:
    dump = """
APT::Update::Post-Invoke-Success:: "a-program-of-the-controller";
DPkg::Pre-Install-Pkgs:: "another";
Acquire "";
Acquire::http::Proxy "http://proxy.example.org:3128";
Acquire::http::Proxy-Auto-Detect "/usr/bin/auto-apt-proxy";
Acquire::https::CAInfo "/etc/ssl/house.pem";
Acquire::IndexTargets::deb::Packages::Optional "0";
Acquire::Languages:: "es";
"""
    assert acquire_options(dump, {"http_proxy": "http://ignored.example.org"}) == [
        'Acquire::http::Proxy "http://proxy.example.org:3128";',
        'Acquire::https::CAInfo "/etc/ssl/house.pem";',
        *KEPT_SMALL,
    ]


def test_proxies_of_the_environment_become_options() -> None:
    environment = {"https_proxy": "http://proxy.example.org:3128", "no_proxy": "localhost, .example.org,10.0.0.0/8"}
    assert acquire_options("", environment) == [
        'Acquire::https::Proxy "http://proxy.example.org:3128";',
        'Acquire::https::Proxy::localhost "DIRECT";',
        'Acquire::https::Proxy::example.org "DIRECT";',
        *KEPT_SMALL,
    ]
