#!/bin/sh
# The table "Picking" of docs/results/picking.md: pickers trained on synthetic micrographs, on real labels, without training.
#
#   bench/results/picking.sh apoferritin|ribosome OUT [SEEDS]
#
# SEEDS: "1 2 3" unless told. Every command goes on where it was stopped, so the script may be started again.
#   DATA     folder with apoferritin-10146/, ribosome-10028/ and maps/ (default: ../shared/data beside the checkout)
#   CRYOGEM  the program (default: node dist/cli/main.js of this checkout)
#   STEPS    of the translator and of each picker, for a quick trial (default: the commands' own)
# The micrographs that score are named below and appear in `pick run` and `pick score` alone.
set -eu

set_name=${1:?apoferritin or ribosome}
out=${2:?folder to write into}
seeds=${3:-1 2 3}
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${DATA:-$root/../shared/data}
cryogem=${CRYOGEM:-node $root/dist/cli/main.js}
steps=${STEPS:+--steps $STEPS}
mkdir -p "$out"

say() { printf '\n== %s\n' "$*"; }
run() { $cryogem "$@"; }
# paths of micrographs by their names, with an ending: in $1, names in $2, ending $3
paths() { for name in $2; do printf '%s/%s%s ' "$1" "$name" "$3"; done; }
names_in() { ls "$1" | sed 's/\.png$//' | tr '\n' ' '; }

case $set_name in
apoferritin)
  real=$data/apoferritin-10146/micrographs truth=$data/apoferritin-10146/coords-a
  train_names=$(names_in "$root/examples/apoferritin-10146/train")
  score_names=$(names_in "$root/examples/apoferritin-10146/held-out")
  # the translator learns on the bundled ones, the same binned 2 x
  translator_real=$root/examples/apoferritin-10146/train translator_pixel=3
  pixel=1.5 diameter=130 radius=30 margin=0 cs=0 size=620x600 symmetry=O placement="--collapse-ratio 0.9 --clustering 0.7"
  ceiling="--ceiling $data/apoferritin-10146/coords-b"
  map=$out/map.mrc
  [ -e "$map" ] || run potential --model "$root/examples/apoferritin-10146/2za7.pdb" --pixel-size 3 --box 64 --out "$map"
  ;;
ribosome)
  real=$data/ribosome-10028/micrographs truth=$data/ribosome-10028/coords
  train_names="061 062 063" score_names="064 065"
  translator_real=$(paths "$real" "$train_names" .png) translator_pixel=5.36
  # the labels leave a margin
  pixel=5.36 diameter=300 radius=150 margin=40 cs=2 size=1024 symmetry=C1 placement= ceiling=
  map=$data/maps/cryojax_ribosome_4ug0_potential_cistem.mrc
  ;;
*) echo "found $set_name, expected apoferritin or ribosome" >&2 && exit 2 ;;
esac
scored=$(paths "$real" "$score_names" .png)

# pick NAME OPTIONS: runs a picker on the micrographs that score
pick() {
  name=$1 && shift
  run pick run "$@" --micrographs $scored --pixel-size "$pixel" --out "$out/picks/$name"
}
# learn NAME SEED OPTIONS: trains a picker, unless that is done, and runs it
learn() {
  name=$1 seed=$2 && shift 2
  say "$name"
  [ -e "$out/pickers/$name/model.safetensors" ] ||
    run pick train "$@" $steps --seed "$seed" --resume --out "$out/pickers/$name"
  pick "$name" --model "$out/pickers/$name"
}

say "without training"
pick log --log --particle-diameter "$diameter"
pick template --template "$map" --symmetry "$symmetry" --particle-diameter "$diameter" --voltage 300 --cs "$cs"

say "measured on the training micrographs"
run estimate --micrographs $translator_real --pixel-size "$translator_pixel" --voltage 300 --cs "$cs" \
  --particle-diameter "$diameter" --out "$out/estimates"

for seed in $seeds; do
  at=$out/seed-$seed
  say "specimens, seed $seed"
  simulate() {
    run simulate --map "$map" --estimates "$out/estimates" --size "$size" --symmetry "$symmetry" --diameter "$diameter" $placement "$@"
  }
  simulate --count 16 --seed "$seed" --out "$at/simulated"
  simulate --count 24 --seed "$((seed + 100))" --out "$at/specimens"
  for translator in gaussian poisson-gaussian coloured-gaussian cryogem; do
    say "$translator, seed $seed"
    network=$([ "$translator" = cryogem ] && echo "--preset fast $steps" || true)
    [ -e "$at/models/$translator/model.safetensors" ] ||
      run train --translator "$translator" --real $translator_real --simulated "$at/simulated" \
        --estimates "$out/estimates" $network --seed "$seed" --resume --out "$at/models/$translator"
    run generate --model "$at/models/$translator" --simulated "$at/specimens" --seed "$seed" --out "$at/sets/$translator"
    learn "$translator-$seed" "$seed" --dataset "$at/sets/$translator"
  done
  # kinds of synthetic micrographs together
  learn "several-$seed" "$seed" --dataset "$at/sets/cryogem" "$at/sets/coloured-gaussian" "$at/sets/gaussian"
  # a single labelled micrograph, another one for each seed
  one=$(echo $train_names | cut -d ' ' -f "$(((seed - 1) % $(echo $train_names | wc -w) + 1))")
  labelled="--pixel-size $pixel --particle-diameter $diameter"
  learn "real-one-$seed" "$seed" --micrographs "$real/$one.png" --coordinates "$truth/$one.csv" $labelled
  learn "tuned-one-$seed" "$seed" --from "$out/pickers/cryogem-$seed" \
    --micrographs "$real/$one.png" --coordinates "$truth/$one.csv" $labelled
  learn "real-all-$seed" "$seed" --micrographs $(paths "$real" "$train_names" .png) \
    --coordinates $(paths "$truth" "$train_names" .csv) $labelled
done

# score FOLDER MARGIN OPTIONS: all pickers, then a row a picker, AUPRC and F1 over the seeds, and the difference of each seed to cryogem's
score() {
  folder=$1 around=$2 && shift 2
  say "scores, margin $around $*"
  run pick score --picks "$out"/picks/* --truth "$truth" $ceiling --radius "$radius" --pixel-size "$pixel" \
    --margin "$around" "$@" --out "$out/$folder"
  awk -F, 'NR > 1 {
    name = $1; seed = name; sub(/-[0-9]+$/, "", name); sub(/^.*-/, "", seed)
    if (!(name in n)) order[++count] = name
    n[name]++; a[name] += $2; aa[name] += $2 * $2; f[name] += $11; ff[name] += $11 * $11
    auprc[name, seed] = $2
  }
  function deviation(sum, squares, n) { return n > 1 ? sqrt((squares - sum * sum / n) / (n - 1) + 1e-15) : 0 }
  END {
    print "| picker | seeds | AUPRC | F1 | AUPRC, cryogem less this, seed by seed |\n|---|---|---|---|---|"
    for (i = 1; i <= count; i++) {
      k = order[i]; pairs = ""
      for (s = 1; s <= 999; s++) if (((k, s) in auprc) && (("cryogem", s) in auprc) && k != "cryogem")
        pairs = pairs sprintf("%s%+.3f", pairs == "" ? "" : ", ", auprc["cryogem", s] - auprc[k, s])
      printf "| %s | %d | %.3f ± %.3f | %.3f ± %.3f | %s |\n", k, n[k], a[k] / n[k], deviation(a[k], aa[k], n[k]), f[k] / n[k], deviation(f[k], ff[k], n[k]), pairs
    }
  }' "$out/$folder/scores.csv" | tee "$out/$folder/table.md"
}

score scores "$margin"
if [ "$margin" != 0 ]; then
  score scores-whole 0
  # what the labels leave out and the templates, which learn from nothing, take for a particle counts neither way
  score scores-unsure "$margin" --unsure "$out/picks/template"
  score scores-unsure-whole 0 --unsure "$out/picks/template"
fi
