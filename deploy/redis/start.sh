#!/bin/sh
# Starts redis-server with the settings and the users beside this file: start.sh [more arguments of redis-server]
#
# The ACL file is made at each start, from the passwords in the environment, and lies where nothing outlives the container.
set -eu
here=$(dirname "$0")
run=${RUN_FOLDER:-/run/redis}
umask 077
mkdir -p "$run"
sh "$here/acl.sh" "$here/users.acl" >"$run/users.acl"
unset ALOFT_ADMIN_PASSWORD ALOFT_WORKER_PASSWORD ALOFT_CLIENT_PASSWORD ALOFT_READER_PASSWORD
exec redis-server "$here/redis.conf" --aclfile "$run/users.acl" "$@"
