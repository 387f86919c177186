"""A real Kerberos realm on the loopback address: MIT's KDC, people with passwords, and the key of a service."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deskprov.practice.waiting import wait_until

NAME = "EXAMPLE.ORG"
SERVICE = "WSMAN/localhost"

CLIENT = """\
[libdefaults]
default_realm = {name}
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
{name} = {{
  kdc = 127.0.0.1:{port}
}}
"""
SERVER = """\
[kdcdefaults]
kdc_listen = ""
kdc_tcp_listen = 127.0.0.1:{port}
[realms]
{name} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  default_principal_flags = +preauth
}}
[logging]
kdc = FILE:{folder}/kdc.log
"""


@dataclass(frozen=True)
class Realm:
    """`folder` has the settings; `log` says what the KDC was asked for."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What programs have to be told to be in the realm."""
        return {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}

    @property
    def log(self) -> str:
        return (self.folder / "kdc.log").read_text()

    def write_keytab(self, file: Path) -> None:
        """The service's key, for whoever plays it."""
        self.run("kadmin.local", "-r", NAME, "-q", f"ktadd -k {file} {SERVICE}")

    def run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
        assert found, f"{program} is missing: apt-get install krb5-kdc krb5-admin-server"
        surroundings = {**os.environ, **self.environment}
        subprocess.run([found, *arguments], env=surroundings, check=True, capture_output=True, timeout=60)


@contextmanager
def realm(folder: Path, people: Mapping[str, str]) -> Iterator[Realm]:
    """A realm in which these people have these passwords."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "krb5.conf").write_text(CLIENT.format(name=NAME, port=port))
    (folder / "kdc.conf").write_text(SERVER.format(name=NAME, port=port, folder=folder))
    made = Realm(folder)
    made.run("kdb5_util", "create", "-s", "-r", NAME, "-P", "of no use to anybody")
    for name, password in people.items():
        made.run("kadmin.local", "-r", NAME, "-q", f'addprinc -pw "{password}" {name}')
    made.run("kadmin.local", "-r", NAME, "-q", f"addprinc -randkey {SERVICE}")
    kdc = shutil.which("krb5kdc", path=f"{os.environ['PATH']}:/usr/sbin")
    assert kdc
    surroundings = {**os.environ, **made.environment}
    with subprocess.Popen([kdc, "-n", "-r", NAME], env=surroundings, stderr=subprocess.DEVNULL) as running:
        try:
            assert wait_until(lambda: _answers(port), 30)
            yield made
        finally:
            running.terminate()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
