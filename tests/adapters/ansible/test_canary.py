"""No secret of a run is in any file, argument or environment here, while it runs and after, however much is said."""

import base64
import json
import os
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import FOLDER_PREFIX
from deskprov.model.playbook import RunEnd
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import secret, shell, task, template
from tests.adapters.ansible.test_elevation import LOGIN, Machine, machine, stage_for

__all__ = ["machine"]

pytestmark = [pytest.mark.ansible, pytest.mark.practice]

HASH = "lookup('deskprov.desktop.secret', 'hashed', form='sha512_crypt')"
PAUSE_SECONDS = 0.02
MODULE = 'module canary 91c2/ñ+&"'
HASHED = "$6$rounds=1000$canarysalt$91c2"


def forms(value: str) -> list[bytes]:
    """The value as it might be found."""
    raw = value.encode()
    return [
        raw,
        base64.b64encode(raw).rstrip(b"="),
        urllib.parse.quote(value, safe="").encode(),
        json.dumps(value)[1:-1].encode(),
        value.encode("utf-16-le"),
    ]


NEEDLES = [form for value in (MODULE, LOGIN, HASHED) for form in forms(value)]


def in_files(*folders: Path) -> set[str]:
    """Files below these folders that hold one of the secrets."""
    found = set()
    for base, _, names in (entry for folder in folders for entry in os.walk(folder)):  # bears what goes away meanwhile
        for path in (Path(base, name) for name in names):
            try:
                if path.is_file() and not path.is_symlink() and any(n in path.read_bytes() for n in NEEDLES):
                    found.add(str(path))
            except OSError:
                continue
    return found


def in_processes() -> set[str]:
    """Arguments and environments that hold one of the secrets."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        for kind in ("cmdline", "environ"):
            try:
                data = (folder / kind).read_bytes()
            except OSError:
                continue
            if any(needle in data for needle in NEEDLES):
                found.add(f"{kind} of {data[:200]!r}")
    return found


@contextmanager
def watched(runs: Path) -> Iterator[set[str]]:
    """Looks at all processes, shared memory and run folders, again and again; yields what it finds."""
    found: set[str] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(PAUSE_SECONDS):
            found.update(in_processes() | in_files(Path("/dev/shm")))

    assert runs.is_relative_to("/dev/shm")
    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("verbosity", range(5))
def test_no_secret_anywhere(machine: Machine, tmp_path: Path, runs: Path, verbosity: int, fails: bool) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", password="login")
    stage.secrets = FixedSecrets({"login": LOGIN, "module": MODULE, "hashed": HASHED})
    machine.do("userdel --remove pupil 2>/dev/null || true")
    script = f"cat; cat >&2; exit {int(fails)}"
    tasks = [
        shell("001 Give", script, no_log=True, ignore_errors=True)
        | {"ansible.builtin.command": {"argv": ["sh", "-c", script], "stdin": secret("module")}},
        # the user module would put the hash into the arguments of useradd on the machine
        task("002 Create", "user", {"name": "pupil"}),
        task("002 Set", "command", {"argv": ["chpasswd", "-e"], "stdin": template(f"'pupil:' ~ {HASH}")}, no_log=True),
        task("003 Assert", "assert", {"that": [not fails], "fail_msg": secret("module")}, no_log=True),
    ]
    declared = [SecretRef("module"), SecretRef("hashed", SecretForm.SHA512_CRYPT)]
    with watched(runs) as seen:
        outcome = stage.run(tasks, verbosity=verbosity, secrets=declared)
    assert outcome.end is RunEnd.COMPLETED
    assert outcome.statistics is not None
    assert bool(outcome.statistics.failed) is fails
    assert machine.do("getent shadow pupil").split(":")[1] == HASHED
    assert not seen
    assert not in_files(
        tmp_path, runs, Path("/dev/shm"), *Path("/tmp").glob(f"{FOLDER_PREFIX}*"), Path("/root/.ansible")
    )
    assert not any(text in str(stage.events) + outcome.message for text in (MODULE, LOGIN, HASHED))


def test_the_search_finds_what_it_looks_for(tmp_path: Path, runs: Path) -> None:
    """A search that finds nothing anywhere would pass as well."""
    for number, form in enumerate(forms(MODULE)):
        (runs / str(number)).write_bytes(b"x" + form + b"x")
    assert len(in_files(runs)) == len(forms(MODULE))
    with subprocess.Popen(["sleep", "5"], env={"X": LOGIN}) as process:
        assert in_processes()
        process.kill()


def test_at_the_machine_nothing_is_left_either(machine: Machine, tmp_path: Path, runs: Path) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", password="login")
    stage.secrets = FixedSecrets({"login": LOGIN, "module": MODULE})
    copy = {"argv": ["sh", "-c", "cat >/dev/null; exit 1"], "stdin": secret("module")}
    stage.run([task("001 Fail", "command", copy, no_log=True)], secrets=[SecretRef("module")], verbosity=4)
    search = "import os, sys\nneedle = sys.stdin.buffer.read()\n" + _SEARCH
    said = machine.do(f"python3 -c '{search}' /home /root /tmp /var /run /dev/shm /etc", MODULE)
    assert said == ""


_SEARCH = """
for top in sys.argv[1:]:
    for base, folders, files in os.walk(top):
        for name in files:
            path = os.path.join(base, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as stream:
                    if needle in stream.read():
                        print(path)
"""
