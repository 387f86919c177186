"""`python -m deskprov` and the `deskprov` command."""

import atexit
import gc
import os
import sys

BETWEEN_SWEEPS = 200_000
"""Objects made between two searches for cycles: as many as a look at a machine loads, 170,000, and some more. With
Python's own 700 it searches a hundred times while modules are loaded, which finds nothing and costs a tenth of a look.
"""


def main() -> None:
    """Runs the command line and exits with its status."""
    gc.set_threshold(BETWEEN_SWEEPS)
    status: list[int] = []
    atexit.register(_leave, status)  # the first that is registered is the last that is called
    from deskprov.cli.main import end_in_good_order, run

    end_in_good_order()
    status.append(run())
    sys.exit(status[0])


def _leave(status: list[int]) -> None:
    """Ends the process when all that wanted to be called at its end has been.

    Python would search all that is loaded for cycles once more and take it apart piece by piece, which nobody needs and
    costs a seventh of a look. It does where we did not come to our own end, where somebody traces us, who has a word to
    say after this, and where what was printed cannot be written, which it says.
    """
    if not status or sys.gettrace():
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(status[0])


if __name__ == "__main__":
    main()
