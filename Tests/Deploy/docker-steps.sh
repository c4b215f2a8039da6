#!/usr/bin/env bash
# Runs the steps of deploy/docker/Dockerfile in a plain shell, then what they made: against a private Redis, asked by the image's own
# health check. Takes as long as a release build, some ten minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
folder=${FOLDER:-$(mktemp -d)}
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    [ -n "${FOLDER:-}" ] || rm -rf "$folder"
}
trap cleanup EXIT

python3 Tests/Deploy/docker-steps.py deploy/docker/Dockerfile "$folder"
bin=$folder/1/usr/local/bin
ls -l "$bin"

echo "the program needs these libraries:"
ldd "$bin/worker" | awk '{ print $1 }' | sort
# libhiredis is installed, libstdc++ too; the others are part of every Debian.
if extra=$(ldd "$bin/worker" | awk '{ print $1 }' |
    grep -vE '^(linux-vdso|/lib|lib(hiredis|stdc[+][+]|gcc_s|c|m|dl|pthread|rt|util)[.])'); then
    echo "the image lacks: $extra" >&2
    exit 1
fi

redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --save '' >"$folder/redis.log" 2>&1 &
pids+=($!)
until redis-cli -s "$folder/redis.sock" ping >/dev/null 2>&1; do sleep 0.05; done
ALOFT_REDIS_URL="unix://$folder/redis.sock" ALOFT_ENDPOINT=127.0.0.1:19464 "$bin/worker" >"$folder/worker.log" 2>&1 &
worker=$!
pids+=("$worker")
if ! "$root/deploy/systemd/await-ready.sh" 19464 30; then
    cat "$folder/worker.log"
    exit 1
fi
"$bin/probe.sh" 19464 /health/live
kill -TERM "$worker"
wait "$worker"
echo "the image's program became ready, was healthy, and drained"
