#!/bin/sh
# Runs the two halves as two processes: a worker until the client has its answers. BIN says where they were built.
set -eu
log=$(mktemp)
"$BIN/shortener-worker" 2>"$log" &
worker=$!
stop() {
    kill "$worker" 2>/dev/null || true
    wait "$worker" 2>/dev/null || true
    rm -f "$log"
}
trap stop EXIT
trap 'exit 1' INT TERM
if ! "$BIN/shortener-client" "as soon as possible" "in real life"; then
    cat "$log" >&2
    exit 1
fi
