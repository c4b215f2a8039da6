#!/bin/bash
# Waits until the worker whose endpoint listens at a port serves its queues: await-ready.sh PORT [SECONDS]
#
# Asks twice a second. Fails, and says what it was told last, when the time is over; systemd then stops the worker and starts it again.
set -u
port=$1
end=$((SECONDS + ${2:-60}))
answer=
ask() {
    answer=
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
    answer=$(timeout 5 cat <&3)
    exec 3>&-
    case $answer in "HTTP/1.1 200 "*) return 0 ;; esac
    return 1
}
until ask 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
        printf 'not ready: %s\n' "${answer##*$'\n'}" >&2
        exit 1
    fi
    sleep 0.5
done
