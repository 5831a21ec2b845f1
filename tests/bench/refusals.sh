#!/bin/sh
# What bench/run says when it cannot go on: refusals.sh CASE PYTHON RUN BUILD
set -eu
python=$2 run=$3 build=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect STATUS WORDS [ARGUMENT...]: bench/run ends so, and says so.
expect() {
  wanted=$1 words=$2
  shift 2
  status=0
  "$python" "$run" "$@" >"$scratch/out" 2>&1 </dev/null || status=$?
  if [ $status -ne "$wanted" ] || ! grep -q -- "$words" "$scratch/out"; then
    echo "status $status, not $wanted with '$words':"
    cat "$scratch/out"
    exit 1
  fi
}

# a_machine LINE...: a build whose faultline prints these lines and writes the --result asked for,
# with other clocks where there is no shadow.
a_machine() {
  mkdir -p "$scratch/guest"
  ln -s "$build/guest/bench" "$scratch/guest/bench"
  {
    echo '#!/bin/sh'
    for line in "$@"; do echo "echo '$line'"; done
    cat <<'END'
clocks=1 last= result=
for word in "$@"; do
  [ "$word" = --no-shadow ] && clocks=2
  case $last in
    --result) result=$word ;;
  esac
  last=$word
done
[ -z "$result" ] || echo '{"cycles": '$clocks', "instructions": 1, "code": 1, "reason": "exit",
  "tlb": {"data_lookups": 0, "data_misses": 0, "instruction_misses": 0, "evictions": 0}}' >"$result"
END
  } >"$scratch/faultline"
  chmod +x "$scratch/faultline"
}
result_of_alu='RESULT alu sum=483e1614 events=0 clocks=0000000000000001'

case $1 in
  unknown_program) expect 64 "no program 'nonesuch'; there are: alu" --programs alu,nonesuch ;;
  unknown_peer) expect 64 "no peer 'nonesuch'" --build "$build" --peers nonesuch ;;
  no_build) expect 66 "faultline is not there" --build "$scratch" ;;
  missing_peer)
    python=$("$python" -c 'import sys; print(sys.executable)') # itself, not what looks it up
    mkdir "$scratch/bin"
    for tool in grep cat rm; do ln -s "$(command -v $tool)" "$scratch/bin"; done
    PATH=$scratch/bin
    expect 69 "apt install" --build "$build" --programs alu --peers bochs
    ;;
  wrong_checksum)
    a_machine 'BENCH alu work=1' 'RESULT alu sum=00000000 events=0 clocks=0000000000000001'
    expect 1 "checksum 00000000, not" --build "$scratch" --programs alu --peers faultline
    ;;
  panic)
    a_machine 'BENCH alu work=1' 'PANIC vector=14 error=00000000'
    expect 2 "PANIC vector=14" --build "$scratch" --programs alu --peers faultline
    ;;
  silence)
    a_machine 'BENCH alu work=1'
    expect 2 "no result" --build "$scratch" --programs alu --peers faultline
    ;;
  other_counters)
    a_machine 'BENCH alu work=1' "$result_of_alu"
    expect 1 "--no-shadow: cycles 2, not 1" --build "$scratch" --programs alu --check
    ;;
esac
