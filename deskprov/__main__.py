"""`python -m deskprov` and the `deskprov` command."""

import sys


def main() -> None:
    """Runs the command line and exits with its status."""
    from deskprov.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
