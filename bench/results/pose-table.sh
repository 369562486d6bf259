#!/bin/sh
# The tables "Poses" of docs/results/maps.md: pose encoders trained on different synthetic sets, on two kinds of particles of micrographs that no
# translator learned from.
#
#   bench/results/pose-table.sh ribosome|apoferritin OUT
#
# Synthetic ones: relion_project's images under real noise, with the CTFs of those micrographs
# (bench/results/pose-set.ts); the truth is exact.
# Real ones: the labelled particles. Their truth is `refine` against the map; how exact it is, another start of `refine` and RELION tell. They are
# looked at twice: as the labels have them, and cut out anew about their refined places (`extract --recentre`).
# Every command goes on where it was stopped, so the script may be started again; translators that lie in OUT/seed-N/models already, as
# `compare` writes them, are taken. RELION 3.1 and MPI are needed. Tables: OUT/steps-STEPS/*.md.
#   ROWS     training set and seed of each row, in their order (default: below); `map` is `pose train --map`, without synthetic micrographs
#   AGAIN    names among them whose translators, sets and encoders are made anew, as after a change of a translator: AGAIN=cryogem
#   DATA     folder with apoferritin-10146/, ribosome-10028/ and maps/ (default: ../shared/data beside the checkout)
#   CRYOGEM  the program (default: node dist/cli/main.js of this checkout)
#   MPIRUN   of RELION (default: mpirun --oversubscribe -n 3)
#   OPTIONS  of every encoder beside these, as "--resolution 0 --noise 0 --contrast 0"; AS names their folder, OUT/steps-STEPS-AS
#   STEPS, TRANSLATOR_STEPS   of each encoder (700) and of each translator with a network (900, about what `compare --minutes 2` allows)
set -eu

specimen=${1:?ribosome or apoferritin}
out=${2:?folder to write into}
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$(realpath "${DATA:-$root/../shared/data}")
cryogem=${CRYOGEM:-node $root/dist/cli/main.js}
mpirun=${MPIRUN:-mpirun --oversubscribe -n 3}
steps=${STEPS:-700}
several="cryogem coloured-gaussian gaussian"
rows=${ROWS:-$(for seed in 1 2 3; do for name in $several; do echo "$name-$seed"; done; done) map-1 poisson-gaussian-1 real-ice-1 cut-1 cyclegan-1}
mkdir -p "$out"
cd "$out"

# of the names in $2: their paths in $1 with the ending $3, each after the word $4
paths() { for name in $2; do printf '%s %s/%s%s ' "${4-}" "$1" "$name" "$3"; done; }
names_in() { ls "$1" | sed 's/\.png$//' | tr '\n' ' '; }

case $specimen in
ribosome)
  micrographs=$data/ribosome-10028/micrographs
  learned=$(paths "$micrographs" "061 062 063" .png) held_out=$(paths "$micrographs" "064 065" .png)
  images=$micrographs labels=$data/ribosome-10028/coords names="064 065" finer=1
  pixel=5.36 cs=2 diameter=300 radius=28 symmetry=C1 box=80 size=1024 count=48 initial=60 placement=
  relion="--healpix_order 1 --offset_range 16 --offset_step 4 --low_resol_join_halves 80"
  map=$data/maps/cryojax_ribosome_4ug0_potential_cistem.mrc
  ;;
apoferritin)
  example=$root/examples/apoferritin-10146
  learned=$example/train held_out=$example/held-out
  # the labels are on the same fields at 1.5 angstrom a pixel
  images=$held_out labels=$data/apoferritin-10146/coords-a names=$(names_in "$held_out") finer=2
  pixel=3 cs=0 diameter=130 radius=22 symmetry=O box=72 size=620x600 count=40 initial=30 placement="--collapse-ratio 0.9 --clustering 0.7"
  relion="--healpix_order 2 --offset_range 9 --offset_step 3 --low_resol_join_halves 40"
  map=map.mrc
  [ -e "$map" ] || $cryogem potential --model "$example/2za7.pdb" --pixel-size 3 --box 64 --out "$map"
  ;;
*) echo "found $specimen, expected ribosome or apoferritin" >&2 && exit 2 ;;
esac

# estimate FOLDER MICROGRAPHS
estimate() {
  folder=$1 && shift
  [ -e "$folder/micrographs_ctf.star" ] ||
    $cryogem estimate --micrographs "$@" --pixel-size $pixel --voltage 300 --cs $cs --particle-diameter $diameter --out "$folder"
}
estimate estimates $learned
estimate held-out $held_out

# points FROM TO: labels of the held-out micrographs, in their pixels
points() {
  mkdir -p "$2"
  for name in $names; do
    awk -F, -v finer=$finer 'NR == 1 { print "x,y" } NR > 1 { print $1 / finer "," $2 / finer }' "$1/$name.csv" >"$2/$name.csv"
  done
}

# real particles, and their poses
cut="--pixel-size $pixel --box $box --normalise --radius $radius --edges skip"
circle=$((diameter * 23 / 20))
if [ ! -e labelled.star ]; then
  points "$labels" points
  $cryogem export points --micrographs "$images" --to star --out labels.star
  $cryogem extract --particles labels.star --ctf held-out/micrographs_ctf.star $cut --out labelled.mrcs
fi
# refine PARTICLES REFERENCE FOLDER OPTIONS
refine() {
  particles=$1 reference=$2 folder=$3 && shift 3
  [ -e "$folder/map.mrc" ] || $cryogem refine --particles "$particles" --reference "$reference" --symmetry $symmetry \
    --particle-diameter $circle --out "$folder" "$@"
}
refine labelled.star "$map" refined-labels --initial-low-pass $initial
refine labelled.star "$map" other-start --initial-low-pass $((initial / 2)) --seed 2
[ -e centred.star ] || $cryogem extract --particles refined-labels/run_data.star $cut --recentre --out centred.mrcs

if [ ! -e test/set.json ]; then
  avoided=$(paths points "$names" .csv --points)
  if [ $specimen = ribosome ]; then
    # its labels are incomplete: the noise is to be clear of what looks like a particle, too
    $cryogem pick run --log --particle-diameter $diameter --micrographs $held_out --pixel-size $pixel --out log
    $cryogem export log/picks.star --to csv --out log.csv
    avoided="$avoided --points log.csv"
  else
    points "$data/apoferritin-10146/coords-b" second
    avoided="$avoided $(paths second "$names" .csv --points)"
  fi
  "$root/node_modules/.bin/vite-node" --root "$root" "$root/bench/results/pose-set.ts" "$map" held-out/micrographs_ctf.star test \
    --labelled labelled.mrcs --refined refined-labels/run_data.star --count 1000 --box $box --pixel $pixel --diameter $diameter $avoided
fi
refine test/particles.star test/truth.mrc refined --initial-low-pass $initial
if [ ! -e relion/run_class001.mrc ]; then
  mkdir -p relion
  $mpirun relion_refine_mpi --auto_refine --split_random_halves --i labelled.star --ref test/truth.mrc --firstiter_cc --ini_high $initial \
    --ctf --particle_diameter $circle --flatten_solvent --zero_mask --sym $symmetry $relion --auto_local_healpix_order 3 --oversampling 1 \
    --norm --scale --pad 2 --pool 30 --random_seed 1 --o relion/run >relion/log.txt
fi

# simulate OPTIONS
simulate() {
  $cryogem simulate --map "$map" --estimates estimates --size $size --symmetry $symmetry --diameter $diameter $placement "$@"
}
# the dataset of a translator and a seed
generate() {
  translator=$1 at=seed-$2
  [ -e "$at/simulated/particles.star" ] || simulate --count 12 --seed "$2" --out "$at/simulated"
  [ -e "$at/specimens/particles.star" ] || simulate --count $count --seed "$(($2 + 100))" --out "$at/specimens"
  case $translator in cryogem | cut | cyclegan) long="--steps ${TRANSLATOR_STEPS:-900}" ;; *) long= ;; esac
  [ -e "$at/models/$translator/model.safetensors" ] ||
    $cryogem train --translator "$translator" --real $learned --simulated "$at/simulated" --estimates estimates $long \
      --seed "$2" --resume --out "$at/models/$translator"
  $cryogem generate --model "$at/models/$translator" --simulated "$at/specimens" --seed "$2" --out "$at/sets/$translator"
}
here=steps-$steps${AS:+-$AS}
# train ROW OPTIONS: an encoder
train() {
  row=$1 && shift
  /usr/bin/time -a -o "$here/times.txt" -f "$row: %e s, user %U, system %S" $cryogem pose train "$@" --symmetry $symmetry \
    --field "$(awk "BEGIN { print $box * $pixel }")" --steps "$steps" --seed "${row##*-}" --threads 1 --resume ${OPTIONS-} --out "$here/encoders/$row"
}

mkdir -p "$here/maps"
for kind in synthetic labelled centred; do mkdir -p "$here/$kind"; done
for row in $rows; do
  name=${row%-*} seed=${row##*-}
  case " ${AGAIN-} " in *" $name "*)
    rm -rf "seed-$seed/models/$name" "seed-$seed/sets/$name" "$here/encoders/$row" "$here/maps/$row"
    for kind in synthetic labelled centred; do rm -f "$here/$kind/$row.star"; done
    ;;
  esac
  if [ ! -e "$here/encoders/$row/model.safetensors" ] || [ ! -e "$here/centred/$row.star" ]; then
    printf '\n== %s\n' "$row"
    if [ "$name" = map ]; then
      train "$row" --map test/truth.mrc --particles test/particles.star
    else
      [ -e "seed-$seed/sets/$name/particles.star" ] || generate "$name" "$seed"
      train "$row" --particles "seed-$seed/sets/$name"
    fi
    for stack in test/particles labelled centred; do
      kind=$stack
      [ $stack = test/particles ] && kind=synthetic
      $cryogem pose run --model "$here/encoders/$row" --particles $stack.star --out "$here/$kind/$row.star"
    done
  fi
done
cp refined/run_data.star $here/synthetic/refine.star
cp test/truth.star test/random.star $here/synthetic
cp other-start/run_data.star $here/labelled/other-start.star
cp relion/run_data.star $here/labelled/relion.star

cd "$here"
# map ROW: by plain back-projection, against its halves and the truth
map() {
  [ -e "maps/$1/map.mrc" ] ||
    $cryogem reconstruct --particles "synthetic/$1.star" --images ../test --symmetry $symmetry --halves --out "maps/$1"
  $cryogem fsc "maps/$1/half1.mrc" "maps/$1/half2.mrc" --out "maps/$1/halves" >"maps/$1/halves.txt"
  $cryogem fsc "maps/$1/map.mrc" ../test/truth.mrc --out "maps/$1/truth" >"maps/$1/truth.txt"
}
all="$rows refine truth random"
for row in $all; do [ -e "maps/$row/truth.txt" ] || map "$row"; done
# resolution FILE LEVEL: what `fsc` printed, angstrom
resolution() { awk -v level="$2" '$1 == "resolution" && $3 == level { print $4 }' "$1"; }
for row in $all; do
  echo "$row,$(resolution "maps/$row/halves.txt" 0.143),$(resolution "maps/$row/truth.txt" 0.143),$(resolution "maps/$row/truth.txt" 0.5)"
done >synthetic/maps.csv

# score KIND TRUTH ROWS, and the table with a row for each training set: mean and standard deviation over its seeds
score() {
  $cryogem pose score --poses $(paths "$1" "$3" .star) --truth "$2" --symmetry $symmetry --out "$1/scores"
  [ -e "$1/maps.csv" ] || : >"$1/maps.csv"
  awk -F, '
  function add(name, k, value) { sum[name, k] += value; squares[name, k] += value * value }
  function cell(name, k, digits,   m, v) {
    m = sum[name, k] / n[name]; v = squares[name, k] / n[name] - m * m
    return sprintf("%." digits "f", m) (n[name] > 1 ? sprintf(" ± %." digits "f", sqrt((v > 0 ? v : 0) * n[name] / (n[name] - 1))) : "")
  }
  FILENAME ~ /maps.csv$/ { for (i = 2; i <= 4; i++) of[$1, i] = $i; maps = 1; next }
  FNR > 1 {
    row = $1; sub(/\.star$/, "", row); name = row; sub(/-[0-9]+$/, "", name)
    if (!(name in n)) order[++count] = name
    n[name]++
    for (k = 3; k <= 10; k++) add(name, k, $k)
    for (i = 2; i <= 4; i++) add(name, "map" i, of[row, i])
  }
  END {
    print "| poses | seeds | angle, median / mean | view | in plane | shift, pixels |" (maps ? " halves, 0.143 | truth, 0.143 | truth, 0.5 |" : "")
    print "|---|---|---|---|---|---|" (maps ? "---|---|---|" : "")
    for (j = 1; j <= count; j++) {
      name = order[j]; line = "| " name " | " n[name]
      for (k = 3; k <= 9; k += 2) line = line " | " cell(name, k, k == 9 ? 2 : 1) " / " cell(name, k + 1, k == 9 ? 2 : 1)
      for (i = 2; maps && i <= 4; i++) line = line " | " (sum[name, "map" i] > 0 ? cell(name, "map" i, 1) : "")
      print line " |"
    }
  }' "$1/maps.csv" "$1/scores/scores.csv" | tee "$1.md"
}
score synthetic ../test/truth.star "$all"
score labelled ../refined-labels/run_data.star "$rows other-start relion"
score centred ../centred.star "$rows"
