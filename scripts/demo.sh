#!/bin/sh
# A practice machine from bare to verified record, in front of your eyes, with the example site of this repository.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold= plain=; fi

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; "$@"; }

say "1. The example site is a folder of YAML files. Is it all right?"
run deskprov validate

started=
stop() {
    # shellcheck disable=SC2086  # a list of names
    [ -z "$started" ] || deskprov practice stop $started >/dev/null 2>&1 || true
    [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" .deskprov
}
trap stop EXIT
start() { # a practice machine of platform $1 with the profile $2, from now on called $machine
    run deskprov practice start "$1" --profile "$2"
    machine=$(deskprov practice list --json | python -c "
import json, sys
print([machine['name'] for machine in json.load(sys.stdin)['machines'] if machine['platform'] == '$1'][-1])")
    started="$started $machine"
}

practice_pc() {
    say "A practice PC: no Windows, but a double that takes what Ansible sends over WinRM and answers from a model."
    start windows pupil-pc
    run deskprov setup "$machine" --yes
    say "The record says that this was practice. Once more: there is nothing to do."
    run deskprov asset show "$machine"
    run deskprov setup "$machine" --yes
}

if [ "$(id -u)" != 0 ] || [ "$(uname)" != Linux ]; then
    say "2. A practice machine is a real, booted Debian, which needs root on Linux. Without it there is this:"
    practice_pc
    say "To see a real machine being set up:  sudo make demo"
    exit 0
fi

say "2. A practice machine: a real Debian, booted here, reached over SSH like any other."
start linux front-office

say "3. Look, plan, change, look again to prove it."
run deskprov setup "$machine" --yes

say "4. What the record knows now."
run deskprov asset show "$machine"

say "5. Once more: there is nothing to do."
run deskprov setup "$machine" --yes

say "6. Somebody changes a file by hand …"
change='echo Out of order | sudo tee /etc/motd && sudo chmod 600 /etc/motd'
printf "%s$ deskprov practice shell %s '%s'%s\n" "$bold" "$machine" "$change" "$plain"
deskprov practice shell "$machine" "$change"
say "… and deskprov sees it, and mends it."
run deskprov verify "$machine"
run deskprov apply "$machine" --yes
run deskprov run list

say "7. And a PC:"
practice_pc

say "That was it; the practice machines are stopped now and have left nothing behind. To try it yourself:"
cat <<'TEXT'
  . .venv/bin/activate
  sudo .venv/bin/deskprov practice start linux --profile front-office
  deskprov plan practice-1          # then: setup, verify, explain practice-1, asset show practice-1
  deskprov init ~/my-site           # a site of your own
TEXT
