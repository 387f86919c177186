"""The probe of certificates, really run on a registry of the engine's own."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.certificates import Options
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["certificates"], Platform.WINDOWS)
ONE, TWO, THREE = ("3F0A377BA0A4A460ECB616F6507CE0D8CFA3E70" + digit for digit in "123")


def registry(**stores: list[str]) -> dict[str, Any]:
    """Where Windows keeps the stores of the computer, as about_Certificate_Provider has them by name."""
    keys = {name: key(Certificates=key(**{each: key() for each in held})) for name, held in stores.items()}
    return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=key(Microsoft=key(SystemCertificates=key(**keys))))}


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_each_store_has_its_own_and_one_is_empty(tmp_path: Path, mode: str) -> None:
    asked = [
        Options(thumbprint=ONE, source="a.pem"),
        Options(thumbprint=ONE, source="a.pem", store="intermediate"),
        Options(thumbprint=THREE.lower(), source="a.pem", store="intermediate"),
        Options(thumbprint=ONE, source="a.pem", store="publisher"),
    ]
    answers = ask(tmp_path, PLATFORM.probes(asked[0]), {}, mode=mode, registry=registry(ROOT=[ONE, TWO], CA=[THREE]))
    assert [PLATFORM.observe(options, answers) for options in asked] == [
        {"store": "root"},
        Sight.ABSENT,
        {"store": "intermediate"},
        Sight.ABSENT,
    ]
