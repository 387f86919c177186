"""`python -m deskprov` and the `deskprov` command."""

import gc
import sys

BETWEEN_SWEEPS = 200_000
"""Objects made between two searches for cycles: as many as a look at a machine loads, 170,000, and some more. With
Python's own 700 it searches a hundred times while modules are loaded, which finds nothing and costs a tenth of a look.
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
