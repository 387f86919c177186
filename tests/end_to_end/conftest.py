"""Benches with running practice machines."""

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench, bench_with


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with one practice machine, practice-1, for all tests of a module."""
    with bench_with(tmp_path_factory.mktemp("site"), 1) as bench:
        yield bench


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with twenty practice machines."""
    with bench_with(tmp_path_factory.mktemp("site"), 20) as bench:
        yield bench


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    """A site with a practice PC, pc-1, that was taken in as any machine is; its profile is lab."""
    bench = Bench(tmp_path)
    bench.run("practice", "start", "windows")
    try:
        folder = tmp_path / ".deskprov/practice/windows"
        bench.env["BENCH_TECH_PASSWORD"] = (folder / "password").read_text().strip()
        port = bench.data("practice", "list", "--json")["machines"][0]["port"]
        reach = ["--address", "127.0.0.1", "--port", str(port), "--transport", "winrm", "--user", "deskprov"]
        bench.write("profiles/lab.yml", "profile: lab\nplatform: windows\n")
        bench.run("host", "add", "pc-1", *reach, "--password-secret", "tech-password", "--profile", "lab")
        [certificate] = folder.glob("*/certificate.pem")
        shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
        bench.run("host", "trust", "pc-1", "--fingerprint", f"SHA256:{shown}")
        yield bench
    finally:
        bench.run("practice", "stop")
