"""What a profile would take of deskprov's way in to a machine is asked of all that watch over it."""

import pytest

from deskprov.api.profiles import ProfileFiles
from deskprov.api.way_in import losses
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.settings import SecretProvider, Settings
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

PROFILE = """\
profile: pc
platform: windows
computer: {workgroup: LIBRARY, join_user: joiner@example.org, join_password: join}
users: [{name: kim, state: absent}]
firewall_rules: [{name: Shut, action: block, protocol: tcp, ports: ["50986"]}]
"""


def test_on_windows_its_account_its_domain_and_its_port() -> None:
    pc = Host("pc-1", Connection("192.0.2.1", user="kim@example.org", transport=WINRM, port=50986), profile="pc")
    runner = ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked"))
    transport = ScriptedTransport(lambda *_: pytest.fail("no machine is asked"))
    settings = Settings(format=1, name="X", secrets={"join": SecretProvider(env="JOIN")})
    files = MemoryFiles({"profiles/pc.yml": PROFILE})
    site = FakeSite(files, MemoryInventory(pc), transport, runner, settings=settings)
    profile = ProfileFiles(site).for_host(pc)
    found = sorted(problem.message.partition(" ")[0] for problem in losses(profile, pc))
    assert found == ["computer/this", "firewall_rules/Shut", "users/kim"]
