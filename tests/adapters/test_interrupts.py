"""Interrupts are held back once, and only once."""

import os
import signal
import threading

import pytest

from deskprov.adapters.interrupts import SIGNALS, SignalInterrupts


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_is_noted_and_the_second_raises(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), SignalInterrupts().held_back() as interrupted:
        assert not interrupted()
        os.kill(os.getpid(), number)
        assert interrupted()
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_another_thread_has_no_signals_to_hold_back() -> None:
    answers: list[bool] = []

    def ask() -> None:
        with SignalInterrupts().held_back() as interrupted:
            answers.append(interrupted())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert answers == [False]
