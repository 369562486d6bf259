/**
 * `cryogem reconstruct` beside relion_reconstruct --ctf on the same particles, start-up included, one after the other in pairs:
 *   npx vite-node bench/speed/reconstruct.ts 5000 128 3      (images, box, pairs; needs `npm run build`)
 * Images are noise from everywhere, each with its own CTF and shift, in float32. Both read them from files that were read before.
 * One thread of ours against relion_reconstruct, which has one; then all cores. Prints a table of wall and of processor seconds, user
 * and system: on a machine with other work the second tells more, for one thread. Without RELION the peer is "not found".
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "../../src/core/random.js";
import { uniformRotation } from "../../src/core/rotation.js";
import { encodeMrcHeader } from "../../src/io/mrc/write.js";
import { writeStar } from "../../src/io/star/write.js";
import { median, printTable, progress, spread } from "../shared/table.js";

const [count = 5000, box = 128, pairs = 3] = process.argv.slice(2).map(Number);
const PIXEL = 1.5;
const folder = mkdtempSync(join(tmpdir(), "cryogem-bench-"));
const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

function writeParticles(): void {
  const random = Random.of(1, "bench reconstruct");
  const stack = openSync(join(folder, "p.mrcs"), "w");
  writeSync(stack, encodeMrcHeader({ shape: [count, box, box], voxelSize: PIXEL, kind: "stack" }));
  for (let i = 0; i < count; i++) {
    writeSync(
      stack,
      Float32Array.from({ length: box * box }, () => random.normal()),
    );
  }
  closeSync(stack);
  const poses = Array.from({ length: count }, () => uniformRotation(random));
  const values = (make: () => number): number[] => Array.from({ length: count }, make);
  const defocus = values(() => random.uniform(8000, 22_000));
  const optics = {
    ...{ rlnOpticsGroup: [1], rlnOpticsGroupName: ["g"], rlnImagePixelSize: [PIXEL], rlnImageSize: [box] },
    ...{ rlnImageDimensionality: [2], rlnVoltage: [300], rlnSphericalAberration: [2.7] },
    rlnAmplitudeContrast: [0.1],
  };
  const particles = {
    rlnImageName: poses.map((_, i) => `${i + 1}@p.mrcs`),
    rlnOpticsGroup: values(() => 1),
    rlnAngleRot: poses.map(({ rot }) => rot),
    rlnAngleTilt: poses.map(({ tilt }) => tilt),
    rlnAnglePsi: poses.map(({ psi }) => psi),
    rlnOriginXAngst: values(() => random.normal(0, 3)),
    rlnOriginYAngst: values(() => random.normal(0, 3)),
    rlnDefocusU: defocus,
    rlnDefocusV: defocus.map((value) => value - 700),
    rlnDefocusAngle: values(() => random.uniform(0, 180)),
  };
  const blocks = [
    { name: "optics", columns: optics },
    { name: "particles", columns: particles },
  ];
  writeFileSync(join(folder, "p.star"), writeStar(blocks));
}

interface Seconds {
  readonly wall: number;
  readonly processor: number;
}

/** Of a command and all its threads; undefined where it cannot be started. */
function time(command: string): Seconds | undefined {
  const timed = ["-c", `TIMEFORMAT='%R %U %S'; { time ${command} >log 2>&1; } 2>&1`];
  try {
    const printed = execFileSync("bash", timed, { cwd: folder, encoding: "utf8" }).trim().split("\n");
    const [wall, user, system] = printed.at(-1)!.split(" ").map(Number) as [number, number, number];
    return { wall, processor: user + system };
  } catch {
    return undefined;
  }
}

try {
  writeParticles();
  const threads = availableParallelism();
  const rows: string[][] = [];
  for (const [name, ours, theirs] of [
    ["with gridding", "", ""],
    ["without gridding", "--skip-gridding", "--skip_gridding"],
  ] as const) {
    for (const workers of new Set([1, threads])) {
      const runs: (readonly [mine: Seconds, peer: Seconds | undefined])[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        rmSync(join(folder, "out"), { recursive: true, force: true });
        const mine = time(
          `node ${cli} reconstruct --particles p.star --out out --workers ${workers} ${ours}`,
        );
        if (!mine) throw new Error("cryogem reconstruct failed: is it built?");
        runs.push([mine, time(`relion_reconstruct --i p.star --o relion.mrc --ctf ${theirs}`)]);
      }
      const cells = (key: keyof Seconds): string[] => {
        const found = runs.flatMap(([mine, peer]) => (peer ? [mine[key] / peer[key]] : []));
        const peers = runs.flatMap(([, peer]) => (peer ? [peer[key]] : []));
        return [
          median(runs.map(([mine]) => mine[key])).toFixed(1),
          peers.length > 0 ? median(peers).toFixed(1) : "not found",
          found.length > 0 ? spread(found, 2) : "",
        ];
      };
      rows.push([name, String(workers), ...cells("wall"), ...cells("processor")]);
      progress(rows.slice(-1));
    }
  }
  printTable(
    `Reconstruction of ${count} images of ${box} x ${box}, ${pairs} pairs of runs; ratio ours to RELION's, median (quartiles)`,
    ["", "threads", "wall s", "RELION s", "ratio", "processor s", "RELION s", "ratio"],
    rows,
  );
} finally {
  rmSync(folder, { recursive: true });
}
