"""Secrets come from where the site says, once per run, and show up nowhere else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from passlib.hash import sha512_crypt

from deskprov.adapters.secrets import ProvidedSecrets
from deskprov.errors import SecretUnavailable
from deskprov.model.asset import Asset
from deskprov.model.escrow import EscrowState, NewSecret, Owner
from deskprov.model.ports.assets import AssetChange
from deskprov.model.secret import SecretForm, SecretRef, Value
from deskprov.model.settings import SecretProvider, VaultEntry
from deskprov.testing import MemoryEscrow, MemoryRecord

VALUE = "pa ss-wörd {{ 7*7 }} '\"\\$x"


def printing(text: str, *, errors: str = "", status: int = 0) -> SecretProvider:
    """A program that prints these."""
    code = f"import sys; sys.stdout.buffer.write({text.encode()!r}); sys.stderr.write({errors!r}); sys.exit({status})"
    return SecretProvider(command=[sys.executable, "-c", code])


def secrets(providers: Mapping[str, SecretProvider], environment: Mapping[str, str] | None = None) -> ProvidedSecrets:
    return ProvidedSecrets(providers, environment or {}, None)


def refusal(source: ProvidedSecrets, name: str = "wifi") -> SecretUnavailable:
    with pytest.raises(SecretUnavailable) as refused:
        source.value(SecretRef(name))
    return refused.value


def test_from_the_environment() -> None:
    source = secrets({"wifi": SecretProvider(env="WIFI_KEY")}, {"WIFI_KEY": VALUE})
    assert source.value(SecretRef("wifi")) == VALUE


def test_an_unset_variable_is_named_with_a_way_to_set_it() -> None:
    error = refusal(secrets({"wifi": SecretProvider(env="WIFI_KEY")}))
    assert "WIFI_KEY" in error.message
    assert "WIFI_KEY" in error.hint


@pytest.mark.parametrize(("printed", "value"), [(VALUE, VALUE), (VALUE + "\n", VALUE), (VALUE + "\r\n", VALUE)])
def test_from_a_program_without_its_line_end(printed: str, value: str) -> None:
    assert secrets({"wifi": printing(printed)}).value(SecretRef("wifi")) == value


def test_a_program_is_started_without_a_shell(tmp_path: Path) -> None:
    source = secrets({"wifi": SecretProvider(command=["echo", "$HOME; touch", f"{tmp_path}/x", "`id`"])})
    assert source.value(SecretRef("wifi")) == f"$HOME; touch {tmp_path}/x `id`"
    assert not list(tmp_path.iterdir())


def test_a_program_gets_the_environment_but_no_secret_of_it() -> None:
    show = [sys.executable, "-c", "import os; print(os.environ.get('VAULT'), os.environ.get('OTHER'))"]
    source = secrets(
        {"wifi": SecretProvider(command=show), "other": SecretProvider(env="OTHER")}, {"VAULT": "v", "OTHER": "o"}
    )
    assert source.value(SecretRef("wifi")) == "v None"


def test_a_failed_program_is_quoted_without_what_it_printed() -> None:
    error = refusal(secrets({"wifi": printing("hunter2 horse", errors="vault locked: hunter2, horse?\n", status=3)}))
    assert "exit status 3" in error.message
    assert "vault locked" in error.message
    assert "hunter2" not in str(error) + error.hint
    assert "horse" not in str(error) + error.hint


def test_a_program_that_never_ends_is_given_up_and_nothing_of_it_is_kept() -> None:
    code = "import time, sys; print('hunter' + '2', flush=True); time.sleep(60)"
    slow = SecretProvider(command=[sys.executable, "-c", code])
    error = refusal(ProvidedSecrets({"wifi": slow}, {}, None, command_seconds=0.5))
    assert "did not give the secret wifi" in error.message
    assert "hunter2" not in repr(error.__cause__) + str(vars(error.__cause__))


@pytest.mark.parametrize("command", [["/nowhere/pass"], ["a\0b"]])
def test_a_program_that_is_not_there(command: list[str]) -> None:
    assert "could not be started" in refusal(secrets({"wifi": SecretProvider(command=command)})).message


@pytest.mark.parametrize("printed", ["", "\n", "two\nlines", "a\0b", "a\rb", "\n\n"])
def test_what_cannot_be_a_secret_is_refused(printed: str) -> None:
    error = refusal(secrets({"wifi": printing(printed)}))
    assert "wifi" in error.message
    assert error.exit_status == 6


def test_bytes_that_are_no_text_are_refused_unseen() -> None:
    raw = SecretProvider(command=[sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'hunter2\\xff')"])
    error = refusal(secrets({"wifi": raw}))
    assert "UTF-8" in error.message
    assert error.__cause__ is None


def test_a_person_is_asked_once() -> None:
    questions = []

    def ask(question: str) -> str:
        questions.append(question)
        return VALUE

    source = ProvidedSecrets({"wifi": SecretProvider(ask=True)}, {}, ask)
    threads = [Thread(target=source.value, args=(SecretRef("wifi"),)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.value(SecretRef("wifi")) == VALUE
    assert questions == ["Secret wifi: "]


def test_nobody_at_the_terminal() -> None:
    def ask(question: str) -> str:
        raise EOFError

    for asking in (None, ask):
        error = refusal(ProvidedSecrets({"wifi": SecretProvider(ask=True)}, {}, asking))
        assert "nobody at a terminal" in error.message


def test_a_program_that_failed_is_not_started_again(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    code = f"open({str(log)!r}, 'a').write('x'); import sys; sys.exit('vault locked')"
    source = secrets({"wifi": SecretProvider(command=[sys.executable, "-c", code])})
    first, second = refusal(source), refusal(source)
    assert log.read_text() == "x"
    assert (second.message, second.hint) == (first.message, first.hint)
    assert "vault locked" in second.message


def test_a_person_who_gave_nothing_is_not_asked_again() -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return ""

    source = ProvidedSecrets({"wifi": SecretProvider(ask=True)}, {}, ask)
    with pytest.raises(SecretUnavailable, match="Nothing was typed for the secret wifi"):
        source.prepare(["wifi"])
    assert "provider" not in refusal(source).hint
    assert len(questions) == 1


def test_questions_come_before_the_work_and_only_for_what_a_person_knows(tmp_path: Path) -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return VALUE

    providers = {
        "wifi": SecretProvider(ask=True),
        "lan": SecretProvider(ask=True),
        "vault": SecretProvider(command=["touch", f"{tmp_path}/started"]),
        "unset": SecretProvider(env="NOT_SET"),
    }
    source = ProvidedSecrets(providers, {}, ask)
    source.prepare(["vault", "wifi", "unset", "unknown", "wifi"])
    assert questions == ["Secret wifi: "]
    assert not list(tmp_path.iterdir())
    assert source.value(SecretRef("wifi")) == VALUE
    assert len(questions) == 1


def test_when_nobody_may_be_asked_nothing_is_prepared() -> None:
    source = secrets({"wifi": SecretProvider(ask=True)})
    source.prepare(["wifi"])
    assert "nobody at a terminal" in refusal(source).message


def test_only_declared_names_are_known() -> None:
    source = secrets({"wifi": SecretProvider(env="X")})
    source.check("wifi")
    with pytest.raises(SecretUnavailable, match="There is no secret called lan"):
        source.check("lan")
    assert "There is no secret called lan" in refusal(source, "lan").message


def test_a_hash_is_as_in_etc_shadow_and_new_every_run_and_on_every_machine() -> None:
    def made(source: ProvidedSecrets, host: str) -> str:
        return source.value(SecretRef("tech", SecretForm.SHA512_CRYPT, host))

    source, later = secrets({"tech": printing(VALUE)}), secrets({"tech": printing(VALUE)})
    hashes = [made(source, "pc-1"), made(source, "pc-2"), made(later, "pc-1")]
    assert len(set(hashes)) == 3
    for each in hashes:
        assert each.startswith("$6$rounds=100000$")
        assert sha512_crypt.verify(VALUE, each)
        assert not sha512_crypt.verify(VALUE + "x", each)
    assert hashes[0].split("$")[3] == source.salt(SecretRef("tech", host="pc-1"))
    assert made(source, "pc-1") == hashes[0]


def test_what_is_held_goes_before_the_provider() -> None:
    source = secrets({"wifi": printing(VALUE)})
    source.hold(SecretRef("wifi", SecretForm.SHA512_CRYPT, "pc-1"), Value("the new one", "mark"))
    assert source.value(SecretRef("wifi", host="pc-2")) == "the new one"
    source.hold(SecretRef("per-device:users/tech", host="pc-1"), Value("one", "mark"))
    source.hold(SecretRef("per-device:users/tech", host="pc-2"), Value("two", "mark"))
    assert [source.value(SecretRef("per-device:users/tech", host=host)) for host in ("pc-1", "pc-2")] == ["one", "two"]


# --- what deskprov keeps --------------------------------------------------------------------------------------------

TECH = SecretRef("per-device:users/tech", host="pc-1")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def keeping() -> MemoryEscrow:
    record = MemoryRecord()
    record.save([AssetChange(None, Asset(host="pc-1"))], NOON, "robin")
    return MemoryEscrow(record)


def test_what_deskprov_keeps_is_opened_when_it_is_needed() -> None:
    escrow = keeping()
    source = ProvidedSecrets({"wifi": SecretProvider(escrow=True)}, {}, None, escrow=lambda: escrow)
    assert "No value is kept for wifi" in refusal(source).message
    source = ProvidedSecrets({"wifi": SecretProvider(escrow=True)}, {}, None, escrow=lambda: escrow)
    escrow.keep(NewSecret(Owner("", "wifi"), Value(VALUE, "m"), EscrowState.CURRENT), NOON, "robin")
    assert source.value(SecretRef("wifi")) == VALUE


def test_what_will_be_written_is_typed_twice_and_a_log_in_once() -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return f"typed {len(questions)}" if "door" in question else "the same"

    providers = {name: SecretProvider(ask=True) for name in ("login", "wifi", "door")}
    source = ProvidedSecrets(providers, {}, ask)
    source.prepare(["login"])
    source.prepare_to_write(["login", "wifi"])
    assert questions == ["Secret login: ", "Secret wifi: ", "Secret wifi, the same again: "]
    with pytest.raises(SecretUnavailable, match="typed twice, and not the same"):
        source.prepare_to_write(["door"])
    with pytest.raises(SecretUnavailable, match="typed twice, and not the same"):
        source.value(SecretRef("door"))


@pytest.mark.parametrize("value", ["\udcff\udcfe", "a\x1bb", "x" * 1025])
def test_what_is_no_text_is_refused_whoever_gives_it(value: str) -> None:
    source = ProvidedSecrets({"wifi": SecretProvider(env="WIFI")}, {"WIFI": value}, None)
    told = refusal(source).message
    assert told.startswith("The secret wifi ")
    assert value not in told


def test_that_which_is_proved_goes_before_that_which_is_not() -> None:
    escrow = keeping()
    old = escrow.keep(NewSecret(Owner("pc-1", "users/tech"), Value("old", "m")), NOON, "robin")
    assert ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(TECH) == "old"
    escrow.prove(old, NOON, "robin")
    escrow.keep(NewSecret(Owner("pc-1", "users/tech"), Value("new", "m")), NOON, "robin")
    assert ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(TECH) == "old"
    escrow.keep(NewSecret(Owner("pc-1", "users/tech"), Value("said", "m"), EscrowState.GIVEN), NOON, "robin")
    assert ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(TECH) == "said"  # the last word of a person


def test_without_the_private_key_it_says_so() -> None:
    escrow = keeping()
    escrow.keep(NewSecret(Owner("pc-1", "users/tech"), Value("old", "m")), NOON, "robin")
    escrow.locked = True
    with pytest.raises(SecretUnavailable, match="is not on this computer"):
        ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(TECH)
    with pytest.raises(SecretUnavailable, match="No value is kept for pc-2/tech") as told:
        ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(SecretRef(TECH.name, host="pc-2"))
    assert told.value.hint == "deskprov secret set users/tech --for pc-2"


def test_a_file_for_joining_may_be_longer_than_a_password_and_is_imported() -> None:
    escrow, secret = keeping(), SecretRef("per-device:offline_join/this", host="pc-1")
    with pytest.raises(SecretUnavailable, match="No value is kept for pc-1/offline_join/this") as told:
        ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(secret)
    assert told.value.hint.endswith("deskprov secret import pc-1.txt")
    for key, longest in (("users/tech", 1024), ("offline_join/this", 65_536)):
        escrow.keep(NewSecret(Owner("pc-1", key), Value("x" * longest, "m"), EscrowState.CURRENT), NOON, "robin")
        secret = SecretRef(f"per-device:{key}", host="pc-1")
        assert len(ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(secret)) == longest
        escrow.keep(NewSecret(Owner("pc-1", key), Value("x" * (longest + 1), "m"), EscrowState.CURRENT), NOON, "robin")
        with pytest.raises(SecretUnavailable, match=f"longer than {longest:,}"):
            ProvidedSecrets({}, {}, None, escrow=lambda: escrow).value(secret)


# --- keyring and ansible-vault --------------------------------------------------------------------------------------


class SmallKeyring(KeyringBackend):
    """The library's way to have a keyring of one's own."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise KeyringLocked("nobody unlocked it")
        return VALUE if (service, username) == ("school", "wifi") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def small_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(SmallKeyring())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("small_keyring")
def test_a_secret_in_the_keyring() -> None:
    assert secrets({"wifi": SecretProvider(keyring="school/wifi")}).value(SecretRef("wifi")) == VALUE
    missing = refusal(secrets({"wifi": SecretProvider(keyring="school/lan")}))
    assert (missing.message, missing.hint) == (
        "The keyring has no entry lan of school, where the secret wifi is to be.",
        "Put it there; it asks for the value: keyring set school lan",
    )
    assert "KeyringLocked" in refusal(secrets({"wifi": SecretProvider(keyring="locked/x")})).message


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two files of ansible-vault; their password is `opens`."""
    folder = tmp_path_factory.mktemp("vault")
    for name, text in (("one.txt", VALUE + "\n"), ("many.yml", f"wifi: {json.dumps(VALUE)}\nnumber: 7\n")):
        (folder / name).write_text(text)
        command = ["ansible-vault", "encrypt", "--vault-password-file", "/dev/stdin", str(folder / name)]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        subprocess.run(command, input=b"opens", check=True, capture_output=True, env={**os.environ, "PATH": path})
    return folder


def vaulted(folder: Path, password: str = "opens", **entry: str) -> ProvidedSecrets:
    providers = {
        "wifi": SecretProvider(vault=VaultEntry(password="vault-password", **entry)),
        "vault-password": SecretProvider(env="VAULT_PASSWORD"),
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "VAULT_PASSWORD": password}
    return ProvidedSecrets(providers, environment, None, root=folder)


@pytest.mark.ansible
def test_a_secret_in_a_file_of_ansible_vault(vault: Path) -> None:
    assert vaulted(vault, file="one.txt").value(SecretRef("wifi")) == VALUE
    assert vaulted(vault, file="many.yml", entry="wifi").value(SecretRef("wifi")) == VALUE
    assert "has no text number" in refusal(vaulted(vault, file="many.yml", entry="number")).message
    wrong = refusal(vaulted(vault, password="not-this-one", file="one.txt"))
    assert "ansible-vault did not give the secret wifi" in wrong.message
    assert "not-this-one" not in wrong.message + wrong.hint


def test_a_vault_in_a_vault_and_no_program(tmp_path: Path) -> None:
    providers = {name: SecretProvider(vault=VaultEntry(file="x", password="lan")) for name in ("wifi", "lan")}
    assert "is in a vault again" in refusal(ProvidedSecrets(providers, {}, None, root=tmp_path)).message
    providers["lan"] = SecretProvider(env="LAN")
    told = refusal(ProvidedSecrets(providers, {"LAN": "x", "PATH": str(tmp_path)}, None, root=tmp_path))
    assert told.hint == "pip install 'deskprov[ansible]'"


def test_no_value_in_its_representation() -> None:
    source = secrets({"wifi": printing(VALUE)})
    source.value(SecretRef("wifi"))
    assert VALUE not in repr(source)


def test_what_is_missing_is_known_without_asking_a_person(tmp_path: Path) -> None:
    def never(question: str) -> str:
        raise AssertionError("nobody is to be asked")

    providers = {
        "there": SecretProvider(env="THERE"),
        "away": SecretProvider(env="AWAY"),
        "typed": SecretProvider(ask=True),
        "opens": SecretProvider(ask=True),
        "inside": SecretProvider(vault=VaultEntry(file="secrets.yml", entry="wifi", password="opens")),
    }
    source = ProvidedSecrets(providers, {"THERE": "x"}, never, root=tmp_path)
    lacking = {name: source.lack(SecretRef(name)) for name in (*providers, "per-device:users/tech")}
    assert [name for name, error in lacking.items() if error is not None] == ["away", "per-device:users/tech"]
    assert source.lack(SecretRef("per-device:users/tech", host="pc-1")) is None, "deskprov makes it"
    nobody = ProvidedSecrets(providers, {"THERE": "x"}, None, root=tmp_path)
    assert [name for name in providers if nobody.lack(SecretRef(name))] == ["away", "typed", "opens", "inside"]


def test_what_is_held_goes_before_a_failure_too() -> None:
    source = secrets({"wifi": SecretProvider(env="AWAY")})
    assert source.lack(SecretRef("wifi"))
    source.hold(SecretRef("wifi"), Value("new"))
    assert source.value(SecretRef("wifi")) == "new"
