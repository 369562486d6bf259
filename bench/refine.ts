/**
 * Refines the particles of a folder that bench/refine-set.ts made, beside RELION if asked for, and scores both against the truth:
 *   npm run build && npx vite-node bench/refine.ts FOLDER [relion] [STAR]
 * Wall and processor time of everything; rotation and shift errors against truth.star, with no alignment: the reference is that of
 * the truth; resolution of the half maps by `postprocess` under mask.mrc, by one rule for both. STAR: other than particles.star.
 * RELION: relion_refine_mpi --auto_refine, three processes, from the same low-passed reference, with the same mask and diameter.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mean, quantile } from "../src/array/statistics.js";
import { eulerToMatrix, rotationAngle } from "../src/core/rotation.js";
import { fourierShellCorrelation, resolutionAt } from "../src/evaluate/maps/fsc.js";
import { postprocess } from "../src/evaluate/maps/postprocess.js";
import { readVolume } from "../src/io/mrc/read.js";
import { readParticlesStar } from "../src/io/particles/star.js";
import { printTable } from "./table.js";

const [folder = "", ...rest] = process.argv.slice(2);
const withRelion = rest.includes("relion");
const star = rest.find((word) => word.endsWith(".star")) ?? "particles.star";
const at = (...names: string[]): string => join(folder, ...names);
const cli = resolve(new URL("../dist/cli/main.js", import.meta.url).pathname);
const truth = readVolume(readFileSync(at("truth.mrc")), "truth.mrc");
const mask = readVolume(readFileSync(at("mask.mrc")), "mask.mrc");
const poses = new Map(
  readParticlesStar(readFileSync(at("truth.star")), "truth.star").particles.map((p) => [p.image!.index, p]),
);

/** Seconds on the clock and of the processors. */
interface Timed {
  readonly wall: number;
  readonly processor: number;
}

function timed(command: readonly string[]): Timed {
  // bash tells the time on its standard error, joined here to its output
  const script = `TIMEFORMAT='%R %U %S'; { time "$@" > run.log 2>&1; } 2>&1`;
  const said = execFileSync("bash", ["-c", script, "bash", ...command], { cwd: folder, encoding: "utf8" });
  const [wall, user, system] = said.trim().split(/\s+/).map(Number) as [number, number, number];
  return { wall, processor: user + system };
}

const files = {
  cryogem: { star: "refined/run_data.star", halves: ["refined/half1.mrc", "refined/half2.mrc"] },
  relion: {
    star: "relion/run_data.star",
    halves: ["relion/run_half1_class001_unfil.mrc", "relion/run_half2_class001_unfil.mrc"],
  },
} as const;

function rowOf(name: keyof typeof files, { wall, processor }: Timed): string[] {
  const found = readParticlesStar(readFileSync(at(files[name].star)), files[name].star).particles;
  const errors = found.map((p) => {
    const own = poses.get(p.image!.index)!;
    return {
      angle: rotationAngle(eulerToMatrix(p.angles!), eulerToMatrix(own.angles!)),
      shift: Math.hypot(p.origin!.x - own.origin!.x, p.origin!.y - own.origin!.y),
    };
  });
  const angles = errors.map(({ angle }) => angle);
  const [first, second] = files[name].halves.map((path) => {
    const map = readVolume(readFileSync(at(path)), path);
    return { ...map, voxelSize: truth.voxelSize };
  }) as [typeof truth, typeof truth];
  const both = {
    ...first,
    data: first.data.map((value, i) => ((value + second.data[i]!) / 2) * mask.data[i]!),
  };
  const masked = { ...truth, data: truth.data.map((value, i) => value * mask.data[i]!) };
  const { interpolated } = postprocess([first, second], { mask, bFactor: 0, fitRange: [20, 12] });
  return [
    name,
    (wall / 60).toFixed(1),
    (processor / 60).toFixed(1),
    quantile(angles, 0.5).toFixed(2),
    mean(angles).toFixed(2),
    `${angles.filter((angle) => angle > 10).length} of ${angles.length}`,
    quantile(
      errors.map(({ shift }) => shift),
      0.5,
    ).toFixed(2),
    interpolated.resolution.toFixed(2),
    resolutionAt(fourierShellCorrelation(both, masked), 0.5).resolution.toFixed(2),
  ];
}

const rows: string[][] = [];
const ours = ["node", cli, "refine", "--particles", star, "--reference", "reference.mrc"];
if (existsSync(at("refined"))) throw new Error(`${at("refined")} is there: take it away first`);
rows.push(rowOf("cryogem", timed([...ours, "--mask", "mask.mrc", "--out", "refined"])));
if (withRelion) {
  const { particleDiameter } = JSON.parse(readFileSync(at("refined/refine.json"), "utf8")) as {
    particleDiameter: number;
  };
  mkdirSync(at("relion"), { recursive: true });
  const relion = `mpirun --allow-run-as-root --oversubscribe -n 3 relion_refine_mpi --auto_refine --split_random_halves --i ${star}
    --ref reference.mrc --firstiter_cc --ini_high 50 --o relion/run --ctf --particle_diameter ${particleDiameter} --flatten_solvent
    --zero_mask --solvent_mask mask.mrc --solvent_correct_fsc --sym C1 --healpix_order 2 --auto_local_healpix_order 4 --offset_range 6
    --offset_step 2 --oversampling 1 --low_resol_join_halves 40 --norm --scale --pad 2 --pool 30 --random_seed 1`;
  rows.push(rowOf("relion", timed(relion.split(/\s+/))));
  const iterations = readdirSync(at("relion")).filter((name) => /it\d+_data\.star$/.test(name)).length;
  console.log(`RELION: ${iterations - 1} iterations`);
}
const header = [
  "program",
  "wall, min",
  "processor, min",
  "median angle, °",
  "mean, °",
  "over 10°",
  "median shift, Å",
];
printTable(`refinement of ${folder}/${star}`, [...header, "FSC 0.143, Å", "against truth 0.5, Å"], rows);
