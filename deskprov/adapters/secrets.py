"""Secrets by name, each from its provider: the environment, a program such as pass, or the person at the keyboard.

A value is asked for once per run and kept in memory only. It is in no message, no representation and no file of ours.
A provider that failed is not asked again in the run, either: one that hangs costs twenty machines its time once.
"""

import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import RLock

from passlib.hash import sha512_crypt

from deskprov.errors import SecretUnavailable
from deskprov.formats.endpoint_text import last_lines
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.model.settings import SecretProvider

HASH_ROUNDS = 100_000
"""crypt(5) takes 1000 to 999,999,999 for sha512crypt; this costs a log-in some hundredths of a second."""

COMMAND_SECONDS = 30.0

_SETTINGS = "`secrets` of deskprov.yml"


def ask_on_terminal(question: str) -> str:
    """What the person types, unseen. Raises `EOFError` when there is nobody at a terminal."""
    if not sys.stdin.isatty():
        raise EOFError("standard input is no terminal")
    return getpass.getpass(question)


class ProvidedSecrets:
    """The secrets that the site's settings declare, for one run; many threads may ask at once.

    `environment` is the one that `env` providers read and that programs of `command` providers inherit; that of this
    process unless another is given. `ask` puts a question to the person at the keyboard; None: nobody may be asked.
    """

    def __init__(
        self,
        providers: Mapping[str, SecretProvider],
        environment: Mapping[str, str] | None = None,
        ask: Callable[[str], str] | None = ask_on_terminal,
        *,
        command_seconds: float = COMMAND_SECONDS,
    ) -> None:
        self._providers = providers
        self._environment = os.environ if environment is None else environment
        self._ask = ask
        self._command_seconds = command_seconds
        self._values: dict[str, str] = {}
        self._failures: dict[str, tuple[str, str]] = {}
        self._lock = RLock()

    def value(self, secret: SecretRef) -> str:
        """The value in the wanted form; a hash has a new random salt every time. Raises `SecretUnavailable`."""
        with self._lock:  # one at a time: nobody is asked twice, and questions do not mix on the terminal
            self.check(secret.name)
            plain = self._plain(secret.name)
        match secret.form:
            case SecretForm.PLAIN:
                return plain
            case SecretForm.SHA512_CRYPT:
                return str(sha512_crypt.using(rounds=HASH_ROUNDS).hash(plain))

    def check(self, name: str) -> None:
        """Raises `SecretUnavailable` when the name is not declared. Asks no provider."""
        if name not in self._providers:
            raise SecretUnavailable(f"There is no secret called {name}.", hint=f"Declare it under {_SETTINGS}.")

    def prepare(self, names: Iterable[str]) -> None:
        """Asks the person at the terminal now for those of these secrets that only a person knows.

        So no question comes up in the middle of the work. Does nothing for the others, or when nobody may be asked.
        Raises `SecretUnavailable` when the person gives nothing.
        """
        if self._ask is None:
            return
        with self._lock:
            for name in names:
                if name in self._providers and self._providers[name].ask:
                    self._plain(name)

    def _plain(self, name: str) -> str:
        """The value; asks its provider at the first call only, also when that failed."""
        if name in self._failures:
            message, hint = self._failures[name]
            raise SecretUnavailable(message, hint=hint)
        if name not in self._values:
            try:
                self._values[name] = _usable(name, self._fetch(name))
            except SecretUnavailable as error:
                self._failures[name] = error.message, error.hint  # not the error: its traceback may hold values
                raise
        return self._values[name]

    def _fetch(self, name: str) -> str:
        provider = self._providers[name]
        if provider.env is not None:
            return self._from_environment(name, provider.env)
        if provider.command is not None:
            return self._from_command(name, provider.command)
        return self._from_person(name)

    def _from_environment(self, name: str, variable: str) -> str:
        try:
            return self._environment[variable]
        except KeyError as error:
            raise SecretUnavailable(
                f"The secret {name} is to be in the environment variable {variable}, which is not set.",
                hint=f"Set it, without leaving it in the history: read -rs {variable}; export {variable}",
            ) from error

    def _from_command(self, name: str, command: Sequence[str]) -> str:
        foreign = {provider.env for provider in self._providers.values()}
        environment = {key: value for key, value in self._environment.items() if key not in foreign}
        try:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._command_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            # not "from error": what the program has printed so far hangs on it
            error.output = error.stderr = None
            raise SecretUnavailable(
                f"{command[0]} did not give the secret {name} within {self._command_seconds:.0f} seconds.",
                hint="It may wait for a person: unlock it first, then run this again.",
            ) from error
        except (OSError, ValueError) as error:
            raise SecretUnavailable(
                f"{command[0]}, which gives the secret {name}, could not be started.",
                hint=f"Check that it is installed, and its name under {_SETTINGS}.",
            ) from error
        if done.returncode != 0:
            said = " | ".join(last_lines(_without(done.stderr, done.stdout)))
            raise SecretUnavailable(
                f"{command[0]} did not give the secret {name} (exit status {done.returncode})"
                + (f": {said}" if said else "."),
                hint="Try it by hand; it may have to be unlocked first.",
            )
        try:
            return done.stdout.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise SecretUnavailable(
                f"What {command[0]} gives for the secret {name} is no text in UTF-8.", hint="Look at what it prints."
            ) from None  # the error would carry the value

    def _from_person(self, name: str) -> str:
        nobody = SecretUnavailable(
            f"The secret {name} is to be typed in, and there is nobody at a terminal to ask.",
            hint=f"Run this at a terminal, or give the secret another provider under {_SETTINGS}.",
        )
        if self._ask is None:
            raise nobody
        try:
            return self._ask(f"Secret {name}: ")
        except EOFError as error:
            raise nobody from error


def _usable(name: str, value: str) -> str:
    if not value:
        raise SecretUnavailable(f"The secret {name} is empty.", hint="Look at what its provider gives.")
    if any(character in value for character in "\0\n\r"):
        raise SecretUnavailable(
            f"The secret {name} has a line break or a NUL in it.", hint="Secrets are one line: look at its provider."
        )
    return value


def _without(text: bytes, value: bytes) -> bytes:
    """The text, with each word of `value` taken out."""
    for part in sorted(value.split(), key=len, reverse=True):
        text = text.replace(part, b"***")
    return text
