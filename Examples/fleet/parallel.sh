#!/bin/sh
# parallel.sh RECORDS FACTS: lines of JSON through one virt-cpu for each core, with GNU parallel.
#
# Blocks (BLOCK, 32M) end at line feeds, and the answers keep the order. If one virt-cpu fails or is killed, parallel fails
# with it, and FACTS is not written.
set -eu
parallel --pipe --block "${BLOCK:-32M}" --recend '\n' --keep-order --halt now,fail=1 \
    virt-cpu facts --records ndjson < "$1" > "$2.part"
mv "$2.part" "$2"
