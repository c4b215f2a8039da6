#!/usr/bin/env bash
# Runs tests that are built, in two processes side by side: run.sh swift [--configuration release]
#
# One test at a time in each: many start servers and processes or wait for leases to run out, and block the few threads of a
# small machine while they do. Most of the time goes by waiting, so that two processes take little longer than one does for half.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=$1
shift
half='^(AloftRedisTests|FaultTests|RedisClientTests|AloftSupervisorTests)\.'

# Elsewhere a bundle, which only `swift test` can load, one at a time.
program="$("$swift" build "$@" --show-bin-path)/aloftPackageTests.xctest"
if [ ! -x "$program" ] || [ -d "$program" ]; then exec "$swift" test "$@" --skip-build --no-parallel; fi

folder=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
run() { "$program" --testing-library swift-testing --no-parallel "$@"; }
run --filter "$half" >"$folder/stores" 2>&1 &
pids+=($!)
run --skip "$half" >"$folder/others" 2>&1 &
pids+=($!)

status=0
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
pids=()
if [ "$status" -ne 0 ]; then cat "$folder/stores" "$folder/others"; fi
grep -hE 'Test run with ' "$folder/stores" "$folder/others" || true
exit "$status"
