/**
 * Refines the particles of a folder that bench/results/refine-set.ts made, by cryogem and by RELION, and compares them
 * iteration by iteration:
 *   npx vite-node bench/speed/refine.ts FOLDER cryogem [GROUP] [LOW_PASS]
 *   npx vite-node bench/speed/refine.ts FOLDER relion [GROUP] [LOW_PASS] [MINUTES]
 *   npx vite-node bench/speed/refine.ts FOLDER compare [GROUP]
 * `npm run build` first. GROUP: the point group (C1), of which the map that the images were made of must have the axes. LOW_PASS: of the
 * first reference, angstrom (50). RELION: relion_refine_mpi --auto_refine, three processes of which two work, from the
 * same low-passed reference, with the same mask and diameter, stopped after MINUTES (60); the same command goes on from its last iteration.
 *
 * The table has of each iteration the minutes from the start (by the times of its files: runs that were interrupted count their pauses), the rotation
 * and shift errors against truth.star, without alignment, as the reference is that of the truth, and by one rule for both programs the
 * resolution of maps that `reconstruct` makes of the iteration's poses: halves under mask.mrc at 0.143, corrected by random phases, and the whole
 * map against truth.mrc under the mask at 0.5. curves.svg has these curves after the last iteration of each.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import type { Volume } from "../../src/array/image.js";
import { mean, quantile } from "../../src/array/statistics.js";
import { eulerToMatrix } from "../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../src/core/symmetry.js";
import { fourierShellCorrelation, resolutionAt } from "../../src/evaluate/maps/fsc.js";
import { halfMapCurves } from "../../src/evaluate/maps/half-maps.js";
import { readVolume } from "../../src/io/mrc/read.js";
import type { ParticleSet } from "../../src/io/particles/particle.js";
import { readParticlesStar } from "../../src/io/particles/star.js";
import { writeParticlesStar } from "../../src/io/particles/star-write.js";
import { lineChart } from "../../src/plot/line-chart.js";
import { printTable } from "../shared/table.js";

const [folder = "", mode = "", group = "C1", low = "50", minutes = "60"] = process.argv.slice(2);
const at = (...names: string[]): string => join(folder, ...names);
const cli = resolve(new URL("../../dist/cli/main.js", import.meta.url).pathname);
const cryogem = (...words: string[]): void => {
  execFileSync("node", [cli, ...words], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
};

if (mode === "cryogem") {
  const first = ["--reference", "reference.mrc", "--initial-low-pass", low];
  const from = [...first, "--mask", "mask.mrc", "--symmetry", group];
  cryogem("refine", "--particles", "particles.star", ...from, "--out", "refined");
  console.log(`load ${loadavg().map((value) => value.toFixed(1))}`);
} else if (mode === "relion") runRelion();
else if (mode === "compare") compare();
else throw new Error(`found "${mode}", expected cryogem, relion or compare`);

/** Diameter of the circle in which images are compared, angstrom, as bench/results/refine-set.ts made the mask: 0.9 of the box. */
function diameter(): number {
  const { shape, voxelSize } = readVolume(readFileSync(at("truth.mrc")), "truth.mrc");
  return 0.9 * shape[0] * voxelSize;
}

function runRelion(): void {
  mkdirSync(at("relion"), { recursive: true });
  const optimisers = readdirSync(at("relion")).filter((name) => /^run_.*it\d+_optimiser\.star$/.test(name));
  const last = optimisers.sort((a, b) => iterationOf(a) - iterationOf(b)).at(-1);
  const fresh = `--auto_refine --split_random_halves --i particles.star --ref reference.mrc --firstiter_cc --ini_high ${low}
    --ctf --particle_diameter ${diameter()} --flatten_solvent --zero_mask --solvent_mask mask.mrc --solvent_correct_fsc --sym ${group}
    --healpix_order 2 --auto_local_healpix_order 4 --offset_range 6 --offset_step 2 --oversampling 1 --low_resol_join_halves 40
    --norm --scale --pad 2 --pool 30 --random_seed 1 --dont_check_norm --o relion/run`;
  const words = last ? `--continue relion/${last} --o relion/run` : fresh;
  const mpi = "mpirun --allow-run-as-root --oversubscribe -n 3 relion_refine_mpi";
  const { status } = spawnSync("timeout", [`${minutes}m`, ...`${mpi} ${words}`.split(/\s+/)], {
    ...{ cwd: folder, stdio: "inherit" },
  });
  const end = status === 124 ? `stopped after ${minutes} minutes` : `ended with ${status}`;
  console.log(`RELION ${end}, load ${loadavg().map((value) => value.toFixed(1))}`);
}

function iterationOf(name: string): number {
  return Number(/it(\d+)_/.exec(name)?.[1] ?? -1);
}

/** Poses of all particles after an iteration, and when they were written. */
interface Iteration {
  readonly program: string;
  readonly iteration: number;
  readonly minutes: number;
  readonly set: ParticleSet;
}

function relionIterations(): Iteration[] {
  if (!existsSync(at("relion"))) return [];
  const names = readdirSync(at("relion")).filter((name) => /^run_.*it\d+_data\.star$/.test(name));
  const begin = statSync(at("relion", "run_it000_data.star")).mtimeMs;
  return names
    .filter((name) => iterationOf(name) > 0)
    .sort((a, b) => iterationOf(a) - iterationOf(b))
    .map((name) => ({
      ...{ program: "RELION", iteration: iterationOf(name) },
      minutes: (statSync(at("relion", name)).mtimeMs - begin) / 60_000,
      set: readParticlesStar(readFileSync(at("relion", name)), name),
    }));
}

function ownIterations(): Iteration[] {
  if (!existsSync(at("refined"))) return [];
  const source = readParticlesStar(readFileSync(at("refined/run_data.star")), "run_data.star");
  const { pixelSize } = source.optics[0]!;
  const path = (name: string): string => at("refined/iterations", name, "state.json");
  const begin = statSync(path("000")).mtimeMs;
  return readdirSync(at("refined/iterations"))
    .filter((name) => name !== "000" && existsSync(path(name)))
    .map((name) => {
      const { poses } = JSON.parse(readFileSync(path(name), "utf8")) as {
        poses: { rot: number; tilt: number; psi: number; x: number; y: number }[];
      };
      const particles = source.particles.map((particle, i) => {
        const { rot, tilt, psi, x, y } = poses[i]!;
        return { ...particle, angles: { rot, tilt, psi }, origin: { x: -x * pixelSize, y: -y * pixelSize } };
      });
      return {
        ...{ program: "cryogem", iteration: Number(name), set: { ...source, particles } },
        minutes: (statSync(path(name)).mtimeMs - begin) / 60_000,
      };
    });
}

/** Half maps of an iteration's poses, made once. */
function halvesOf({ program, iteration, set }: Iteration): readonly [Volume, Volume] {
  const name = `compare/${program}-${iteration}`;
  mkdirSync(at("compare"), { recursive: true });
  if (!existsSync(at(name))) {
    // the images lie beside particles.star
    const particles = set.particles.map((particle) => ({
      ...particle,
      image: { index: particle.image!.index, stack: "../particles.mrcs" },
    }));
    writeFileSync(at(`${name}.star`), writeParticlesStar({ ...set, particles }));
    cryogem("reconstruct", "--particles", `${name}.star`, "--out", name, "--symmetry", group);
  }
  return ["half1.mrc", "half2.mrc"].map((half) =>
    readVolume(readFileSync(at(name, half)), half),
  ) as unknown as readonly [Volume, Volume];
}

function compare(): void {
  const truth = readVolume(readFileSync(at("truth.mrc")), "truth.mrc");
  const mask = readVolume(readFileSync(at("mask.mrc")), "mask.mrc");
  const { particles } = readParticlesStar(readFileSync(at("truth.star")), "truth.star");
  const poses = new Map(particles.map((p) => [p.image!.index, p]));
  const operators = symmetryOperators(group);
  const side = truth.shape[0] * truth.voxelSize;
  const masked = (map: Volume): Volume => ({
    ...map,
    data: map.data.map((value, i) => value * mask.data[i]!),
    voxelSize: truth.voxelSize,
  });
  const all = [...ownIterations(), ...relionIterations()];
  const curves = new Map<string, { halves: Float64Array; truth: Float64Array }>();
  const rows = all.map((each) => {
    const errors = each.set.particles.map((p) => {
      const own = poses.get(p.image!.index)!;
      return {
        angle: symmetricAngle(eulerToMatrix(p.angles!), eulerToMatrix(own.angles!), operators),
        shift: Math.hypot(p.origin!.x - own.origin!.x, p.origin!.y - own.origin!.y),
      };
    });
    const angles = errors.map(({ angle }) => angle);
    const [first, second] = halvesOf(each);
    const halves = [first, second].map((half) => ({
      ...half,
      voxelSize: truth.voxelSize,
    })) as unknown as readonly [Volume, Volume];
    const both = { ...first, data: first.data.map((value, i) => (value + second.data[i]!) / 2) };
    const { corrected } = halfMapCurves(halves, mask, { draws: 5, seed: 1 });
    const against = fourierShellCorrelation(masked(both), masked(truth));
    curves.set(each.program, { halves: corrected, truth: Float64Array.from(against.correlation) });
    const ofHalves = resolutionAt({ ...against, correlation: corrected }, 0.143);
    return [
      each.program,
      String(each.iteration),
      each.minutes.toFixed(1),
      quantile(angles, 0.5).toFixed(2),
      mean(angles).toFixed(2),
      `${angles.filter((angle) => angle > 10).length} of ${angles.length}`,
      quantile(
        errors.map(({ shift }) => shift),
        0.5,
      ).toFixed(2),
      ofHalves.resolution.toFixed(2),
      resolutionAt(against, 0.5).resolution.toFixed(2),
    ];
  });
  const header = [
    "program",
    "iteration",
    "minutes",
    "median angle, °",
    "mean, °",
    "over 10°",
    "median shift, Å",
  ];
  printTable(`refinement of ${folder}`, [...header, "halves 0.143, Å", "against truth 0.5, Å"], rows);
  const series = [...curves].flatMap(([program, { halves, truth: against }]) => [
    { name: `${program}, halves`, x: halves.map((_, shell) => shell / side), y: halves },
    { name: `${program}, against the truth`, x: against.map((_, shell) => shell / side), y: against },
  ]);
  const figure = lineChart({
    title: "After the last iteration of each",
    x: { label: "spatial frequency, 1/Å", domain: [0, 0.5 / truth.voxelSize] },
    y: { label: "correlation under the mask", domain: [-0.1, 1] },
    series: series.map((each) => ({ ...each, x: [...each.x], y: [...each.y] })),
    levels: [
      { name: "0.143", y: 0.143 },
      { name: "0.5", y: 0.5 },
    ],
  });
  writeFileSync(at("curves.svg"), figure);
}
