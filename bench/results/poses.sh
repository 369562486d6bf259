#!/bin/sh
# The tables of docs/guide/poses.md and docs/development/notes/poses.md: a pose encoder of a set of particles whose truth is known,
# and refinement with and without it.
#
#   npx vite-node bench/results/refine-set.ts MAP SET 2000 64 5 0.1    makes the set by relion_project
#   bench/results/poses.sh SET OUT [STEPS]                             trains, scores, refines; STEPS as the command's own unless told
#   bench/results/poses.sh SET OUT STEPS levers                        short trainings, each with one choice changed
#
# Every command goes on where it was stopped, so the script may be started again. OUT/times.txt has the seconds of each (wall, user, system; of what
# was stopped, the last piece only). `npm run build` first; CRYOGEM is the program (node dist/cli/main.js of this checkout), SEED of the training 1.
set -eu

set=$(realpath "${1:?folder that bench/results/refine-set.ts made}")
out=${2:?folder to write into}
steps=${3:+--steps $3}
part=${4:-network}
root=$(cd "$(dirname "$0")/../.." && pwd)
cryogem=${CRYOGEM:-node $root/dist/cli/main.js}
mkdir -p "$out"
cd "$out"

# timed NAME COMMAND…
timed() {
  name=$1 && shift
  /usr/bin/time -a -o times.txt -f "$name: %e s, user %U, system %S; load $(cut -d' ' -f1 /proc/loadavg)" $cryogem "$@"
}
# train NAME OPTIONS: an encoder, and its poses of the particles
train() {
  name=$1 && shift
  [ -e "$name/model.safetensors" ] ||
    timed "train $name" pose train --map "$set/truth.mrc" --particles "$set/particles.star" --out "$name" --resume --seed "${SEED:-1}" $steps "$@"
  [ -e "$name.star" ] || $cryogem pose run --model "$name" --particles "$set/particles.star" --out "$name.star"
}
# refine NAME OPTIONS
refine() {
  name=$1 && shift
  [ -e "$name/run_data.star" ] ||
    timed "refine $name" refine --particles "$set/particles.star" --reference "$set/reference.mrc" --mask "$set/mask.mrc" --out "$name" "$@"
}

case $part in
network)
  train network
  [ -e best.star ] || timed "pose run" pose run --model network --particles "$set/particles.star" --best 8 --out best.star
  refine with-network --poses best.star
  refine without
  $cryogem pose score --poses network.star with-network/run_data.star without/run_data.star --truth "$set/truth.star" --out scores
  ;;
levers)
  train default
  train six-numbers --heads 4 --network encoder
  train convolutions --network encoder
  train fine-cells --orientations 2304
  train all-frequencies --resolution 0
  train coarse --resolution 53
  $cryogem pose score --poses default.star six-numbers.star convolutions.star fine-cells.star all-frequencies.star coarse.star \
    --truth "$set/truth.star" --out scores
  ;;
*) echo "found $part, expected network or levers" >&2 && exit 2 ;;
esac
cat times.txt
