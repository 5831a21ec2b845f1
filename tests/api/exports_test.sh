#!/bin/sh
# Nothing but faultline_* leaves the shared library, and all that the header declares does.
# exports_test.sh NM LIBRARY HEADER
set -eu
exported=$("$1" -D --defined-only "$2" | awk '{print $NF}' | sort -u)
declared=$(grep -oE '^(int|uint32_t|const char \*) ?\*?faultline_[a-z0-9_]+\(' "$3" |
  grep -oE 'faultline_[a-z0-9_]+' | sort -u)
[ "$(echo "$declared" | wc -l)" -gt 40 ] || { echo "the header was not understood"; exit 1; }
if [ "$exported" != "$declared" ]; then
  echo "exported but not declared, or declared but not exported:"
  printf '%s\n%s\n' "$exported" "$declared" | sort | uniq -u
  exit 1
fi
