"""The places outside of deskprov that secrets come from: environment, programs, the keyring, files of ansible-vault.

Each function takes what is asked for in words, such as `the secret wifi`, and raises `SecretUnavailable`; the value is
in no message.
"""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deskprov.errors import SecretUnavailable
from deskprov.formats import strict_yaml
from deskprov.formats.endpoint_text import last_lines

COMMAND_SECONDS = 30.0
SETTINGS = "`secrets` of deskprov.yml"
VAULT_PROGRAM = "ansible-vault"


def from_environment(what: str, variable: str, environment: Mapping[str, str]) -> str:
    """The value of a variable."""
    try:
        return environment[variable]
    except KeyError as error:
        raise SecretUnavailable(
            f"{_upper(what)} is to be in the environment variable {variable}, which is not set.",
            hint=f"Set it, without leaving it in the history: read -rs {variable}; export {variable}",
        ) from error


def from_command(
    what: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    folder: Path | None = None,
    seconds: float = COMMAND_SECONDS,
) -> str:
    """What a program prints, without the line end. `stdin` is what it is given to read."""
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            cwd=folder,
            input=stdin,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        # not "from error": what the program has printed so far hangs on it
        error.output = error.stderr = None
        raise SecretUnavailable(
            f"{command[0]} did not give {what} within {seconds:.0f} seconds.",
            hint="It may wait for a person: unlock it first, then run this again.",
        ) from error
    except (OSError, ValueError) as error:
        raise SecretUnavailable(
            f"{command[0]}, which gives {what}, could not be started.",
            hint="Check that it is installed, and its name in deskprov.yml.",
        ) from error
    if done.returncode != 0:
        said = " | ".join(last_lines(_without(done.stderr, done.stdout)))
        raise SecretUnavailable(
            f"{command[0]} did not give {what} (exit status {done.returncode})" + (f": {said}" if said else "."),
            hint="Try it by hand; it may have to be unlocked first.",
        )
    try:
        return done.stdout.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SecretUnavailable(
            f"What {command[0]} gives for {what} is no text in UTF-8.", hint="Look at what it prints."
        ) from None  # the error would carry the value


def from_keyring(what: str, entry: str) -> str:
    """A password out of the keyring of the desktop, by the library keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError as error:
        raise SecretUnavailable(
            f"{_upper(what)} is to be in the keyring, and the library for that is not installed.",
            hint="pip install 'deskprov[keyring]'",
        ) from error
    service, _, name = entry.partition("/")
    try:
        value = keyring.get_password(service, name)
    except KeyringError as error:
        raise SecretUnavailable(
            f"The keyring did not give {what}: {type(error).__name__}.",
            hint="Is somebody logged in at this desktop, and the keyring unlocked? keyring diagnose says which it is.",
        ) from error
    if value is None:
        raise SecretUnavailable(
            f"The keyring has no entry {name} of {service}, where {what} is to be.",
            hint=f"Put it there; it asks for the value: keyring set {service} {name}",
        )
    return value


def from_vault(
    what: str, file: Path, entry: str | None, password: str, environment: Mapping[str, str], seconds: float
) -> str:
    """A value of a file of ansible-vault, opened by that program; it reads the password from its standard input."""
    program = shutil.which(VAULT_PROGRAM, path=environment.get("PATH"))
    if program is None:
        raise SecretUnavailable(
            f"{_upper(what)} is in {file.name}, and there is no {VAULT_PROGRAM} here to open it.",
            hint="pip install 'deskprov[ansible]'",
        )
    command = [program, "decrypt", "--output", "-", "--vault-password-file", "/dev/stdin", str(file)]
    text = from_command(what, command, environment, stdin=password.encode(), folder=file.parent, seconds=seconds)
    return text if entry is None else _entry(what, file, entry, text)


def _entry(what: str, file: Path, entry: str, text: str) -> str:
    document, _ = strict_yaml.read_bytes(text.encode(), file.name)
    data = document.data if document is not None else None
    if isinstance(data, dict) and isinstance(data.get(entry), str):
        return str(data[entry])
    raise SecretUnavailable(
        f"{file.name} has no text {entry}, where {what} is to be.",
        hint=f"Look at its keys: {VAULT_PROGRAM} view {file}. Numbers need quotes.",
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _without(text: bytes, value: bytes) -> bytes:
    """The text, with each word of `value` taken out."""
    for part in sorted(value.split(), key=len, reverse=True):
        text = text.replace(part, b"***")
    return text
