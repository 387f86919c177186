"""Practice PCs that a setup cuts off, through real Ansible: each takes that back by itself, and what is right stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskprov import open_site
from deskprov.api.guarding import Guard
from deskprov.model.plan import Action, Change, Segment
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from tests.end_to_end.bench import SETTINGS, Bench, statuses

pytestmark = pytest.mark.ansible

RULES = r"hklm\system\currentcontrolset\services\sharedaccess\parameters\firewallpolicy\firewallrules"
RULE = "firewall_rules: [{{name: School, action: block, protocol: tcp, remote: [{}]}}]\n"
MADE = 'registry: [{value: "HKLM\\\\SOFTWARE\\\\Example\\\\Colour", data: red}]\n'
SWITCHED_ON = "firewall: {private: true}\n"
SHUT, ON, STAYS = HOSTS = ("practice-pc-1", "practice-pc-2", "practice-pc-3")
KEY = "firewall_rules/School"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.write("deskprov.yml", f"{SETTINGS}undo_minutes: 0.4\n")
    for host in HOSTS:
        profile(bench, host, "")
        bench.run("practice", "start", "windows", "--profile", host)
    change(bench, ON, lambda state: state["firewall"].update(private=False))
    change(bench, ON, lambda state: state["registry"].update({RULES: {"path": RULES, "values": {}}}))
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def profile(bench: Bench, host: str, body: str) -> None:
    bench.write(f"profiles/{host}.yml", f"profile: {host}\nplatform: windows\n{body}")


def file(bench: Bench, host: str) -> Path:
    return bench.root / f".deskprov/practice/windows/{host}/state.json"


def state(bench: Bench, host: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file(bench, host).read_text())
    return found


def change(bench: Bench, host: str, action: Any) -> None:
    changed = state(bench, host)
    action(changed)
    new = file(bench, host).with_suffix(".new")
    new.write_text(json.dumps(changed))
    new.replace(file(bench, host))


def of_way_in(bench: Bench, host: str) -> Any:
    found = state(bench, host)
    return found["firewall"], found["registry"].get(RULES), found["undo"]


def test_what_cuts_us_off_is_taken_back_by_the_pc_and_what_does_not_stays(bench: Bench) -> None:
    profile(bench, SHUT, RULE.format("127.0.0.0/8") + MADE)
    profile(bench, ON, SWITCHED_ON)
    profile(bench, STAYS, RULE.format("192.0.2.0/24"))
    before = of_way_in(bench, ON)
    assert bench.run("plan", *HOSTS).count("last, with a timed undo") == len(HOSTS)
    run = bench.data("setup", *HOSTS, "--yes", "--json", status=1)
    outcomes = {host["host"]: (host["outcome"], host["results"]) for host in run["hosts"]}

    assert [outcomes[host][0] for host in HOSTS] == ["failed", "failed", "ok"]
    assert statuses(run, SHUT) == {"registry/HKLM\\SOFTWARE\\Example\\Colour": "changed", KEY: "failed"}
    for host, key in ((SHUT, KEY), (ON, "firewall/this")):
        [lost] = [result for result in outcomes[host][1] if result["resource"] == key]
        assert (lost["status"], lost["reason"]) == ("failed", "way-in-lost"), lost
        assert "the machine took it back by itself" in lost["message"]
    assert "School" not in json.dumps(state(bench, SHUT)["registry"])
    assert of_way_in(bench, ON) == before
    assert statuses(run, STAYS) == {KEY: "changed"}
    assert state(bench, STAYS)["undo"] == {}
    again = bench.data("setup", STAYS, "--yes", "--json")
    assert statuses(again, STAYS) == {KEY: "ok"}
    assert bench.run("run", "show", run["run"]).count("took it back by itself") == 2


def test_what_a_run_that_died_left_is_taken_back_and_told(bench: Bench) -> None:
    """The run that died is its first half: armed, changed, and never confirmed."""
    site = open_site(str(bench.root))
    made = Change(Resource("firewall", "this", ResourceOptions(), Source("lab.yml", 1)), Action.UPDATE)
    guard = Guard(site, site.inventory.read().hosts[STAYS], Segment([made], guards={"firewall/this": "the firewall"}))
    assert guard.arm() == ""
    change(bench, STAYS, lambda now: now["firewall"].update(public=False))
    assert "did not come to confirm it" in bench.run("plan", STAYS)
    bench.data("setup", STAYS, "--yes", "--json")
    assert (state(bench, STAYS)["firewall"]["public"], state(bench, STAYS)["undo"]) == (True, {})

    # the PC has been quicker than the next run
    change(bench, STAYS, lambda now: now.update(undo={"token": "x", "changes": ["firewall/this"], "undone": []}))
    told = "an earlier run changed firewall/this, nobody came to confirm it, and the machine took it back by itself"
    assert told in " ".join(bench.run("plan", STAYS).split())
    assert told in " ".join(bench.run("setup", STAYS, "--yes").split())
    assert state(bench, STAYS)["undo"] == {}
    assert told not in " ".join(bench.run("plan", STAYS).split())


@pytest.mark.soak
def test_a_run_that_is_killed_before_it_confirms_leaves_the_pc_as_it_was(bench: Bench) -> None:
    profile(bench, SHUT, RULE.format("127.0.0.0/8"))
    with bench.start("setup", SHUT, "--yes") as begun:
        assert begun.stderr is not None
        for line in begun.stderr:
            if b"logging in afresh" in line:
                break
        begun.kill()
    assert "School" in json.dumps(state(bench, SHUT)["registry"])
    bench.run("verify", SHUT, status=4)
    profile(bench, SHUT, "")
    while "saved" in state(bench, SHUT)["undo"]:
        pass
    assert "School" not in json.dumps(state(bench, SHUT)["registry"])
    assert f"an earlier run changed {KEY}" in " ".join(bench.run("setup", SHUT, "--yes").split())
