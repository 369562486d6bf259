#!/bin/sh
# The table "Where there is no particle" of docs/results/picking.md: how many picks the ribosome pickers of bench/results/picking.sh make on
# contaminated and empty fields, ice and crystals, at the threshold at which each finds 95 % of the labelled particles of the
# micrographs that score. Nothing was trained on those images.
#
#   bench/results/false-picks.sh OUT
#
# OUT is what `bench/results/picking.sh ribosome OUT` wrote.
#   DATA   folder with artefacts/ (default: ../shared/data beside the checkout)
#   PIXEL  angstrom a pixel of those images, which nobody knows (default: that of the ribosome's)
set -eu
out=${1:?what picking.sh wrote}
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${DATA:-$root/../shared/data}/artefacts
pixel=${PIXEL:-5.36}
images=$(ls "$data"/[2-5]*/*.png)
folder=$out/false-picks-$pixel
mkdir -p "$folder"

for model in "$out"/pickers/*; do
  name=$(basename "$model")
  least=$(awk -F, -v name="$name" '$1 == name && $4 >= 0.95 { print $2; exit }' "$out/scores/precision-recall.csv")
  [ -n "$least" ] || { echo "$name: found no recall of 0.95 in $out/scores/precision-recall.csv" >&2 && exit 1; }
  node "$root/dist/cli/main.js" pick run --model "$model" --micrographs $images --pixel-size "$pixel" --threshold "$least" \
    --out "$folder/$name" >&2
  awk -v name="$name" -v least="$least" 'NR > 1 && $4 >= least { n++ } END { print name "," least "," n + 0 }' \
    "$folder/$name/all-picks.txt"
done > "$folder/counts.csv"

awk -F, '{
  name = $1; sub(/-[0-9]+$/, "", name)
  if (!(name in n)) order[++count] = name
  n[name]++; sum[name] += $3; squares[name] += $3 * $3
}
END {
  print "| picker | seeds | false picks |\n|---|---|---|"
  for (i = 1; i <= count; i++) {
    k = order[i]; mean = sum[k] / n[k]
    deviation = n[k] > 1 ? sqrt((squares[k] - sum[k] * mean) / (n[k] - 1) + 1e-9) : 0
    printf "| %s | %d | %.0f ± %.0f |\n", k, n[k], mean, deviation
  }
}' "$folder/counts.csv" | tee "$folder/table.md"
