"""A machine that was kept awake for its first setup may sleep again: after a verified one, and not before."""

import json

import pytest
from msgspec.structs import replace

from deskprov.api.handing_over import as_it_was, settle
from deskprov.errors import Unreachable
from deskprov.model.asset import Asset
from deskprov.model.escrow import EscrowState, NewSecret, Owner
from deskprov.model.facts import Facts
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import HostResult, Outcome
from deskprov.model.secret import SecretRef, Value
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

PC = Host("pc-1", Connection("192.0.2.1", user="deskprov", transport=WINRM))
OWN = Host("pc-1", Connection("192.0.2.1", user="deskprov", password="per-device", transport=WINRM))
GOOD = HostResult("pc-1", Outcome.OK, verified=True, seconds=1.0)
AWAKE = Facts(kept_awake=True)


class Desk:
    """A site with one PC, which answers so; `asked` are the files of what it was asked."""

    def __init__(self, **answer: object) -> None:
        self.asked: list[str] = []
        self.away = False
        self._answer = answer
        runner = ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked"))
        self.site = FakeSite(MemoryFiles({}), MemoryInventory(PC), ScriptedTransport(self._ask), runner)

    def _ask(self, host: Host, program: bytes) -> bytes:
        data = json.loads(program.decode().rpartition("\nmain '")[2].rpartition("'")[0].replace("\\u0027", "'"))
        self.asked += [name for name, _ in data["questions"]]
        if self.away:
            raise Unreachable(host.name, "it is off")
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': [self._answer]})}{end}".encode()


def test_what_somebody_else_has_made_meanwhile_is_not_settled() -> None:
    site = Desk().site
    now, owner = site.clock.now(), Owner("pc-1", "users/deskprov")
    site.assets.save([AssetChange(None, Asset(host="pc-1"))], now, "kim")
    site.secrets.hold(SecretRef("per-device:users/deskprov", host="pc-1"), Value("old", "m1"))
    old = site.escrow.keep(NewSecret(owner, Value("old", "m1"), EscrowState.CURRENT), now, "kim")
    rotating = site.escrow.keep(NewSecret(owner, Value("new", "m2")), now, "robin")
    settle(site, OWN)
    assert site.escrow.of(owner) == [rotating, old]
    site.secrets.hold(SecretRef("per-device:users/deskprov", host="pc-1"), Value("new", "m2"))
    settle(site, OWN)
    assert [(kept.id, kept.state) for kept in site.escrow.of(owner)] == [(rotating.id, EscrowState.CURRENT)]


def test_it_may_sleep_after_a_verified_setup() -> None:
    desk = Desk(answer={"released": True})
    assert as_it_was(desk.site, PC, GOOD, AWAKE) == GOOD
    assert desk.asked == ["deskprov.stages.hand_over/release_windows.ps1"]


@pytest.mark.parametrize(
    ("result", "facts"),
    [
        (GOOD, Facts()),
        (replace(GOOD, verified=False), AWAKE),
        (replace(GOOD, outcome=Outcome.FAILED), AWAKE),
        (replace(GOOD, outcome=Outcome.WAITING), AWAKE),
    ],
)
def test_else_nothing_is_asked(result: HostResult, facts: Facts) -> None:
    desk = Desk(answer={"released": True})
    assert as_it_was(desk.site, PC, result, facts) == result
    assert desk.asked == []


def test_what_stood_in_the_way_is_told_and_the_setup_is_good_all_the_same() -> None:
    refused = as_it_was(Desk(error="powercfg is not there").site, PC, GOOD, AWAKE)
    assert (refused.outcome, refused.message) == (Outcome.OK, "It is still kept awake: powercfg is not there")
    desk = Desk()
    desk.away = True
    assert as_it_was(desk.site, PC, GOOD, AWAKE).message == "It is still kept awake: it is off"
