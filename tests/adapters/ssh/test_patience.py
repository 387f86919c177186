import threading

import pytest

from deskprov.adapters.patience import within


def test_result_and_error_come_through() -> None:
    assert within(10, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(10, lambda: 1 // 0)


def test_what_never_ends_is_left() -> None:
    ended = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, ended.wait)
    ended.set()
