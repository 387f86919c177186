"""`python -m deskprov` and the `deskprov` command."""

import sys


def main() -> None:
    """Runs the command line and exits with its status."""
    from deskprov.cli.main import end_in_good_order, run

    end_in_good_order()
    sys.exit(run())


if __name__ == "__main__":
    main()
