"""Secrets by name, each from its provider: outside sources, the person at the keyboard, or what deskprov keeps itself.

A value is asked for once per run and kept in memory only. It is in no message, no representation and no file of ours.
A provider that failed is not asked again in the run, either: one that hangs costs twenty machines its time once.
"""

import getpass
import os
import secrets as random_tokens
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from threading import RLock

from deskprov.adapters.secret_sources import (
    COMMAND_SECONDS,
    SETTINGS,
    from_command,
    from_environment,
    from_keyring,
    from_vault,
)
from deskprov.errors import SecretUnavailable
from deskprov.formats.join_file import LONGEST_JOIN_TEXT
from deskprov.formats.salts import salt_of
from deskprov.formats.secret_text import LONGEST_SECRET, unusable
from deskprov.model.escrow import EscrowState, Owner, owner_of
from deskprov.model.ports.escrow import Escrow
from deskprov.model.secret import PER_DEVICE, SecretForm, SecretRef, Value
from deskprov.model.settings import IdentityPlace, SecretProvider

HASH_ROUNDS = 100_000
"""crypt(5) takes 1000 to 999,999,999 for sha512crypt; this costs a log-in some hundredths of a second."""


def ask_on_terminal(question: str) -> str:
    """What the person types, unseen. Raises `EOFError` when there is nobody at a terminal."""
    if not sys.stdin.isatty():
        raise EOFError("standard input is no terminal")
    try:
        return getpass.getpass(question)
    except UnicodeDecodeError:  # not "from": the error would carry the value
        raise SecretUnavailable("What was typed is no text in UTF-8.", hint="Set the terminal to UTF-8.") from None


class ProvidedSecrets:
    """The secrets that the site's settings declare, for one run; many threads may ask at once.

    `environment` is the one that `env` providers read and that programs of `command` providers inherit; that of this
    process unless another is given. `ask` puts a question to the person at the keyboard; None: nobody may be asked.
    `root` is the site's folder, from which files count; `escrow` gives what deskprov keeps itself.
    """

    def __init__(
        self,
        providers: Mapping[str, SecretProvider],
        environment: Mapping[str, str] | None = None,
        ask: Callable[[str], str] | None = ask_on_terminal,
        *,
        root: Path = Path(),
        escrow: Callable[[], Escrow] | None = None,
        command_seconds: float = COMMAND_SECONDS,
    ) -> None:
        self._providers = providers
        self._environment = os.environ if environment is None else environment
        self._ask = ask
        self._root = root
        self._escrow = escrow
        self._command_seconds = command_seconds
        self._values: dict[SecretRef, Value] = {}
        self._handed: set[str] = set()
        self._twice: set[str] = set()
        self._failures: dict[SecretRef, tuple[str, str]] = {}
        self._lock = RLock()

    def value(self, secret: SecretRef) -> str:
        """The value in the wanted form. Raises `SecretUnavailable`."""
        handed = self._in_form(secret)
        with self._lock:
            self._handed.add(handed)
        return handed

    def values(self) -> Collection[str]:
        """All that is held, and all that was handed out in the form in which it was: to be kept out of logs."""
        with self._lock:
            return self._handed | {value.plain for value in self._values.values()}

    def _in_form(self, secret: SecretRef) -> str:
        match secret.form:
            case SecretForm.PLAIN:
                return self._found(secret).plain
            case SecretForm.SHA512_CRYPT:
                from passlib.hash import sha512_crypt

                method = sha512_crypt.using(rounds=HASH_ROUNDS, salt=self.salt(secret))
                return str(method.hash(self._found(secret).plain))

    def salt(self, secret: SecretRef) -> str:
        """The salt of this secret's hash for this machine: of random origin, and another on every machine."""
        return salt_of(self._found(secret).mark, secret)

    def hold(self, secret: SecretRef, value: Value) -> None:
        """From now on, in this run, this is its value."""
        with self._lock:
            self._values[_whose(secret)] = value
            self._failures.pop(_whose(secret), None)

    def check(self, name: str) -> None:
        """Raises `SecretUnavailable` when the name is not declared. Asks no provider."""
        if name not in self._providers and name != PER_DEVICE and not SecretRef(name).owner:
            raise SecretUnavailable(f"There is no secret called {name}.", hint=f"Declare it under {SETTINGS}.")

    def lack(self, secret: SecretRef) -> SecretUnavailable | None:
        """Why the value cannot be had; None when it can, when deskprov makes it, or when a person can be asked."""
        if owner_of(secret).is_account or self._asks_for(secret.name):
            return None
        try:
            self._found(secret)
        except SecretUnavailable as error:
            return error
        return None

    def _asks_for(self, name: str) -> bool:
        """True when a person types it, or the password of the vault that it is in, and there is one."""
        provider = self._providers.get(name)
        if provider is None or self._ask is None or (self._ask is ask_on_terminal and not sys.stdin.isatty()):
            return False
        return provider.ask or (provider.vault is not None and self._asks_for(provider.vault.password))

    def prepare(self, names: Iterable[str]) -> None:
        """Asks the person at the terminal now for those of these secrets that only a person knows.

        So no question comes up in the middle of the work. Does nothing for the others, or when nobody may be asked.
        Raises `SecretUnavailable` when the person gives nothing.
        """
        if self._ask is None:
            return
        for name in names:
            if name in self._providers and self._providers[name].ask:
                self._found(SecretRef(name))

    def prepare_to_write(self, names: Iterable[str]) -> None:
        """The same, asked twice. Raises `SecretUnavailable` also when the two are not the same."""
        asked = list(names)
        with self._lock:
            new = {n for n in asked if (p := self._providers.get(n)) is not None and p.ask}
            self._twice |= {n for n in new if SecretRef(n) not in self._values}
        self.prepare(asked)

    def identity(self, place: IdentityPlace) -> str:
        """The text of the site's private key, from a place that is no file. Raises `SecretUnavailable`."""
        what = "the private key that opens what is kept"
        if place.keyring is not None:
            return from_keyring(what, place.keyring)
        if place.command is not None:
            return from_command(what, place.command, self._own_environment(), seconds=self._command_seconds)
        return from_environment(what, place.env or "", self._environment)

    def _found(self, secret: SecretRef) -> Value:
        """The value; asks its provider at the first call only, also when that failed."""
        self.check(secret.name)
        whose = _whose(secret)
        with self._lock:  # one at a time: nobody is asked twice, and questions do not mix on the terminal
            if whose in self._failures:
                message, hint = self._failures[whose]
                raise SecretUnavailable(message, hint=hint)
            if whose not in self._values:
                try:
                    self._values[whose] = self._fetch(whose)
                except SecretUnavailable as error:
                    self._failures[whose] = error.message, error.hint  # not the error: its traceback may hold values
                    raise
            return self._values[whose]

    def _fetch(self, secret: SecretRef) -> Value:
        provider = self._providers.get(secret.name)
        if provider is None or provider.escrow:
            return self._from_escrow(secret)
        return Value(_usable(secret.name, self._from(secret.name, provider)), random_tokens.token_hex(16))

    def _from(self, name: str, provider: SecretProvider) -> str:
        what = f"the secret {name}"
        if provider.env is not None:
            return from_environment(what, provider.env, self._environment)
        if provider.command is not None:
            return from_command(what, provider.command, self._own_environment(), seconds=self._command_seconds)
        if provider.keyring is not None:
            return from_keyring(what, provider.keyring)
        if provider.vault is not None:
            opens = provider.vault.password
            if opens == name or (opens in self._providers and self._providers[opens].vault is not None):
                raise SecretUnavailable(
                    f"The secret {name} is in a vault whose password, {opens}, is in a vault again.",
                    hint=f"Give {opens} another provider under {SETTINGS}.",
                )
            password = self._found(SecretRef(opens)).plain
            file = self._root / provider.vault.file
            return from_vault(
                what, file, provider.vault.entry, password, self._own_environment(), self._command_seconds
            )
        return self._from_person(name)

    def _from_escrow(self, secret: SecretRef) -> Value:
        owner = owner_of(secret)
        kept = [] if self._escrow is None else self._escrow().of(owner)
        settled = (each for each in kept if each.state is not EscrowState.PENDING)  # seen in force, or said to be
        in_force = next(settled, None) or next(iter(kept), None)
        if self._escrow is None or in_force is None:
            raise SecretUnavailable(f"No value is kept for {owner.label}.", hint=_how_to_keep(owner))
        value = self._escrow().open(in_force)
        _usable(owner.label, value.plain, LONGEST_SECRET if owner.is_account or not owner.host else LONGEST_JOIN_TEXT)
        return value

    def _own_environment(self) -> dict[str, str]:
        """This process's environment, without the values of other secrets."""
        foreign = {provider.env for provider in self._providers.values()}
        return {key: value for key, value in self._environment.items() if key not in foreign}

    def _from_person(self, name: str) -> str:
        nobody = SecretUnavailable(
            f"The secret {name} is to be typed in, and there is nobody at a terminal to ask.",
            hint=f"Run this at a terminal, or give the secret another provider under {SETTINGS}.",
        )
        if self._ask is None:
            raise nobody
        try:
            typed = self._ask(f"Secret {name}: ")
            same = not typed or name not in self._twice or self._ask(f"Secret {name}, the same again: ") == typed
        except EOFError as error:
            raise nobody from error
        if not typed:
            raise SecretUnavailable(
                f"Nothing was typed for the secret {name}.", hint="Run it again, and type it; it does not show."
            )
        if not same:
            raise SecretUnavailable(f"The secret {name} was typed twice, and not the same.", hint="Run it again.")
        return typed


def _whose(secret: SecretRef) -> SecretRef:
    """What its value is filed under: a secret of the site has the same on every machine, and in every form."""
    return SecretRef(secret.name, host=secret.host if secret.owner else "")


def _how_to_keep(owner: Owner) -> str:
    if owner.host and not owner.is_account:
        made = "an administrator of the domain makes it with djoin /provision"
        return f"{made}, then: deskprov secret import {owner.host}.txt"
    return f"deskprov secret set {owner.key}{f' --for {owner.host}' if owner.host else ''}"


def _usable(name: str, value: str, longest: int = LONGEST_SECRET) -> str:
    if why := unusable(value, longest):
        raise SecretUnavailable(
            f"The secret {name} {why}.", hint="Secrets are one line of text: look at what its provider gives."
        )
    return value
