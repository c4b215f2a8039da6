#!/usr/bin/env bash
# Runs suites with the rights that deploy/redis/users.acl gives: access.sh swift
#
# Stores sign in as aloft-worker; the command line and pages as aloft-client, and as aloft-reader where it only looks; tests look behind
# their back as a user who may do everything. Prefixes are those of the tests.
# FILTER='^FaultTests\.' runs a part.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=${1:-swift}
file=$(mktemp)
trap 'rm -f "$file"' EXIT
ALOFT_WORKER_PASSWORD=worker ALOFT_CLIENT_PASSWORD=client ALOFT_READER_PASSWORD=reader deploy/redis/acl.sh |
    sed -e '/^user default /d' -e 's/{aloft:\*}/{*:*}/g' >"$file"
echo 'user default on nopass ~* &* +@all' >>"$file"

program="$("$swift" build --show-bin-path)/aloftPackageTests.xctest"
ALOFT_TEST_ACL=$file "$program" --testing-library swift-testing --no-parallel \
    --filter "${FILTER:-^(AloftRedisTests|FaultTests|LanguageTests|AloftCommandTests)\.|^DashboardTests\.ScaleTests}"
