#!/usr/bin/env bash
# Builds the tests with the thread sanitizer and runs those whose names match a pattern, by default all that race anything.
set -euo pipefail
cd "$(dirname "$0")/../.."
filter=${1:-"^(AloftTests|AloftTestingTests|AloftRedisTests|DashboardTests|EndpointTests|LanguageTests|MetricsTests|RedisClientTests)\."}
build=.build/thread
swift=${SWIFT:-swift}
"$swift" build --build-tests --sanitize=thread --scratch-path "$build"
folder=$("$swift" build --sanitize=thread --scratch-path "$build" --show-bin-path)
cc=$(dirname "$(command -v "$swift")")/clang
if [ "$(uname)" = Linux ]; then
    "${CC:-$cc}" -shared -fPIC -O1 -o "$folder/sanitizer-mutex.so" Tests/ThreadSanitizer/mutex.c
    export LD_PRELOAD="$PWD/$folder/sanitizer-mutex.so"
    [ -f "$LD_PRELOAD" ] || export LD_PRELOAD="$folder/sanitizer-mutex.so"
fi
export TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$PWD/Tests/ThreadSanitizer/suppressions.txt ${TSAN_OPTIONS:-}"
"$folder/aloftPackageTests.xctest" --testing-library swift-testing --no-parallel --filter "$filter"
