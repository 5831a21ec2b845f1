#!/bin/sh
# Sets the last byte of a ROM so that all of its bytes sum to zero modulo 256.
set -eu
rom=$1
size=$(wc -c < "$rom")
[ "$size" -eq 65536 ] || { echo "$rom: $size bytes instead of 65536" >&2; exit 1; }
byte=$(od -An -v -tu1 "$rom" |
  awk '{ for (i = 1; i <= NF; i++) sum += $i } END { printf "%03o", (256 - sum % 256) % 256 }')
printf "\\$byte" | dd of="$rom" bs=1 seek=65535 conv=notrunc status=none
