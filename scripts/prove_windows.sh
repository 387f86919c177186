#!/bin/sh
# The walk that proves types on a Windows PC: from a bare PC to a verified record, and a second run with nothing to do.
#   scripts/prove_windows.sh prepare SITE STICK ADDRESS…   makes a site and fills the stick; ADDRESSes are the controller's
#   (the script on the stick is run on the PC, or `deskprov practice start windows --bare STICK` plays one)
#   scripts/prove_windows.sh prove SITE STICK              enrols what was on the stick, sets it up, twice, and verifies
# Nothing that it sets wants a reboot: a hosted runner would not come back.
set -eu
PATH="$(cd "$(dirname "$0")/.." && pwd)/.venv/bin:$PATH"
what=$1 site=$2 stick=$3
shift 3

run() { printf '$ %s\n' "$*"; "$@"; }

prepare() {
    from=
    for address in "$@"; do from="$from --from $address"; done
    run deskprov init "$site"
    cd "$site"
    cat >profiles/proof.yml <<'PROFILE'
profile: proof
platform: windows
groups:
  - name: Proof Readers
    description: "{{ 7 * 7 }} ñ $(id)"
users:
  - name: proof-reader
    role: standard
    groups: [Proof Readers]
    password: per-device
registry:
  - value: HKLM\SOFTWARE\Example\Proof
    data: "{{ 7 * 7 }} ñ %TEMP%"
  - value: HKLM\SOFTWARE\Example\text/plain\(Default)
    data: proof
  - value: default-user\Software\Example\Proof
    data: "{{ 7 * 7 }} ñ %TEMP%"
  - value: every-user\Software\Example\Proof
    data: 4294967295
environment:
  - name: EXAMPLE_PROOF
    value: https://library.example.org/
services:
  - name: Spooler
    startup: delayed
    running: true
power:
  display_minutes: 20
updates:
  people_may_pause: false
software:
  - name: notepad++
    feed: winget
PROFILE
    # shellcheck disable=SC2086  # a list of options
    run deskprov bootstrap windows -o "$stick" $from
}

prove() {
    cd "$site"
    run deskprov enroll "$stick" --yes --profile proof
    run deskprov setup @all --yes
    run deskprov verify @all --detailed-exitcode
    printf '$ deskprov setup @all --yes --json\n'
    deskprov setup @all --yes --json | python3 -c '
import json, sys
left = [(host["host"], result) for host in json.load(sys.stdin)["hosts"] for result in host["results"]
        if result["status"] != "ok"]
print("second run: nothing to do" if not left else f"second run: not at rest: {left}")
sys.exit(bool(left))'
    run deskprov run list
}

case $what in
    prepare) prepare "$@" ;;
    prove) prove ;;
    *) echo "prepare or prove, not $what" >&2; exit 64 ;;
esac
