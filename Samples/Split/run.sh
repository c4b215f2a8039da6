#!/bin/sh
# Runs the two halves of the sample as two processes on a private Redis, and stops what it started.
set -eu
cd "$(dirname "$0")/../.."
bin=${BIN:-.build/debug}
folder=$(mktemp -d)
redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --save '' >"$folder/redis.log" 2>&1 &
redis=$!
export ALOFT_REDIS_URL="unix://$folder/redis.sock"
worker=
stop() {
    [ -z "$worker" ] || kill "$worker" 2>/dev/null || true
    [ -z "$worker" ] || wait "$worker" 2>/dev/null || true
    kill "$redis" 2>/dev/null || true
    wait "$redis" 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM
until redis-cli -s "$folder/redis.sock" ping >/dev/null 2>&1; do
    kill -0 "$redis"
    sleep 0.05
done

"$bin/shortener-worker" 2>"$folder/worker.log" &
worker=$!
"$bin/shortener-client" "as soon as possible" "in real life"
