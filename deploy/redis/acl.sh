#!/bin/sh
# Makes the ACL file that Redis reads out of users.acl, on the standard output: acl.sh [users.acl]
#
# Takes out comments, joins lines that go on, puts in the SHA-256 of the passwords that the environment holds, and sets the prefix
# of the keys to ALOFT_PREFIX. No password appears on a command line.
set -eu
source=${1:-$(dirname "$0")/users.acl}

hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

# How the user whose password is in a variable comes in: "on #<hash>", or "off" if there is none.
entry() {
    eval "password=\${$1:-}"
    # Set by eval.
    # shellcheck disable=SC2154
    if [ -n "$password" ]; then printf 'on #%s' "$(hash "$password")"; else printf off; fi
}

prefix=${ALOFT_PREFIX:-aloft}
case $prefix in
*[!A-Za-z0-9._-]*)
    echo "acl.sh: ALOFT_PREFIX may hold letters, digits and . _ - only: \"$prefix\"" >&2
    exit 1
    ;;
esac

awk '
    /^[ \t]*(#|$)/ { next }
    /^[^ \t]/ && line != "" { print line; line = "" }
    { sub(/^[ \t]+/, ""); line = line == "" ? $0 : line " " $0 }
    END { if (line != "") print line }
' "$source" | sed "s/{aloft:/{$prefix:/g" | while IFS= read -r line; do
    # The variable is named in the text, not here.
    # shellcheck disable=SC2016
    case $line in
    *'${'*'}'*)
        name=${line#*\$\{}
        name=${name%%\}*}
        printf '%s%s%s\n' "${line%%\$\{*}" "$(entry "$name")" "${line#*\$\{"$name"\}}"
        ;;
    *) printf '%s\n' "$line" ;;
    esac
done
