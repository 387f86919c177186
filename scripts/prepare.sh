#!/bin/sh
# Makes .venv ready, and as root installs what practice machines need.
#   scripts/prepare.sh user    what a user installs
#   scripts/prepare.sh dev     also what tests and checks need
set -eu
cd "$(dirname "$0")/.."
kind=$1

say() { printf '%s\n' "$*" >&2; }
as_root() { [ "$(id -u)" = 0 ]; }
apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null; }

# Packages of the system: $1 is a word for people, the rest are packages.
system_packages() {
    what=$1; shift
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        say "$what: please install$missing with your system's package manager."
        return 1
    elif as_root; then
        say "$what: installing$missing"
        apt-get update -qq
        # shellcheck disable=SC2086  # a list of packages
        apt_install $missing
    else
        say "$what is missing. Please run:  sudo apt-get install -y$missing"
        return 1
    fi
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "deskprov needs Python 3.11, 3.12 or 3.13, and found none. Set PYTHON=/path/to/python3.12, for example."
    exit 1
}

python=$(find_python)
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    system_packages "The Python venv module" "python$version-venv"
fi

wanted="$kind $(cksum <pyproject.toml) $("$python" -V) $PWD"
if [ "$(cat .venv/ready 2>/dev/null)" != "$wanted" ] && ! { [ "$kind" = user ] && [ "$(cat .venv/ready 2>/dev/null)" = "dev${wanted#user}" ]; }; then
    say "Setting up .venv (mostly downloads, about two minutes the first time)"
    [ "$kind" = user ] || system_packages "What Kerberos is built with" gcc python3-dev libkrb5-dev
    [ -x .venv/bin/python ] && [ "$(.venv/bin/python -V 2>/dev/null)" = "$("$python" -V)" ] || "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
    if [ "$kind" = dev ]; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[ansible]' --group dev
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[ansible]'
    fi
    printf '%s\n' "$wanted" >.venv/ready
fi

case $kind in
    user) if as_root; then system_packages "Practice machines" mmdebstrap systemd-container openssh-client iproute2 debian-archive-keyring; fi ;;
    dev) system_packages "What the tests run against" mmdebstrap systemd-container openssh-client iproute2 debian-archive-keyring openssh-server sudo postgresql shellcheck krb5-kdc krb5-admin-server ;;
esac

# what was made with sudo belongs to the person, or the next command without sudo fails
if as_root && [ -n "${SUDO_UID:-}" ]; then
    chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" .venv
fi
