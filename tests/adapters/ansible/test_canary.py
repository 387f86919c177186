"""No secret of a run is in any file, argument or environment here, while it runs and after, however much is said."""

from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import FOLDER_PREFIX
from deskprov.model.playbook import RunEnd
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import secret, shell, task, template
from tests.adapters.ansible.test_elevation import LOGIN, Machine, machine, stage_for
from tests.canary import Canaries

__all__ = ["machine"]

pytestmark = [pytest.mark.ansible, pytest.mark.practice]

HASH = "lookup('deskprov.desktop.secret', 'hashed', form='sha512_crypt')"
MODULE = 'module canary 91c2/ñ+&"'
HASHED = "$6$rounds=1000$canarysalt$91c2"


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
    canaries = Canaries({"login": LOGIN, "module": MODULE, "hash": HASHED})
    assert runs.is_relative_to("/dev/shm")
    with canaries.watched() as seen:
        outcome = stage.run(tasks, verbosity=verbosity, secrets=declared)
    assert outcome.end is RunEnd.COMPLETED
    assert outcome.statistics is not None
    assert bool(outcome.statistics.failed) is fails
    assert machine.do("getent shadow pupil").split(":")[1] == HASHED
    assert not seen
    places = [tmp_path, runs, Path("/dev/shm"), *Path("/tmp").glob(f"{FOLDER_PREFIX}*"), Path("/root/.ansible")]
    assert not canaries.in_files(places)
    assert not canaries.what((str(stage.events) + outcome.message).encode())


def test_at_the_machine_nothing_is_left_either(machine: Machine, tmp_path: Path, runs: Path) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", password="login")
    stage.secrets = FixedSecrets({"login": LOGIN, "module": MODULE})
    copy = {"argv": ["sh", "-c", "cat >/dev/null; exit 1"], "stdin": secret("module")}
    canaries = Canaries({"module": MODULE})
    stage.run([task("001 Fail", "command", copy, no_log=True)], secrets=[SecretRef("module")], verbosity=4)
    program, order = canaries.search_on_machine()
    machine.do("cat > /dev/shm/search.py", program)
    said = machine.do("python3 /dev/shm/search.py; rm /dev/shm/search.py", order.decode())
    assert said == ""
