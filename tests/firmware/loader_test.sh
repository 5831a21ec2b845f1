#!/bin/sh
# One case of the boot loader's tests. usage: loader_test.sh CASE FAULTLINE GUEST_DIR SOURCE_DIR
set -eu
name=$1 faultline=$2 guest=$3 source=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export MTOOLSRC=/dev/null
boot=$guest/firmware/boot probe=$guest/firmware/test/PROBE.EXE
printf '[boot]\r\nOptions=RUN=HELLO.EXE one "two three"\r\nother=1\r\n' > BOOT.INI

# A system disk with the given extra FILE=NAME pairs.
disk() {
  "$source/guest/disk/make_system_disk.sh" disk.img "$boot/MBR.BIN" "$boot/VBR.BIN" "$@"
}
full_disk() { disk "$boot/LOADER.BIN=LOADER.BIN" BOOT.INI=BOOT.INI "$@"; }

# The command itself looks at KERNEL.EXE on a FAT16 partition before it boots; the loader does not go
# by the partition's type, so another one leaves the check to the loader.
hide_from_host() { printf '\332' | dd of=disk.img bs=1 seek=450 conv=notrunc status=none; }

run() { "$faultline" boot --headless --disk disk.img --cycle-limit 2000000000 "$@" > out; }
# The boot must end with this stop code and this message on COM1.
expect_stop() {
  hide_from_host
  run --expect "bugcheck=0x$1" || { cat out; exit 1; }
  grep -F "$2" out > /dev/null || { echo "no '$2' in:"; cat out; exit 1; }
}
expect_probe() {
  run || { cat out; exit 1; }
  grep -F 'options=RUN=HELLO.EXE one "two three"' out > /dev/null || { cat out; exit 1; }
}
invalid() {  # OFFSET BYTES: the probe with those bytes changed is no image
  cp "$probe" broken
  printf "$2" | dd of=broken bs=1 seek="$1" conv=notrunc status=none
  full_disk broken=KERNEL.EXE
  expect_stop C000007B 'KERNEL.EXE: not a PE32/i386 image'
}
header=$(od -An -tu4 -j60 -N4 "$probe" | tr -d ' ')

case $name in
  hands_over) full_disk "$probe=KERNEL.EXE"; expect_probe ;;
  hands_over_386) full_disk "$probe=KERNEL.EXE"; run --cpu i386dx --mem 2M || { cat out; exit 1; } ;;
  large_memory) full_disk "$probe=KERNEL.EXE"; run --cpu i386dx --mem 256M || { cat out; exit 1; } ;;
  fragmented)
    # Free single clusters between files: loader and kernel end up in pieces.
    dd if=/dev/zero of=hole bs=2048 count=1 status=none
    pairs=$(i=0; while [ $i -lt 300 ]; do printf 'hole=H%d.X ' $i; i=$((i + 1)); done)
    disk BOOT.INI=BOOT.INI $pairs
    i=0
    while [ $i -lt 300 ]; do mdel -i disk.img@@1M "::H$i.X"; i=$((i + 2)); done
    mcopy -i disk.img@@1M "$boot/LOADER.BIN" ::LOADER.BIN
    mcopy -i disk.img@@1M "$probe" ::KERNEL.EXE
    expect_probe ;;
  reproducible)
    full_disk "$probe=KERNEL.EXE"
    mv disk.img first.img
    sleep 2.1
    full_disk "$probe=KERNEL.EXE"
    cmp first.img disk.img ;;
  no_boot_ini)
    disk "$boot/LOADER.BIN=LOADER.BIN" "$probe=KERNEL.EXE"
    run || { cat out; exit 1; }
    grep -x 'options=' out > /dev/null ;;
  long_options)
    { printf 'options='; head -c 512 /dev/zero | tr '\0' x; echo; } > BOOT.INI
    full_disk "$probe=KERNEL.EXE"
    expect_stop C000000D 'BOOT.INI: options too long' ;;
  no_kernel) full_disk; expect_stop C0000034 'KERNEL.EXE: not found' ;;
  empty_kernel)
    : > empty
    full_disk empty=KERNEL.EXE
    expect_stop C000007B 'KERNEL.EXE: not a PE32/i386 image' ;;
  truncated_kernel)
    head -c 100000 "$probe" > short
    full_disk short=KERNEL.EXE
    expect_stop C000007B 'KERNEL.EXE: not a PE32/i386 image' ;;
  bad_dos_magic) invalid 0 XX ;;
  bad_header_offset) invalid 60 '\377\377\377\377' ;;
  bad_signature) invalid "$header" XX ;;
  bad_machine) invalid $((header + 4)) '\144\206' ;;
  bad_optional_magic) invalid $((header + 24)) '\013\002' ;;
  bad_entry) invalid $((header + 40)) '\377\377\377\177' ;;
  low_image_base)
    cp "$probe" broken
    printf '\000\000\100\000' | dd of=broken bs=1 seek=$((header + 52)) conv=notrunc status=none
    full_disk broken=KERNEL.EXE
    expect_stop C000007B 'its image base is below 80100000' ;;
  no_memory)
    full_disk "$probe=KERNEL.EXE"
    run --mem 1M --expect bugcheck=0xC000009A
    grep -F 'KB of memory above 1 MB, there are 0' out > /dev/null ;;
  *) echo "no case $name" >&2; exit 1 ;;
esac
