"""A time limit for calls that have none of their own."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """What `call` returns or raises, if it ends in time; it is left alone in its thread otherwise.

    Raises TimeoutError.
    """
    answers: queue.SimpleQueue[tuple[_T] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((call(),))
        except Exception as error:  # handed on to the caller, not handled here
            answers.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError(f"no answer within {seconds:.0f} seconds") from error
    if isinstance(answer, Exception):
        raise answer
    return answer[0]
