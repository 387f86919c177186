"""The first interrupt waits for the step, the second does not, and the third is one."""

import os
import signal
import threading

import pytest

from deskprov.adapters.interrupts import SIGNALS, SignalInterrupts
from deskprov.model.playbook import Halt


@pytest.mark.parametrize("number", SIGNALS)
def test_two_are_noted_and_the_third_raises(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), SignalInterrupts().held_back() as wanted:
        assert wanted() is Halt.NO
        os.kill(os.getpid(), number)
        assert wanted() is Halt.AFTER_STEP
        os.kill(os.getpid(), number)
        assert wanted() is Halt.AT_ONCE
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with SignalInterrupts().held_back() as wanted:
            os.kill(os.getpid(), signal.SIGHUP)
            assert wanted() is Halt.NO
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_has_no_signals_to_hold_back() -> None:
    answers: list[Halt] = []

    def ask() -> None:
        with SignalInterrupts().held_back() as wanted:
            answers.append(wanted())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert answers == [Halt.NO]
