#!/bin/sh
# Makes a data disk with FAT16 partitions, and prints the first sector of each, one a line: primary
# partitions first, then logical drives in an extended partition.
# usage: make_disk.sh IMAGE PARTITION...      PARTITION: p:MB primary, l:MB logical; 4 to 128 MB
# Needs mkfs.fat (package dosfstools).
set -eu
image=$1
shift

# 64 heads and 32 sectors, as on the system disk: a cylinder is 1 MB, and all begins at whole ones.
megabyte=2048 heads=64 track=32

# poke OFFSET BYTE...
poke() {
  where=$1 bytes=
  shift
  for byte; do bytes="$bytes\\$(printf %03o "$byte")"; done
  printf "$bytes" | dd of="$image" bs=1 seek="$where" conv=notrunc status=none
}
dword() { echo $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
# entry TABLE-SECTOR INDEX TYPE FIRST SECTORS: FIRST as the table counts; CHS says "beyond", as for
# whatever LBA must be used.
entry() {
  poke $(($1 * 512 + 446 + $2 * 16)) 0 254 255 255 "$3" 254 255 255 $(dword "$4") $(dword "$5")
}
signature() { poke $(($1 * 512 + 510)) 85 170; }
# format FIRST MB LABEL
format() {
  cluster=1
  while [ $((16 * cluster)) -lt "$2" ]; do cluster=$((cluster * 2)); done
  mkfs.fat --invariant --offset "$1" -F 16 -s $cluster -r 512 -h "$1" -g $heads/$track -n "$3" \
    "$image" $(($2 * 1024)) > "$image.log" 2>&1 || { cat "$image.log" >&2; exit 1; }
  rm "$image.log"
  echo "$1"
}

total=1 logical=0
for partition; do
  total=$((total + ${partition#?:}))
  case $partition in l:*) total=$((total + 1)) logical=$((logical + 1 + ${partition#?:})) ;; esac
done
rm -f "$image"
truncate -s ${total}M "$image"
signature 0

export SOURCE_DATE_EPOCH=1795305600 TZ=UTC
next=1 index=0
for partition; do
  case $partition in p:*) ;; *) continue ;; esac
  size=${partition#p:}
  entry 0 $index 6 $((next * megabyte)) $((size * megabyte))
  format $((next * megabyte)) "$size" "PRIMARY$index"
  next=$((next + size)) index=$((index + 1))
done
[ $logical -gt 0 ] || exit 0

entry 0 $index 5 $((next * megabyte)) $((logical * megabyte))
extended=$((next * megabyte)) table=0 number=0
for partition; do
  case $partition in l:*) ;; *) continue ;; esac
  size=${partition#l:} at=$((next * megabyte))
  [ $table -eq 0 ] || entry $table 1 5 $((at - extended)) $(((size + 1) * megabyte))
  table=$at
  signature $table
  entry $table 0 6 $megabyte $((size * megabyte))
  format $((table + megabyte)) "$size" "LOGICAL$number"
  next=$((next + size + 1)) number=$((number + 1))
done
