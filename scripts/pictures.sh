#!/bin/sh
# Records the terminal pictures of the documentation from the program, on a practice machine.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
mkdir -p docs/pictures
deskprov practice stop >/dev/null 2>&1 || true
deskprov practice start linux --profile front-office
trap 'deskprov practice stop' EXIT
python scripts/record_terminal.py docs/pictures/setup.svg "deskprov setup" 100 deskprov setup practice-1 --yes
