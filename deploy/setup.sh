#!/bin/sh
# Installs what building, testing and the demo need beside Swift: hiredis, zlib, redis-server and pkg-config.
# Says what it does; does nothing, quickly, when all is there.
set -eu

# Tests look elsewhere.
root="${ALOFT_SETUP_ROOT:-}"

say() { printf 'setup: %s\n' "$*" >&2; }

has_command() { command -v "$1" >/dev/null 2>&1; }

has_header() {
    for folder in /usr/include /usr/local/include /opt/homebrew/include /opt/local/include; do
        [ -e "$root$folder/$1" ] && return 0
    done
    # In the SDK of macOS.
    [ "$(uname -s)" = Darwin ] && [ "$1" = zlib.h ]
}

# What is missing, as Debian calls it.
missing=""
has_header hiredis/hiredis.h || missing="$missing libhiredis-dev"
has_header zlib.h || missing="$missing zlib1g-dev"
has_command redis-server || missing="$missing redis-server"
has_command pkg-config || missing="$missing pkg-config"
missing="${missing# }"

if ! has_command swift; then
    say "Swift is not installed or not in PATH; Aloft needs 6.2 or newer, see https://www.swift.org/install"
    exit 1
fi

[ -n "$missing" ] || exit 0

if [ "$(uname -s)" = Darwin ]; then
    say "missing: $missing. Install with Homebrew:"
    say "    brew install hiredis redis pkgconf"
    exit 1
fi

if ! has_command apt-get; then
    say "missing: $missing (the names of Debian's packages), and there is no apt-get here to install them"
    say "install them with the package manager of this system and run this again"
    exit 1
fi

# As root, or by sudo. Questions would wait for an answer that nobody gives.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

if [ "$(id -u)" -ne 0 ] && ! has_command sudo; then
    say "missing: $missing. Neither root nor sudo: have somebody run"
    say "    apt-get install $missing"
    exit 1
fi

install() {
    # The names are words of their own.
    # shellcheck disable=SC2086
    as_root apt-get install --yes --quiet --no-install-recommends $missing
}

# A fresh machine has no lists of packages.
knows_all() {
    for package in $missing; do
        apt-cache show "$package" >/dev/null 2>&1 || return 1
    done
}

update() {
    say "fetching the lists of packages (apt-get update)"
    as_root apt-get update --quiet
}

say "installing with apt-get: $missing"
case " $missing " in
*" redis-server "*)
    say "(the package may start a system-wide Redis on port 6379; Aloft neither uses nor changes it)"
    ;;
esac
if knows_all; then
    # Lists may be too old for what the servers have.
    install || {
        update
        install
    }
else
    update
    install
fi
say "done"
