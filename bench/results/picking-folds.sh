#!/bin/sh
# The apoferritin table "Picking" of docs/results/picking.md: in each fold of bench/results/realism-folds.ts a picker is
# trained on every kind of synthetic micrographs and on the real labels of the eight, and all are scored on the four
# micrographs held out.
#
#   bench/results/picking-folds.sh FOLDS OUT
#
# FOLDS is what realism-folds.ts wrote. DATA holds apoferritin-10146/ (default: ../shared/data beside the checkout).
set -eu
folds=${1:?what realism-folds.ts wrote}
out=${2:?folder to write into}
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${DATA:-$root/../shared/data}/apoferritin-10146
cryogem() { node "$root/dist/cli/main.js" "$@"; }
paths() { for name in $2; do printf '%s/%s%s ' "$1" "$name" "$3"; done; }
names_in() { ls "$1" | sed 's/\.png$//' | tr '\n' ' '; }

for fold in 1 2 3; do
  held=$(paths "$data/micrographs" "$(names_in "$folds/fold$fold-data/held-out")" .png)
  train=$(names_in "$folds/fold$fold-data/train")
  pick() {
    name=$1 && shift
    cryogem pick run "$@" --micrographs $held --pixel-size 1.5 --out "$out/picks$fold/$name"
  }
  learn() {
    name=$1 && shift
    model=$out/fold$fold/$name
    [ -e "$model/model.safetensors" ] || cryogem pick train "$@" --seed "$fold" --resume --out "$model"
    pick "$name" --model "$model"
  }
  learn cryogem --dataset "$folds/fold$fold/synthetic"
  for noise in coloured-gaussian poisson-gaussian gaussian; do
    learn "$noise" --dataset "$folds/fold$fold/baselines/$noise"
  done
  learn real --micrographs $(paths "$data/micrographs" "$train" .png) \
    --coordinates $(paths "$data/coords-a" "$train" .csv) --pixel-size 1.5 --particle-diameter 130
  pick template --template "$folds/fold$fold/map.mrc" --symmetry O --particle-diameter 130 --voltage 300 --cs 0
  pick log --log --particle-diameter 130
  cryogem pick score --picks "$out/picks$fold"/* --truth "$data/coords-a" --ceiling "$data/coords-b" \
    --radius 30 --pixel-size 1.5 --out "$out/scores$fold"
done
