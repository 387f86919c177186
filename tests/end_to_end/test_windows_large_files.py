"""Large files on a practice PC, which really fetches them from the file server of a run; by Ansible where it cannot.

Real Ansible, real WinRM with NTLM over TLS, a real HTTPS server, a double of Windows.
"""

import hashlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from typing import Any, cast

import pytest

from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import Outcome
from deskprov.practice.windows import file_system
from deskprov.wiring import open_site
from tests.end_to_end.bench import SETTINGS, Bench

pytestmark = pytest.mark.ansible

NAME = "practice-pc-1"
PATH = "C:\\Images\\large it's.exe"
KEY, TOOL = f"files/{PATH}", "software/example-tool"
MIB = 1024 * 1024


def profile(*, sha256: str = "", product: str = "") -> str:
    """Two that ship one large file: a file that is closed, and an installer, if its product is stated."""
    rules = [{"who": "administrators", "may": "full"}]
    file = {"path": PATH, "source": "files/large.exe", "inherit": False, "access": rules}
    tool = {"name": "example-tool", "product": product, "source": "files/large.exe", "sha256": sha256}
    stated = {"folders": ["C:\\Images"], "files": [file], "software": [{**tool, "arguments": "/S"}] if product else []}
    body = "".join(f"{kind}: {json.dumps(value)}\n" for kind, value in stated.items())
    return f"profile: lab\nplatform: windows\n{body}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.write("profiles/lab.yml", profile())
    ship(bench, 1, b"small")
    bench.run("practice", "start", "windows", "--profile", "lab")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def ship(desk: Bench, size: int, last: bytes) -> str:
    """Makes the file of the site so large, mostly of nothing; its hash."""
    file = desk.root / "profiles/files/large.exe"
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as out:
        out.truncate(size)
        out.seek(size)
        out.write(last)
    with file.open("rb") as written:  # what this process has held counts as what its children have
        return hashlib.file_digest(written, "sha256").hexdigest()


def there(desk: Bench) -> tuple[str, bool]:
    """The hash of what is on the PC, and whether it is closed."""
    state = json.loads((desk.root / f".deskprov/practice/windows/{NAME}/state.json").read_text())
    entry = state["files"][PATH.lower()]
    return hashlib.sha256(file_system.read(entry)).hexdigest(), entry.get("closed", False)


def set_up(desk: Bench) -> tuple[dict[str, Any], int]:
    """What became of each resource, all of it good, and the most memory that deskprov itself had, in bytes."""
    command = desk.command("setup", NAME, "--yes", "--json")
    with subprocess.Popen(command, env=desk.environment(), stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        [host] = json.loads(run.stdout.read())["hosts"]
        _, _, used = os.wait4(run.pid, 0)
    assert (host["outcome"], host["verified"]) == ("ok", True), host
    return {each["resource"]: each for each in host["results"]}, used.ru_maxrss * 1024


def pushes(desk: Bench) -> int:
    """How often Ansible has copied something to the PC."""
    journal = desk.root / f".deskprov/practice/windows/{NAME}/journal.jsonl"
    return sum("winrm_put_file" in line for line in journal.read_text().splitlines())


def test_sixty_megabytes_are_fetched_and_whatever_is_not_them_is_refused(desk: Bench) -> None:
    _, small = set_up(desk)
    before = pushes(desk)
    sha256 = ship(desk, 60 * MIB, b"first")
    desk.write("profiles/lab.yml", profile(sha256=sha256, product="Example Tool 1"))
    planned = desk.run("plan", NAME)
    assert planned.count("transfer: 60.0 MiB: the PC fetches it from deskprov") == 2
    done, large = set_up(desk)
    assert {key: (done[key]["status"], done[key]["message"]) for key in (KEY, TOOL)} == {
        KEY: ("changed", ""),
        TOOL: ("changed", ""),
    }
    assert there(desk) == (sha256, True)
    assert pushes(desk) == before, "nothing of it came through Ansible"
    assert large - small < 8 * MIB, "deskprov never holds it"
    again, _ = set_up(desk)
    assert {each["status"] for each in again.values()} == {"ok"}

    desk.write("profiles/lab.yml", profile())
    ship(desk, 2 * MIB, b"planned")
    site = open_site(str(desk.root))

    def alter(plans: object) -> bool:
        ship(desk, 2 * MIB, b"altered")
        return True

    run = apply(site, Request([NAME]), cast(Watcher, Unseen()), alter, verb="apply")
    assert (run.hosts[0].outcome, run.hosts[0].message) == (
        Outcome.FAILED,
        "profiles/files/large.exe has changed since the plan was made.",
    )
    assert there(desk) == (sha256, True), "what was there is as it was"
    assert pushes(desk) == before, "it does not come the other way, either"


def test_where_the_pc_cannot_fetch_it_comes_slowly_and_that_is_said(desk: Bench) -> None:
    desk.write("profiles/lab.yml", profile())
    sha256, before = ship(desk, MIB, b"slow"), pushes(desk)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        desk.write("deskprov.yml", f"{SETTINGS}file_server_port: {taken.getsockname()[1]}\n")
        said = desk.run("setup", NAME, "--yes")
    why = "slow: it came through Ansible, because deskprov's file server could not be opened (Address already in use)"
    assert why in " ".join(said.split())
    assert there(desk) == (sha256, True)
    assert pushes(desk) == before + 1


class Unseen:
    """Somebody who watches and keeps nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None
