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
if [ "$(id -u)" != 0 ] || [ "$(uname)" != Linux ]; then
    say "A practice machine is a real, booted Debian, which needs root on Linux. Without it, this is what can be shown:"
    run deskprov explain front-office
    run deskprov render front-office
    say "To see a machine being set up:  sudo make demo"
    exit 0
fi

say "2. A practice machine: a real Debian, booted here, reached over SSH like any other."
run deskprov practice start linux --profile front-office
machine=$(deskprov practice list --json | python -c 'import json,sys; print(json.load(sys.stdin)["machines"][-1]["name"])')
trap 'deskprov practice stop "$machine" >/dev/null 2>&1 || true
    [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" .deskprov' EXIT

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

say "That was it; the practice machine is stopped now and has left nothing behind. To try it yourself:"
cat <<'TEXT'
  . .venv/bin/activate
  sudo .venv/bin/deskprov practice start linux --profile front-office
  deskprov plan practice-1          # then: setup, verify, explain practice-1, asset show practice-1
  deskprov init ~/my-site           # a site of your own
TEXT
