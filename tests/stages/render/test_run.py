"""The playbook of one run: its shape, and what the real ansible-playbook makes of it."""

import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from deskprov.formats.playbook_yaml import dump
from deskprov.model.facts import Facts
from deskprov.model.platform import Platform
from deskprov.model.playbook import EventKind, PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.execute import results, step_of
from deskprov.stages.render import Origin, run_playbook, stand_alone_playbook
from deskprov.stages.render.reason import SAID_BY_TOOLS
from tests.stages.render.samples import HASH, content, entry, file, group, password

CANARY = "canary-5f21"


def _play(*entries: ResourceTasks, step_seconds: float = 900) -> Any:
    [play] = yaml.safe_load(run_playbook("pc-1", entries, become=True, step_seconds=step_seconds).text)
    return play


def test_a_play_is_for_one_machine_and_gathers_nothing() -> None:
    play = _play(entry(1, group()))
    assert {key: play[key] for key in play if key != "tasks"} == {
        "name": "Set up pc-1",
        "hosts": "pc-1",
        "gather_facts": False,
        "become": True,
    }


@pytest.mark.parametrize("name", ["all", "localhost", "a,b", "*", "{{ x }}", "a:b", "-e", ""])
def test_a_play_is_for_no_pattern(name: str) -> None:
    with pytest.raises(ValueError):
        run_playbook(name, [], become=True, step_seconds=1)


def test_a_resource_is_a_block_whose_failure_is_caught() -> None:
    assert _play(entry(7, group(), subject="staff"), step_seconds=0.5)["tasks"] == [
        {
            "block": [
                {
                    "name": "007 Create the group: staff",
                    "ansible.builtin.group": {"name": "staff", "state": "present"},
                    "timeout": 1,
                }
            ],
            "rescue": [
                {
                    "name": "007 Failed",
                    "ansible.builtin.set_fact": {"deskprov_failed": "{{ deskprov_failed | default([]) + [7] }}"},
                }
            ],
        }
    ]


def test_what_an_account_does_itself_it_does_whatever_an_inventory_says() -> None:
    task = Task("Write the keys", "ansible.builtin.file", {"path": "/home/ana/.ssh"}, become_user="ana")
    texts = [
        run_playbook("pc-1", [entry(1, task)], become=False, step_seconds=9).text,
        stand_alone_playbook(Origin("a", "a", "profiles/a.yml"), [entry(1, task)]).text,
    ]
    [[block], [alone]] = (yaml.safe_load(text)[0]["tasks"] for text in texts)
    for written in (block["block"][0], alone):
        assert (written["become"], written["become_user"]) == (True, "ana")
        assert written["vars"] == {
            "ansible_become": True,
            "ansible_become_user": "ana",
            "ansible_pipelining": True,
        }


def test_what_needs_another_knows_all_that_came_before() -> None:
    play = _play(entry(1, group()), entry(2, group(), needs=[1]), entry(3, group(), needs=[2]), entry(4, group()))
    assert [block.get("when") for block in play["tasks"]] == [
        None,
        ["1 not in deskprov_failed | default([])"],
        ["1 not in deskprov_failed | default([])", "2 not in deskprov_failed | default([])"],
        None,
    ]


def test_a_task_with_a_secret_is_not_logged_and_asks_for_it() -> None:
    playbook = run_playbook("pc-1", [entry(1, group(), password())], become=True, step_seconds=9)
    [first, second] = yaml.safe_load(playbook.text)[0]["tasks"][0]["block"]
    assert "no_log" not in first
    assert second["no_log"] is True
    assert second["register"] == "result"
    assert second["changed_when"] == "result.rc == 0"
    asked = "{{ 'tech:' ~ lookup('deskprov.desktop.secret', 'tech-password', form='sha512_crypt') }}"
    assert second["ansible.builtin.command"]["stdin"] == asked
    assert playbook.secrets == [HASH]


def test_text_beside_a_secret_cannot_act() -> None:
    playbook = run_playbook("pc-1", [entry(1, password("' }}{{ x\n"))], become=True, step_seconds=9)
    stdin = yaml.safe_load(playbook.text)[0]["tasks"][0]["block"][0]["ansible.builtin.command"]["stdin"]
    assert stdin.startswith(r"{{ '\U00000027 \U0000007d\U0000007d\U0000007b\U0000007b x\U0000000a:' ~ lookup(")


def test_only_a_block_with_a_secret_gives_a_reason() -> None:
    play = _play(entry(1, group()), entry(2, password()))
    names = [[task["name"] for task in block["rescue"]] for block in play["tasks"]]
    assert names == [["001 Failed"], ["002 Reason", "002 Failed"]]
    assert play["tasks"][1]["rescue"][0]["ignore_errors"] is True  # or what it stumbles over would end the run


def test_shipped_files_get_harmless_names() -> None:
    sources = ["texts/motd", "a/logo (1).png", "b/logo (1).png", "c/é", "d/..", "d/.hidden", "e/" + "x" * 100 + ".deb"]
    tasks = [file(f"/srv/{number}", source) for number, source in enumerate(sources)]
    playbook = run_playbook("pc-1", [entry(3, *tasks), entry(4, tasks[0])], become=True, step_seconds=9)
    assert list(playbook.files) == [
        "files/003-motd",
        "files/003-logo-1-.png",
        "files/003-logo-1-.png-3",
        "files/003-file",
        "files/003-file-5",
        "files/003-hidden",
        "files/003-" + "x" * 56 + ".deb",
    ]
    assert list(playbook.files.values()) == sources
    blocks = yaml.safe_load(playbook.text)[0]["tasks"]
    used = [task["ansible.builtin.copy"]["src"] for block in blocks for task in block["block"]]
    assert used == [*playbook.files, "files/003-motd"]


def test_every_reason_is_a_word_that_the_execute_stage_knows() -> None:
    known = entry(1, password())
    for word, _ in SAID_BY_TOOLS:
        events = [
            TaskEvent("pc-1", "001 Set the password", EventKind.FAILED, censored=True),
            TaskEvent("pc-1", "001 Reason", EventKind.OK, message=word),
        ]
        [result] = results([known], events, PlaybookOutcome(RunEnd.COMPLETED, None), Platform.LINUX)
        assert result.reason == word


def test_every_name_begins_with_the_number_of_its_resource() -> None:
    play = _play(entry(1, group(), password()), entry(1000, content("/a", "b")))
    for block, number in zip(play["tasks"], (1, 1000), strict=True):
        assert {step_of(task["name"]) for task in [*block["block"], *block["rescue"]]} == {number}


# the real ansible-playbook


def _says(number: int, script: str, *needs: int, secret: bool = True) -> ResourceTasks:
    stdin = SecretText((SecretRef("canary"),)) if secret else ""
    arguments = {"argv": ["sh", "-c", READ + script], "stdin": stdin}
    return entry(number, Task("Run it", "ansible.builtin.command", arguments, changed_when=False), needs=needs)


READ = "read -r x; "
"""A program that ends without reading breaks the pipe on which Ansible writes its input."""

FAILING = (
    ("no-space", 'echo "$x: No space left on device" >&2; exit 1'),
    ("locked", 'echo "$x"; echo "passwd: Cannot lock /etc/passwd; try again later." >&2; exit 1'),
    ("password-policy", "echo 'BAD PASSWORD: it is too short' >&2; exit 1"),
    ("denied", "echo 'chpasswd: Permission denied.' >&2; exit 1"),
    ("missing", "echo \"chpasswd: line 1: user 'tech' does not exist\" >&2; exit 1"),
    ("exists", "echo 'useradd: user tech already exists' >&2; exit 9"),
    ("unknown", "echo 'something else'; exit 1"),
)


@pytest.fixture
def broker() -> Iterator[str]:
    """The socket of something that knows one secret, as deskprov does during a run."""

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(json.dumps({"value": CANARY}).encode() + b"\n")

    with tempfile.TemporaryDirectory(prefix="d") as folder:
        address = f"{folder}/s"
        with socketserver.ThreadingUnixStreamServer(address, Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield address
            server.shutdown()


@pytest.mark.ansible
def test_failures_are_caught_and_named_and_the_secret_is_not_shown(tmp_path: Path, broker: str) -> None:
    failing = [_says(number, script) for number, (_, script) in enumerate(FAILING, 1)]
    last = len(failing)
    others = [
        _says(last + 1, "echo needs the first", 1, secret=False),
        _says(last + 2, "echo needs what was skipped", last + 1, secret=False),
        _says(last + 3, 'echo "$x"'),
    ]
    playbook = run_playbook("pc-1", [*failing, *others], become=False, step_seconds=60)
    said = _ansible(tmp_path, playbook.text, broker)

    [run] = json.loads(said)["plays"]
    told = {task["task"]["name"]: task["hosts"]["pc-1"] for task in run["tasks"]}
    words = [told[f"{number:03d} Reason"]["msg"] for number in range(1, last + 1)]
    assert words == [word for word, _ in FAILING]
    assert told[f"{last + 1:03d} Run it"]["skipped"]
    assert told[f"{last + 2:03d} Run it"]["skipped"]
    assert "censored" in told[f"{last + 3:03d} Run it"]
    assert json.loads(said)["stats"]["pc-1"]["failures"] == 0
    assert CANARY not in said


def _ansible(folder: Path, playbook: str, broker: str) -> str:
    (folder / "play.yml").write_text(playbook, "utf-8")
    machine = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "inventory.yml").write_text(dump({"all": {"hosts": {"pc-1": machine}}}), "utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-vv", "-i", "inventory.yml", "play.yml"],
        cwd=folder,
        env={
            "PATH": os.defpath,
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_COLLECTIONS_PATH": str(resources.files("deskprov")),
            "DESKPROV_BROKER": broker,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert CANARY not in done.stderr
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout[done.stdout.index("{") :]


@pytest.mark.parametrize(
    ("platform", "words"), [(Platform.LINUX, "/etc/machine-id"), (Platform.WINDOWS, "PowerShell -NoProfile ")]
)
def test_each_platform_is_asked_in_its_own_language_who_it_is(platform: Platform, words: str) -> None:
    seen = Facts(machine_id="A1", serial="S 2", uuid="U3")
    text = run_playbook("pc-1", [], become=False, step_seconds=9, looked_at=seen, platform=platform).text
    [[task]] = [play["tasks"] for play in yaml.safe_load(text)]
    assert words in task["ansible.builtin.raw"]
    assert task["vars"]["deskprov_looked_at"] == ["a1", "u3"]
