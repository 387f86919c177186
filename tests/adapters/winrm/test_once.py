"""Nothing is asked twice, not even for output that is late: what was sent may have been begun."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from requests.exceptions import ReadTimeout

from deskprov.adapters.winrm.runspace import Once


def test_output_that_is_late_is_asked_for_once() -> None:
    connection = Once("127.0.0.1", port=1)
    asked: list[dict[str, Any]] = []

    def late(message: bytes, **options: Any) -> bytes:
        asked.append(options)
        raise ReadTimeout

    connection.transport.send = late  # type: ignore[method-assign]
    with pytest.raises(ReadTimeout):
        connection.receive("http://schemas.microsoft.com/powershell/Microsoft.PowerShell", Element("Receive"))
    assert [options["retries_on_read_timeout"] for options in asked] == [0]
