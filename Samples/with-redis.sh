#!/bin/sh
# Runs a command with ALOFT_REDIS_URL set to a private Redis, which is stopped and removed at the end.
set -eu
folder=$(mktemp -d)
redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --save '' --appendonly yes >"$folder/redis.log" 2>&1 &
redis=$!
stop() {
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
ALOFT_REDIS_URL="unix://$folder/redis.sock" "$@"
