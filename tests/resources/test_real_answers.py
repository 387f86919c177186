"""What the probe files really say about things of this machine, asked as on any other, by their own program."""

import grp
import hashlib
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats import dpkg
from deskprov.formats.file_system import at, observed_at
from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.resources import BY_NAME, on_platform
from deskprov.stages.probe import compile_program, parse_answers

NONCE = "00112233445566778899aabbccddeeff"
HOSTILE = "{{ 7 * 7 }} $(id) `id` 'x\" ñ 漢字 ~ !"


def ask(*probes: Probe) -> list[Any]:
    program = compile_program(probes, NONCE)
    done = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True, timeout=60)
    return parse_answers(done.stdout, probes, NONCE)


def look(type_name: str, **stated: Any) -> Observation:
    options = BY_NAME[type_name].Options(**stated)
    platform = on_platform(BY_NAME[type_name], Platform.LINUX)
    return platform.observe(options, ask(*platform.probes(options)))


def test_a_group() -> None:
    group = grp.getgrall()[-1]
    options = BY_NAME["groups"].Options.model_construct(name=group.gr_name)
    platform = on_platform(BY_NAME["groups"], Platform.LINUX)
    assert platform.observe(options, ask(*platform.probes(options))) == {"gid": group.gr_gid}
    assert look("groups", name="no-such-group") is Sight.ABSENT


def test_the_file_system(tmp_path: Path) -> None:
    folder = tmp_path / HOSTILE
    folder.mkdir()
    folder.chmod(0o2751)
    file = folder / "file"
    file.write_bytes(b"123")
    file.chmod(0o640)
    link = folder / "link"
    link.symlink_to("/no/where")
    os.mkfifo(folder / "pipe")
    me = {"owner": pwd.getpwuid(os.getuid()).pw_name, "group": grp.getgrgid(os.getgid()).gr_name}
    nothing = dict.fromkeys(("mode", "owner", "group", "size", "entries", "target"))
    answers = ask(*(at(str(path)) for path in (folder, file, link, folder / "none", file / "below", folder / "pipe")))
    seen = [observed_at(answer) for answer in answers]
    assert seen[0] == {**nothing, **me, "kind": "folder", "mode": "2751", "entries": 3}
    assert seen[1] == {**nothing, **me, "kind": "file", "mode": "0640", "size": 3}
    assert seen[2] == {**nothing, **me, "kind": "link", "target": "/no/where"}
    assert seen[3:5] == [Sight.ABSENT, Sight.ABSENT]
    assert isinstance(seen[5], dict)
    assert seen[5]["kind"] == "other"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Closed\r\n{{ today }}", "Closed\r\n{{ today }}"),
        (b"", ""),
        (bytes(range(256)), None),
        (b"\xff\xfe", None),
        (b"x" * 65_537, None),
        (b"x" * 3_000_000, None),
    ],
    ids=["text", "empty", "binary", "not-utf8", "long", "longer-than-a-block"],
)
def test_content_of_a_file(tmp_path: Path, content: bytes, text: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    seen = look("files", path=str(path), content="something else")
    assert isinstance(seen, dict)
    assert (seen["sha256"], seen["text"]) == (hashlib.sha256(content).hexdigest(), text)


def test_content_that_is_as_wanted_stays_on_the_machine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("as wanted")
    seen = look("files", path=str(tmp_path / "file"), content="as wanted")
    assert isinstance(seen, dict)
    assert seen["text"] is None


def test_content_behind_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    seen = look("files", path=str(tmp_path / "link"), content="x")
    assert isinstance(seen, dict)
    assert (seen["kind"], seen["sha256"], seen["text"]) == ("link", None, None)


def test_packages_are_those_that_dpkg_names() -> None:
    form = "${db:Status-Status} ${Package} ${Architecture} ${Version} ${db:Status-Want}\n"
    said = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    named = [line.split(" ") for line in said.splitlines() if line.startswith("installed ")]
    found = dpkg.packages(ask(dpkg.INSTALLED)[0])
    assert found
    assert sorted((p.name, p.architecture, p.version, p.held) for p in found) == sorted(
        (name, architecture, version, want == "hold") for _, name, architecture, version, want in named
    )


STATUS = """\
Package: held-one
Status: hold ok installed
Architecture: amd64
Version: 1:2.0-1
Description: a package
 Version: 9 is text here

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: half
Status: install reinstreq half-installed
Architecture: all
Version: 1

Package: waiting
Status: install ok triggers-awaited
Architecture: all
Version: 3
"""


def test_only_what_is_installed_counts(tmp_path: Path) -> None:
    (tmp_path / "status").write_text(STATUS)
    [answer] = ask(Probe(dpkg.INSTALLED.script, str(tmp_path / "status")))
    assert answer == [["held-one", "amd64", "1:2.0-1", True], ["waiting", "all", "3", False]]


def test_without_dpkg_nothing_is_reported(tmp_path: Path) -> None:
    [answer] = ask(Probe(dpkg.INSTALLED.script, str(tmp_path / "none")))
    assert isinstance(answer, ProbeError)
    assert dpkg.packages(answer) is None
