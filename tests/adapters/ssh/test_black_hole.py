"""A machine that loses power or its cable while we wait for its answer."""

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.ssh import SshTransport
from deskprov.errors import Unreachable
from deskprov.practice import LinuxPracticeMachines
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.conftest import LIMITS
from tests.adapters.ssh.practice_user import Bench

pytestmark = pytest.mark.practice


def test_silence_is_noticed_long_before_the_time_for_the_answer_is_over(tmp_path: Path) -> None:
    machines = LinuxPracticeMachines(tmp_path / ".deskprov/practice")
    [machine] = machines.start(1, isolated=True, report=lambda line: None)
    try:
        bench = Bench(machines, machine)
        limits = replace(LIMITS, answer=120, keepalive=1, silence=2)
        transport = SshTransport(FixedSecrets({}), tmp_path, home=tmp_path, limits=limits)
        program = b"open('/run/asked', 'w').close(); import time; time.sleep(120)"
        outcome: list[Unreachable] = []

        def ask() -> None:
            with pytest.raises(Unreachable) as caught:
                transport.ask(bench.host("deskprov"), program)
            outcome.append(caught.value)

        asking = threading.Thread(target=ask)
        asking.start()
        bench.inside("sh", "-c", "until test -e /run/asked; do sleep 0.1; done")
        bench.inside("ip", "link", "set", "host0", "down")
        asking.join(60)
        assert not asking.is_alive()
        assert "broke off" in outcome[0].message
    finally:
        machines.stop()
