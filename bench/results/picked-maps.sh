#!/bin/sh
# The table "Maps of each picker's picks" of docs/results/maps.md: a picker is trained on each of several sets of synthetic
# micrographs, all are run on the same real micrographs, and each one's picks go through the same extraction and refinement;
# so do the picks of templates, of a Laplacian, and the annotators' coordinates.
#
#   bench/results/picked-maps.sh apoferritin|ribosome SETS OUT [SEED] [ROWS]
#
# SETS is a folder of data sets, as compare/seed-1 of `cryogem compare` and seed-1/sets of pose-table.sh are; SEED that of
# the pickers (1); ROWS what to do, in quotes, as "cryogem template coords-a" (all).
# Every command goes on where it was stopped, so the script may be started again.
#   DATA        folder with apoferritin-10146/, ribosome-10028/ and maps/ (default: ../shared/data beside the checkout)
#   CRYOGEM     the program (default: node dist/cli/main.js of this checkout)
#   ITERATIONS  of the refinement at most (default: until nothing improves)
set -eu

set_name=${1:?apoferritin or ribosome}
sets=$(realpath "${2:?folder of data sets}")
out=${3:?folder to write into}
seed=${4:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$(realpath "${DATA:-$root/../shared/data}")
cryogem=${CRYOGEM:-node $root/dist/cli/main.js}
iterations=${ITERATIONS:+--iterations $ITERATIONS}
mkdir -p "$out"
cd "$out"

case $set_name in
apoferritin)
  folder=apoferritin-10146 annotators="coords-a coords-b"
  pixel=1.5 diameter=130 cs=0 symmetry=O match=30 margin=0
  box="--box 128 --rescale 64 --normalise --radius 24" around="--particle-diameter 150 --initial-low-pass 30"
  model=$data/maps/2za7_L_ferritin.pdb
  [ -e reference.mrc ] || $cryogem potential --model "$model" --pixel-size 3 --box 64 --out reference.mrc
  ;;
ribosome)
  folder=ribosome-10028 annotators=coords
  pixel=5.36 diameter=300 cs=2 symmetry=C1 match=150 margin=40
  box="--box 80 --normalise --radius 30" around="--particle-diameter 300 --initial-low-pass 60"
  model=$data/maps/cryojax_ribosome_4ug0_potential_cistem.mrc
  cp -n "$model" reference.mrc
  ;;
*) echo "found $set_name, expected apoferritin or ribosome" >&2 && exit 2 ;;
esac
micrographs=$data/$folder/micrographs
made=$(ls "$sets" | grep -v -e '^models$' -e '^scores$')
rows=${5:-$made template log $annotators}
ln -sfn "$micrographs" micrographs

[ -e ctf/micrographs_ctf.star ] ||
  $cryogem estimate --micrographs micrographs --pixel-size $pixel --voltage 300 --cs $cs --particle-diameter $diameter --out ctf

# picks ROW: into picks/ROW/picks.star
picks() {
  pick="$cryogem pick run --micrographs micrographs --pixel-size $pixel --out picks/$1"
  case $1 in
  coords*)
    mkdir -p "picks/$1"
    $cryogem export "$data/$folder/$1"/*.csv --micrographs micrographs --to star --out "picks/$1/picks.star"
    ;;
  template) $pick --template reference.mrc --symmetry $symmetry --particle-diameter $diameter --voltage 300 --cs $cs ;;
  log) $pick --log --particle-diameter $diameter ;;
  *)
    [ -e "pickers/$1/model.safetensors" ] ||
      $cryogem pick train --dataset "$sets/$1" --seed "$seed" --resume --out "pickers/$1"
    $pick --model "pickers/$1"
    ;;
  esac
}

for row in $rows; do
  printf '\n== %s\n' "$row"
  [ -e "picks/$row/picks.star" ] || picks "$row"
  # picks of templates have CTFs already
  ctf=$(grep -q _rlnDefocusU "picks/$row/picks.star" || echo "--ctf ctf/micrographs_ctf.star")
  [ -e "$row.star" ] ||
    $cryogem extract --particles "picks/$row/picks.star" $ctf --pixel-size $pixel $box --edges skip --out "$row.mrcs"
  # its record is written last
  [ -e "refined/$row/refine.json" ] ||
    $cryogem refine --particles "$row.star" --reference reference.mrc --symmetry $symmetry $around $iterations --out "refined/$row"
  mkdir -p against halves
  [ -e "against/$row.csv" ] || $cryogem fsc "refined/$row/map.mrc" "$model" --align --out "against/$row" >"against/$row.txt"
  [ -e "halves/$row.csv" ] ||
    $cryogem fsc "refined/$row/half1.mrc" "refined/$row/half2.mrc" --out "halves/$row" >"halves/$row.txt"
done

$cryogem pick score --picks $(for row in $rows; do case $row in coords*) ;; *) echo "picks/$row" ;; esac; done) --truth "$data/$folder/${annotators%% *}" \
  --radius $match --pixel-size $pixel --margin $margin --out scores

# resolution FILE LEVEL: what `fsc` printed, angstrom
resolution() { awk -v level="$2" '$1 == "resolution" && $3 == level { print $4 }' "$1"; }
printf '\n%-24s %10s %14s %14s\n' row particles 'halves, 0.143' 'model, 0.5'
for row in $rows; do
  count=$(grep -c "@" "refined/$row/run_data.star")
  printf '%-24s %10s %14s %14s\n' "$row" "$count" "$(resolution "halves/$row.txt" 0.143)" "$(resolution "against/$row.txt" 0.5)"
done
