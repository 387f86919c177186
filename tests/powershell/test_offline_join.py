"""What a Windows PC says of its domain, really run with stand-ins."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.offline_join import Options
from tests.powershell import CONSTRAINED, FULL, ask

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["offline_join"], Platform.WINDOWS)


def look(folder: Path, system: Any, mode: str = CONSTRAINED) -> Any:
    """`system` in the form of Win32_ComputerSystem, learn.microsoft.com/windows/win32/cimwin32prov/
    win32-computersystem."""
    options = Options(domain="example.org")
    windows = {"Win32_ComputerSystem": system}
    return PLATFORM.observe(options, ask(folder, PLATFORM.probes(options), windows, mode=mode))


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_in_a_domain_or_not_or_not_known(tmp_path: Path, mode: str) -> None:
    assert look(tmp_path, [{"PartOfDomain": True, "Domain": "example.org"}], mode) == {"domain": "example.org"}
    assert look(tmp_path, [{"PartOfDomain": False, "Domain": "WORKGROUP"}], mode) == {"domain": None}
    assert look(tmp_path, {"raises": "Access denied "}, mode) is Sight.NOT_REPORTED
    assert look(tmp_path, [], mode) is Sight.NOT_REPORTED
