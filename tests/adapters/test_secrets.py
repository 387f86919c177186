"""Secrets come from where the site says, once per run, and show up nowhere else."""

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import pytest
from passlib.hash import sha512_crypt

from deskprov.adapters.secrets import ProvidedSecrets
from deskprov.errors import SecretUnavailable
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.model.settings import SecretProvider

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
    with pytest.raises(SecretUnavailable, match="The secret wifi is empty"):
        source.prepare(["wifi"])
    assert "wifi is empty" in refusal(source).message
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


def test_a_hash_is_as_in_etc_shadow_and_new_every_time() -> None:
    source = secrets({"tech": printing(VALUE)})
    reference = SecretRef("tech", SecretForm.SHA512_CRYPT)
    first, second = source.value(reference), source.value(reference)
    assert first != second
    assert first.startswith("$6$rounds=100000$")
    assert sha512_crypt.verify(VALUE, first)
    assert not sha512_crypt.verify(VALUE + "x", first)


def test_no_value_in_its_representation() -> None:
    source = secrets({"wifi": printing(VALUE)})
    source.value(SecretRef("wifi"))
    assert VALUE not in repr(source)
