"""Packages of Debian made on the spot, with a script that shows that it has run."""

import subprocess
from pathlib import Path


def package(folder: Path, name: str, version: str = "2.0") -> bytes:
    """A package whose script leaves /var/tmp/ran-NAME on the machine."""
    tree = folder / f"{name}-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: test\n"
    )
    script = tree / "DEBIAN" / "preinst"
    script.write_text(f"#!/bin/sh\ntouch /var/tmp/ran-{name}\n")
    script.chmod(0o755)
    done = folder / f"{name}-{version}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, done], check=True, capture_output=True)
    return done.read_bytes()
