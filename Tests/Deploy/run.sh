#!/usr/bin/env bash
# Checks deploy/ against the schemas and with the linters that others publish: in a Python environment of its own in .build, which needs
# the network the first time. What needs no network is in DeployTests.
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=.build/deploy-environment

install() {
    command -v apt-get >/dev/null || { echo "please install: $*" >&2; exit 1; }
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get update --quiet
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@"
}
if [ "$(uname -s)" = Linux ]; then
    command -v systemd-analyze >/dev/null || install systemd
    python3 -c 'import ensurepip, venv' 2>/dev/null || install python3-venv
fi

if ! cmp -s Tests/Deploy/requirements.txt "$environment/requirements.txt"; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement Tests/Deploy/requirements.txt
    cp Tests/Deploy/requirements.txt "$environment/requirements.txt"
fi
PATH="$PWD/$environment/bin:$PATH" exec "$environment/bin/python" Tests/Deploy/check.py
