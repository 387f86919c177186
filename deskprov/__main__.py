"""`python -m deskprov` and the `deskprov` command."""

import gc
import sys

BETWEEN_SWEEPS = 100_000
"""Objects made between two searches for cycles. With Python's own 700 (it searches a hundred times while modules are
loaded) a look at one machine takes a tenth longer.
"""


def main() -> None:
    """Runs the command line and exits with its status."""
    gc.set_threshold(BETWEEN_SWEEPS)
    from deskprov.cli.main import end_in_good_order, run

    end_in_good_order()
    status = run()
    gc.freeze()  # the process ends: to search all that is loaded for cycles once more is a sixth of a look's time
    sys.exit(status)


if __name__ == "__main__":
    main()
