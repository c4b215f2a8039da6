#!/bin/bash
# Whether a path answers with 200: probe.sh [PORT PATH]; without them, HEALTH_PATH at HEALTH_PORT. Says what it heard otherwise.
#
# With what a slim Debian has. An image need not carry curl for one question.
set -u
port=${1:-${HEALTH_PORT:-9464}}
path=${2:-${HEALTH_PATH:-/health/live}}
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$path" >&3
read -r -t 4 -u 3 _ status _ || { echo "no answer" >&2; exit 1; }
[ "$status" = 200 ] && exit 0
timeout 1 cat <&3 | tail -n 1 >&2
exit 1
