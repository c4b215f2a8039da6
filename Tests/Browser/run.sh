#!/bin/sh
# Tests the dashboard in a real Chromium: starts the demo and looks at it. Screenshots of what was seen are in
# .build/browser. Installs what is missing: Chromium and its driver by apt-get, Selenium into a folder of its own.
set -eu
cd "$(dirname "$0")/../.."

if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    command -v apt-get >/dev/null || { echo "install chromium and chromedriver, then run this again" >&2; exit 1; }
    echo "installing Chromium"
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qy chromium chromium-driver python3-venv >/dev/null
fi
venv=.build/browser/venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import selenium' 2>/dev/null || "$venv/bin/pip" -q install 'selenium>=4.20,<5'

exec "$venv/bin/python" Tests/Browser/dashboard.py "${BIN:-.build/debug}/dashboard-demo" .build/browser "$@"
