#!/bin/bash
# What a micrograph costs on a cluster, docs/results/scaling.md: processor seconds, bytes and operations on names of `simulate`,
# `estimate`, `pick run` and `extract`, for a task and for each micrograph.
#
#   bench/cost/scaling.sh MAP OUT [COMMAND …]        MAP: a density map. Run after `npm run build`; needs strace.
#
# Every command does one micrograph and then MANY in folders of their own. The difference, by MANY less 1, is the cost of a micrograph, and
# what is left of the first run the cost of a task. Processor seconds are those of a run of its own, without strace.
#   MANY   micrographs of the longer run (default 4)
#   SIZE   side of a micrograph, pixels (default 4096)
set -euo pipefail
map=${1:?a density map} out=${2:?a folder to write into}
shift 2
many=${MANY:-4} size=${SIZE:-4096}
[ $# -gt 0 ] || set -- simulate estimate "pick run" extract
root=$(cd "$(dirname "$0")/../.." && pwd)
cryogem() { node "$root/dist/cli/main.js" "$@"; }
mkdir -p "$out"

cryogem simulate --map "$map" --size "$size" --particles 300 --pixel-size 4 --snr 0.1 --seed 1 --count "$many" --workers 1 --out "$out/raw" --json >"$out/raw.json"
mkdir -p "$out/one" "$out/all"
cp "$out/raw/micrographs/000001.mrc" "$out/one/"
cp "$out"/raw/micrographs/*.mrc "$out/all/"
for set in one all; do
  head -n "$(grep -n '^_rln' "$out/raw/particles.star" | tail -1 | cut -d: -f1)" "$out/raw/particles.star" >"$out/$set.star"
  if [ $set = one ]; then pattern=000001.mrc; else pattern='\.mrc'; fi
  grep "$pattern" "$out/raw/particles.star" | sed "s#micrographs/#$set/#" >>"$out/$set.star"
done

# the words of a command for a set of micrographs, and where it writes
words() {
  local count=1
  [ "$2" = all ] && count=$many
  case $1 in
  simulate) echo "simulate --map $map --size $size --particles 300 --pixel-size 4 --snr 0.1 --seed 1 --count $count --workers 1 --out $3" ;;
  estimate) echo "estimate --micrographs $out/$2 --pixel-size 4 --voltage 300 --cs 2.7 --particle-diameter 130 --fit-max 9 --workers 1 --out $3" ;;
  "pick run") echo "pick run --log --particle-diameter 130 --micrographs $out/$2 --pixel-size 4 --workers 1 --out $3" ;;
  extract) echo "extract --particles $out/$2.star --box 64 --out $3/stack.mrcs" ;;
  esac
}

printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' command "s a task" "s a micrograph" "MB written a micrograph" "files a micrograph" "operations a task" "operations a micrograph"
for command; do
  declare -A seconds=() bytes=() files=() calls=()
  for set in one all; do
    target="$out/${command// /-}-$set"
    rm -rf "$target"
    # shellcheck disable=SC2046 # words are split on purpose
    seconds[$set]=$(TIMEFORMAT='%U %S'; { time cryogem $(words "$command" $set "$target") >"$out/log" 2>&1; } 2>&1 | awk '{ print $1 + $2 }')
    bytes[$set]=$(du -sb --apparent-size "$target" | cut -f1)
    files[$set]=$(find "$target" -type f | wc -l)
    rm -rf "$target"
    # shellcheck disable=SC2046
    strace -f --seccomp-bpf -qq -c -e trace=%file -o "$out/calls" node "$root/dist/cli/main.js" $(words "$command" $set "$target") >"$out/log" 2>&1
    calls[$set]=$(awk '$NF == "total" { print $4 }' "$out/calls")
    rm -rf "$target"
  done
  awk -v c="$command" -v n="$many" -v s1="${seconds[one]}" -v s="${seconds[all]}" -v b1="${bytes[one]}" -v b="${bytes[all]}" \
    -v f1="${files[one]}" -v f="${files[all]}" -v k1="${calls[one]}" -v k="${calls[all]}" 'BEGIN {
      each = (s - s1) / (n - 1); calls = (k - k1) / (n - 1)
      printf "%s\t%.1f\t%.2f\t%.2f\t%.1f\t%.0f\t%.1f\n", c, s1 - each, each, (b - b1) / (n - 1) / 1e6, (f - f1) / (n - 1), k1 - calls, calls }'
done
