"""From a site to a playbook: the changes of a run, and a whole profile for anyone."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from deskprov.api.profiles import ProfileFiles
from deskprov.api.rendering import render, render_run
from deskprov.api.site import Site
from deskprov.errors import HostError, NoHostMatched
from deskprov.model.facts import Facts
from deskprov.model.inventory import Connection, Host
from deskprov.model.plan import Action, Change
from deskprov.model.profile import ShippedContent
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.stages.render import GUARD, WrongTask
from deskprov.wiring import open_site

SETTINGS = "format: 1\nname: Example\nstep_minutes: 2\nsecrets:\n  tech-password: {env: EXAMPLE}\n"
HOSTS = "all:\n  hosts:\n    pc-1:\n      ansible_host: 192.0.2.1\n      deskprov_profile: office/front\n"
PROFILE = """\
profile: office/front
platform: linux
groups:
  - name: old
    state: absent
  - staff
users:
  - name: tech
    full_name: "Tech of ${host.name} {{ 7 * 7 }}"
    groups: [staff]
    password: tech-password
files:
  - path: /etc/motd
    source: motd
    mode: "0644"
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    for path, text in {
        "deskprov.yml": SETTINGS,
        "inventory_hosts/hosts.yml": HOSTS,
        "profiles/office/front.yml": PROFILE,
        "profiles/office/motd": "Welcome\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return open_site(str(tmp_path))


class Loader(yaml.SafeLoader):
    """Reads `!unsafe` as text."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def _read(text: str) -> Any:
    [play] = yaml.load(text, Loader)
    return play


def test_a_profile_is_stated_in_full_on_sample_values(site: Site) -> None:
    rendered = render(site, "office/front")
    play = _read(rendered.text)
    tasks = {task["name"]: task for task in play["tasks"]}
    assert [name[:3] for name in tasks] == sorted(name[:3] for name in tasks)
    assert [name for name in tasks if name.endswith("the group: old")] == list(tasks)[-1:]
    [account] = [task["ansible.builtin.user"] for task in play["tasks"] if "ansible.builtin.user" in task]
    assert account["comment"] == "Tech of sample-1 {{ 7 * 7 }}"
    assert 'comment: !unsafe "Tech of sample-1 {{ 7 * 7 }}"' in rendered.text
    assert "#   host.name: sample-1\n" in rendered.text
    assert rendered.place == "office/front"
    assert rendered.secrets == [SecretRef("tech-password", SecretForm.SHA512_CRYPT)]
    [(name, content)] = rendered.files.items()
    assert content == b"Welcome\n"
    assert [task["ansible.builtin.copy"]["src"] for task in play["tasks"] if "ansible.builtin.copy" in task] == [name]


def test_a_machine_is_rendered_with_its_own_values(site: Site) -> None:
    rendered = render(site, "pc-1")
    assert rendered.place == "pc-1"
    assert "Tech of pc-1 " in rendered.text
    assert "sample" not in rendered.text
    assert "default('pc-1')" in _read(rendered.text)["hosts"]


def test_what_is_neither_is_told_with_what_is_near(site: Site) -> None:
    with pytest.raises(NoHostMatched) as told:
        render(site, "office/fron")
    assert told.value.hint == "Did you mean office/front?"


@pytest.mark.parametrize(("user", "become"), [("deskprov", True), ("root", False)])
def test_a_run_does_only_what_is_to_be_changed(site: Site, user: str, become: bool) -> None:
    host = Host("pc-1", Connection("192.0.2.1", user=user), profile="office/front")
    files = ProfileFiles(site)
    profile = files.for_host(host)
    changes = [Change(r, Action.CREATE) for r in profile.resources if r.type in ("files", "users")]
    rendered = render_run(site, host, profile, changes, Facts(machine_id="0a"))
    play = _read(rendered.job.playbook)
    assert [entry.resource for entry in rendered.entries] == [change.resource.key for change in changes]
    assert play["become"] is become
    first, *blocks = play["tasks"]
    assert first["name"] == GUARD
    assert len(blocks) == len(changes)
    assert {task["timeout"] for block in blocks for task in block["block"]} == {120}
    assert list(rendered.job.files.values()) == [b"Welcome\n"]
    assert rendered.job.secrets == [SecretRef("tech-password", SecretForm.SHA512_CRYPT, "pc-1")]
    assert rendered.job.step_seconds == 120


def test_a_task_that_its_module_would_not_take_is_never_run(site: Site) -> None:
    host = Host("pc-1", Connection("192.0.2.1"), profile="office/front")
    files = ProfileFiles(site)
    profile = files.for_host(host)
    [group] = [r for r in profile.resources if r.key == "groups/staff"]
    wrong = replace(group, options=group.options.model_copy(update={"name": 7}))
    with pytest.raises(WrongTask, match=r"^groups: .*name is of type str, not int"):
        render_run(site, host, profile, [Change(wrong, Action.CREATE)], Facts())


def test_a_file_that_changed_since_the_plan_is_not_shipped(site: Site) -> None:
    host = Host("pc-1", Connection("192.0.2.1"), profile="office/front")
    files = ProfileFiles(site)
    profile = files.for_host(host)
    changes = [Change(r, Action.CREATE) for r in profile.resources if r.type == "files"]
    other = replace(profile, shipped=dict.fromkeys(profile.shipped, ShippedContent("0" * 64, None, 8)))
    with pytest.raises(HostError, match="has changed since the plan was made"):
        render_run(site, host, other, changes, Facts())


# the example site of this repository

ROOT = Path(__file__).parents[2]
RENDERED = ROOT / "playbooks" / "rendered"
EXAMPLES = ("front-office", "library-desktop")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rendered_examples_are_fresh(name: str) -> None:
    rendered = render(open_site(str(ROOT)), name)
    again = f"deskprov render {name} -o {RENDERED.relative_to(ROOT)}"
    assert (RENDERED / f"{name}.yml").read_text("utf-8") == rendered.text, f"write it again: {again}"
    for path, content in rendered.files.items():
        assert (RENDERED / path).read_bytes() == content, f"write it again: {again}"


@pytest.mark.ansible
def test_the_linter_finds_nothing_in_the_rendered_examples(tmp_path: Path) -> None:
    beside = Path(sys.executable).parent
    done = subprocess.run(
        [
            *(beside / "ansible-lint", "--profile", "production", "--offline", "--nocolor", "--project-dir", RENDERED),
            *(RENDERED / f"{name}.yml" for name in EXAMPLES),
        ],
        cwd=RENDERED,
        env={"PATH": f"{beside}:{os.defpath}", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"0 failure(s), 0 warning(s) in {len(EXAMPLES)} files" in done.stderr, done.stdout + done.stderr
