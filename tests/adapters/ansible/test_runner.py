"""A playbook runs on the machine meant, with our settings and no others, and leaves nothing behind."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from passlib.hash import sha512_crypt

from deskprov.adapters.ansible.supervision import RunnerRaised
from deskprov.errors import IdentityNotTrusted, RunnerFailed, SecretUnavailable
from deskprov.model.playbook import RunEnd, Statistics
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.openssh import Server, new_key
from tests.adapters.ansible.stage import Stage, play, secret, shell, task, template

pytestmark = [pytest.mark.ansible, pytest.mark.sshd]


def test_events_and_statistics_of_a_run(stage: Stage) -> None:
    outcome = stage.run(
        [
            {
                "name": "001 A block",
                "block": [shell("001 Fail", "echo heard >&2; exit 3")],
                "rescue": [task("001 Failed", "set_fact", {"deskprov_failed": [1]})],
            },
            shell("002 Needs it", "true", when="1 not in deskprov_failed | default([])"),
            shell("003 Change", "true"),
            shell("004 Keep", "true", changed_when=False),
        ]
    )
    assert outcome.end is RunEnd.COMPLETED
    assert outcome.statistics == Statistics(ok=3, changed=1, failed=0, unreachable=0, skipped=1, rescued=1, ignored=0)
    assert stage.kinds() == [
        ("001 Fail", "failed"),
        ("001 Failed", "ok"),
        ("002 Needs it", "skipped"),
        ("003 Change", "changed"),
        ("004 Keep", "ok"),
    ]
    assert "heard" in stage.message("001 Fail")
    assert [event.task for event in stage.events if event.kind == "started"] == [name for name, _ in stage.kinds()]
    assert {event.host for event in stage.events} == {"pc-1"}
    assert not list(stage.runs.iterdir())


def test_only_our_environment_and_settings_count(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "ansible.cfg").write_text("[defaults]\nforks = 7\nansible_managed = theirs\n")
    stage.given = {
        **os.environ,
        "DATABASE_URL": "postgresql://u:hunter2@db.example.org/x",
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_KEEP_REMOTE_FILES": "True",
        "PYTHONPATH": str(tmp_path),
        "LD_LIBRARY_PATH": str(tmp_path),
    }
    stage.run(
        [
            task("001 Environment", "debug", {"msg": template("lookup('pipe', 'env')")}),
            task("002 Settings", "debug", {"msg": template("lookup('config', 'DEFAULT_FORKS')")}),
            task("003 Checking", "debug", {"msg": template("lookup('config', 'HOST_KEY_CHECKING')")}),
            task("004 Folder", "debug", {"msg": template("lookup('pipe', 'pwd')")}),
        ]
    )
    names = {line.partition("=")[0] for line in stage.message("001 Environment").splitlines()}
    assert "hunter2" not in stage.message("001 Environment")
    assert not names & {"DATABASE_URL", "ANSIBLE_KEEP_REMOTE_FILES", "PYTHONPATH", "LD_LIBRARY_PATH", "PYTEST_VERSION"}
    assert (stage.message("002 Settings"), stage.message("003 Checking")) == ("1", "true")
    assert stage.message("004 Folder").startswith(str(stage.runs))


def test_files_go_along_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    target = tmp_path / "arrived"
    outcome = stage.run(
        [task("001 Copy", "copy", {"src": "files/007-logo", "dest": str(target), "mode": "0640"})],
        files={"files/007-logo": content},
    )
    assert outcome.statistics
    assert outcome.statistics.changed == 1
    assert target.read_bytes() == content
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../b", "", "a\0b"])
def test_files_never_leave_the_run_folder(stage: Stage, name: str) -> None:
    with pytest.raises(RunnerFailed, match="leads out of its folder"):
        stage.run([], files={name: b"x"})
    assert not list(stage.runs.iterdir())


def test_secrets_arrive_exactly_and_are_never_templates(stage: Stage, tmp_path: Path) -> None:
    values = {
        "marker": "{{ lookup('pipe', 'touch " + str(tmp_path / "executed") + "') }}",
        "number": "1.20",
        "word": "yes",
        "quotes": "a'b\"c\\d $HOME `id` ñ☃",
        "hashed": "correct horse",
    }
    plain = [name for name in values if name != "hashed"]
    stage.secrets = _Hashing(values)
    outcome = stage.run(
        [
            *(
                task(
                    f"{number:03} Write",
                    "command",
                    {"argv": ["tee", str(tmp_path / name)], "stdin": secret(name), "stdin_add_newline": False},
                    no_log=True,
                )
                for number, name in enumerate(plain, start=1)
            ),
            task(
                "009 Write",
                "command",
                {"argv": ["tee", str(tmp_path / "hashed")], "stdin": secret("hashed", "sha512_crypt")},
                no_log=True,
            ),
        ],
        secrets=[*(SecretRef(name) for name in plain), SecretRef("hashed", SecretForm.SHA512_CRYPT)],
    )
    assert outcome.end is RunEnd.COMPLETED
    assert {name: (tmp_path / name).read_text() for name in plain} == {name: values[name] for name in plain}
    assert sha512_crypt.verify("correct horse", (tmp_path / "hashed").read_text().strip())
    assert not (tmp_path / "executed").exists()
    assert all(event.censored for event in stage.events if event.kind != "started")


def test_a_secret_that_was_not_declared_is_not_given(stage: Stage) -> None:
    stage.secrets = FixedSecrets({"mine": "hunter2-mine", "other": "hunter2-other"})
    stage.run(
        [task("001 Take", "debug", {"msg": secret("other")}), task("002 Take", "debug", {"msg": secret("mine")})],
        secrets=[SecretRef("mine")],
    )
    assert "did not declare the secret 'other'" in stage.message("001 Take")
    assert stage.secrets.asked == ["mine"]


def test_what_slips_through_in_a_message_is_taken_out(stage: Stage) -> None:
    stage.secrets = FixedSecrets({"mine": "hunter2-mine"})
    said = template("'it is ' ~ lookup('deskprov.desktop.secret', 'mine')")
    stage.run([task("001 Fail", "fail", {"msg": said})], secrets=[SecretRef("mine")])
    assert stage.message("001 Fail") == "it is (secret)"
    assert "hunter2" not in str(stage.events)


def test_a_missing_secret_stops_it_before_anything_starts(stage: Stage) -> None:
    with pytest.raises(SecretUnavailable):
        stage.run([], secrets=[SecretRef("nowhere")])
    assert not stage.events


def test_without_a_pinned_key_nothing_starts(stage: Stage) -> None:
    stage.host = replace(stage.host, known_host="")
    with pytest.raises(IdentityNotTrusted):
        stage.run([shell("001 Go", "true")])


def test_another_host_key_is_refused_in_words(stage: Stage, tmp_path: Path) -> None:
    new_key(tmp_path / "other")
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    stage.host = replace(stage.host, known_host=other)
    outcome = stage.run([shell("001 Go", f"touch {tmp_path}/done", no_log=True)])
    assert "The identity of pc-1 is not the pinned one" in outcome.message
    assert "deskprov host trust pc-1" in outcome.message
    assert outcome.statistics is not None
    assert outcome.statistics.unreachable == 1
    assert not (tmp_path / "done").exists()


def test_a_machine_that_is_not_there_is_unreachable(stage: Stage) -> None:
    connection = replace(stage.host.connection, port=1)
    stage.host = replace(stage.host, connection=connection)
    outcome = stage.run([shell("001 Go", "true")])
    assert stage.kinds() == [("001 Go", "unreachable")]
    assert outcome.statistics is not None
    assert outcome.statistics.unreachable == 1
    assert "pc-1" in outcome.message


def test_zero_hosts_is_no_success(stage: Stage) -> None:
    outcome = stage.run([], playbook=play([shell("001 Go", "true")], "another"))
    assert outcome.statistics is None
    assert "without having dealt with pc-1" in outcome.message
    assert not stage.events


@pytest.mark.parametrize(
    "playbook",
    ["- hosts: [", "- hosts: pc-1\n  tasks:\n    - no.such.module: {}\n", "- hosts: pc-1\n  frobnicate: 1\n"],
)
def test_a_playbook_that_cannot_be_read_is_no_success(stage: Stage, playbook: str) -> None:
    outcome = stage.run([], playbook=playbook)
    assert (outcome.end, outcome.statistics) == (RunEnd.DIED, None)
    assert "ended before it was through with pc-1" in outcome.message
    assert "ERROR" in outcome.message


def test_a_result_too_big_to_tell_is_still_a_result(stage: Stage) -> None:
    stage.run([shell("001 Big", "head -c 1000000 /dev/zero | tr '\\0' x; exit 1"), shell("002 Next", "true")])
    assert stage.kinds() == [("001 Big", "failed")]
    assert len(str(stage.events)) < 200_000


def test_two_runs_at_once_never_mix(server: Server, tmp_path: Path, runs: Path) -> None:
    names = ("pc-1", "pc-2", "pc-3")
    stages = [
        Stage(server.host(name), tmp_path / name, runs, secrets=FixedSecrets({"own": f"hunter2-{name}"}))
        for name in names
    ]

    def work(one: Stage) -> None:
        one.run(
            [
                task("001 Who", "debug", {"msg": template("inventory_hostname")}),
                task(
                    "002 What",
                    "command",
                    {"argv": ["tee", str(one.folder / "got")], "stdin": secret("own"), "stdin_add_newline": False},
                    no_log=True,
                ),
            ],
            secrets=[SecretRef("own")],
        )

    threads = [threading.Thread(target=work, args=(one,)) for one in stages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in stages:
        assert one.message("001 Who") == one.host.name
        assert (one.folder / "got").read_text() == f"hunter2-{one.host.name}"


@pytest.fixture
def tiny_disk(runs: Path) -> Iterator[Path]:
    """A file system with room for next to nothing."""
    place = runs / "tiny"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k,mode=700", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_no_success_and_is_said(stage: Stage, tiny_disk: Path) -> None:
    stage.runs = tiny_disk
    with pytest.raises(RunnerFailed) as failed:
        stage.run([], files={"big": b"x" * 1_000_000})
    assert "No space left on device" in failed.value.message
    assert isinstance(failed.value.__cause__, OSError)
    assert not list(tiny_disk.iterdir())


def test_a_disk_that_fills_up_in_the_run_is_no_success(stage: Stage, tiny_disk: Path) -> None:
    stage.runs = tiny_disk
    fill = template(f"lookup('pipe', 'head -c 500000 /dev/zero > {tiny_disk}/filler; true')")
    tasks = [task("001 Fill", "debug", {"msg": fill}), *(shell(f"{n:03} Go", "true") for n in range(2, 9))]
    try:
        outcome = stage.run(tasks)
    except RunnerFailed as failed:
        assert isinstance(failed.__cause__, RunnerRaised)
    else:
        assert outcome.statistics is None
        assert outcome.message


def test_a_path_too_long_for_sockets_is_refused(stage: Stage, tmp_path: Path) -> None:
    stage.runs = tmp_path / ("x" * 60)
    stage.runs.mkdir()
    with pytest.raises(RunnerFailed, match="too long"):
        stage.run([shell("001 Go", "true")])


class _Hashing(FixedSecrets):
    """Gives hashes too."""

    def value(self, ref: SecretRef) -> str:
        value = super().value(ref)
        return str(sha512_crypt.using(rounds=1000).hash(value)) if ref.form is SecretForm.SHA512_CRYPT else value
