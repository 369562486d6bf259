/**
 * Projections a second of `project` (slice, shift, CTF, inverse transform) beside relion_project's, net of its start-up:
 *   npx vite-node bench/speed/projection.ts 128 1000      (box, projections)
 * The volume is noise within a ball, so that no frequency is empty. Prints a table; without RELION the peer is "not found"
 * in it. Both run on one thread; theirs also writes its images to disk. Times are processor seconds, user and
 * system, so that a busy machine does not decide.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Volume } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../src/core/rotation.js";
import { writeMrc } from "../../src/io/mrc/write.js";
import { project } from "../../src/physics/projection/project.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import { printTable } from "../shared/table.js";

const [box = 128, count = 1000] = process.argv.slice(2).map(Number);
const random = Random.of(1, "bench projection");
const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const volume = noiseBall(box);
const poses = Array.from({ length: count + 10 }, () => ({
  ...uniformRotation(random),
  ...{ defocusU: 18_000, defocusV: 16_000, defocusAngle: 30, phaseShift: 0 },
}));

function noiseBall(n: number): Volume {
  const data = new Float32Array(n ** 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))].map((v) => v - n / 2);
    if (x! ** 2 + y! ** 2 + z! ** 2 < (0.35 * n) ** 2) data[i] = random.uniform();
  }
  return { data, shape: [n, n, n], voxelSize: 1.5 };
}

/** Least seconds of five runs for `count` projections. */
function ours(): number {
  const projector = prepareProjector(volume);
  const run = (): number => {
    const before = process.cpuUsage();
    for (const pose of poses.slice(0, count)) {
      project(projector, eulerToMatrix(pose), { shiftX: 0.3, ctf: { ...optics, ...pose } });
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  return Math.min(...Array.from({ length: 5 }, run));
}

function star(particles: typeof poses): string {
  const block = (name: string, labels: string, rows: readonly string[]): string =>
    `data_${name}\n\nloop_\n${labels
      .split(" ")
      .map((label, i) => `_rln${label} #${i + 1}\n`)
      .join("")}${rows.join("\n")}\n\n`;
  const opticsLabels =
    "OpticsGroup OpticsGroupName ImagePixelSize ImageSize ImageDimensionality Voltage SphericalAberration AmplitudeContrast";
  return (
    block("optics", opticsLabels, [`1 group 1.5 ${box} 2 300 2.7 0.1`]) +
    block(
      "particles",
      "ImageName OpticsGroup AngleRot AngleTilt AnglePsi OriginXAngst DefocusU DefocusV DefocusAngle",
      particles.map((p, i) => `${i + 1}@p.mrcs 1 ${p.rot} ${p.tilt} ${p.psi} -0.45 18000 16000 30`),
    )
  );
}

/** Least seconds of three runs for `count` projections, less those for 10. */
function relion(): number | null {
  const folder = mkdtempSync(join(tmpdir(), "cryogem-bench-"));
  try {
    execFileSync("relion_project", ["--version"], { stdio: "ignore" });
    writeFileSync(join(folder, "map.mrc"), writeMrc({ ...volume, kind: "volume" }));
    const seconds = (n: number): number => {
      writeFileSync(join(folder, "in.star"), star(poses.slice(0, n)));
      const program = "relion_project --i map.mrc --ang in.star --o out --angpix 1.5 --ctf >log";
      const timed = ["-c", `TIMEFORMAT='%U %S'; { time ${program} 2>&1; } 2>&1`];
      const printed = execFileSync("bash", timed, { cwd: folder, encoding: "utf8" }).trim().split("\n");
      const [user, system] = printed.at(-1)!.split(" ").map(Number);
      return user! + system!;
    };
    const least = (n: number): number => Math.min(seconds(n), seconds(n), seconds(n));
    return least(count + 10) - least(10);
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [mine, theirs] = [ours(), relion()];
const rate = (seconds: number): string => (count / seconds).toFixed(0);
printTable(
  `Projection, ${count} of them; processor time of all threads, least of five runs and of three`,
  ["box", "cryogem a second", "relion_project a second", "ratio"],
  [[String(box), rate(mine), theirs ? rate(theirs) : "not found", theirs ? (theirs / mine).toFixed(2) : ""]],
);
