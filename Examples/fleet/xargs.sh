#!/bin/sh
# xargs.sh RECORDS FACTS: lines of JSON through one virt-cpu for each core, with split and xargs.
#
# If one virt-cpu fails or is killed, xargs fails, and FACTS is not written.
set -eu
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
split --number="l/$(nproc)" "$1" "$parts/"
find "$parts" -type f | xargs -P "$(nproc)" -I '{}' sh -c 'virt-cpu facts --records ndjson < "$1" > "$1.facts"' sh '{}'
cat "$parts"/*.facts > "$2.part"
mv "$2.part" "$2"
