#!/bin/sh
# keep_symbols.sh STRIP IMAGE: the linked image with its DWARF becomes IMAGE.debug; IMAGE itself
# keeps its names and loses the rest. Both have the same bytes wherever the loader looks.
set -eu
strip=$1 image=$2
cp "$image" "$image.debug"
"$strip" --preserve-dates --strip-debug "$image"
