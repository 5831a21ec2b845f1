#!/bin/sh
# Makes the system disk: a sparse 128 MB image with one active FAT16 partition at 1 MB, large enough
# for paging files of several times memory. Byte-identical for the same inputs. Beside it, in
# symbols/, each file that has debugging information (FILE.debug) under its name on the disk.
# usage: make_system_disk.sh IMAGE MBR VBR FILE=NAME...
set -eu
image=$1 mbr=$2 vbr=$3
shift 3

# 64 heads and 32 sectors: a cylinder is 1 MB, so the partition is cylinders 1 to 127 exactly, and
# mtools needs no MTOOLS_SKIP_CHECK.
heads=64 track=32 start=2048 sectors=260096

export SOURCE_DATE_EPOCH=1795305600 TZ=UTC MTOOLS_LOWER_CASE=0 MTOOLSRC=/dev/null
new=$image.new
trap 'rm -f "$new"' EXIT
rm -f "$new"
truncate -s 128M "$new"

poke() { dd of="$new" bs=1 seek="$1" conv=notrunc status=none; }

dd if="$mbr" of="$new" conv=notrunc status=none
# Disk signature; then the first partition: active, CHS 1/0/1 to 127/63/32, type 06h (FAT16), start
# and length as little-endian dwords.
printf 'FLD1' | poke 440
printf '\200\000\001\001\006\077\040\177\000\010\000\000\000\370\003\000' | poke 446

mkfs.fat --invariant --offset $start -F 16 -s 8 -r 512 -h $start -g $heads/$track \
  -i 464C5431 -n FAULTLINE "$new" $((sectors / 2)) > /dev/null
# Our boot code around the parameters that mkfs.fat wrote.
dd if="$vbr" bs=1 count=3 status=none | poke $((start * 512))
dd if="$vbr" bs=1 skip=62 status=none | poke $((start * 512 + 62))

symbols=$(dirname "$image")/symbols
rm -rf "$symbols"
mkdir "$symbols"
for pair; do
  mcopy -i "$new@@1M" "${pair%=*}" "::${pair##*=}"
  if [ -f "${pair%=*}.debug" ]; then cp "${pair%=*}.debug" "$symbols/${pair##*=}"; fi
done
mv "$new" "$image"
