#!/bin/sh
# Records the terminal pictures of the documentation from the program, on practice machines.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
mkdir -p docs/pictures
deskprov practice stop >/dev/null 2>&1 || true
deskprov practice start linux --profile front-office
deskprov practice start windows --profile pupil-pc
trap 'deskprov practice stop' EXIT
python scripts/record_terminal.py docs/pictures/setup.svg "deskprov setup" 100 deskprov setup practice-1 --yes
python scripts/record_terminal.py docs/pictures/windows.svg "deskprov setup" 100 deskprov setup practice-pc-1 --yes
python scripts/record_terminal.py docs/pictures/windows-record.svg "deskprov asset show" 100 deskprov asset show practice-pc-1
