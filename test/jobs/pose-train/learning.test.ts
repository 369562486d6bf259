import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { Particle } from "../../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../../src/io/particles/star-write.js";
import { runPoses } from "../../../src/jobs/pose-run/run.js";
import { scorePoseFiles } from "../../../src/jobs/pose-score/run.js";
import { planPoseTraining } from "../../../src/jobs/pose-train/plan.js";
import { trainPoseModel } from "../../../src/jobs/pose-train/run.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { blobProjection, randomBlobs } from "../../physics/blobs.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);

/**
 * Particles of one view, turned in the plane and moved by several pixels: little to learn, but wrong in every sign that is wrong.
 *
 * @param zoom pixels of the image to one of 6 angstrom
 */
function writeParticles(name: string, count: number, box: number, zoom: number, random: Random): string {
  const pixelSize = 6 / zoom;
  const blobs = randomBlobs(32, 10, Random.of(4, "blobs")).map((blob) => ({
    ...blob,
    ...{ x: blob.x * zoom, y: blob.y * zoom, z: blob.z * zoom, width: blob.width * zoom },
  }));
  const data = new Float32Array(count * box * box);
  const particles = Array.from({ length: count }, (_, i): Particle => {
    const angles = { rot: 30, tilt: 60, psi: random.uniform(-180, 180) };
    const [x, y] = [random.normal(0, 2 * zoom), random.normal(0, 2 * zoom)];
    data.set(blobProjection(box, blobs, eulerToMatrix(angles), x, y).data, i * box * box);
    return {
      image: { index: i + 1, stack: `${name}.mrcs` },
      micrograph: `${Math.floor(i / 10)}.mrc`,
      opticsGroup: 0,
      angles,
      origin: { x: -x * pixelSize, y: -y * pixelSize },
    };
  });
  const shape = [count, box, box] as const;
  writeFileSync(at(`${name}.mrcs`), writeMrc({ data, shape, voxelSize: pixelSize, kind: "stack" }));
  const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
  const set = { optics: [{ name: "g", pixelSize, imageSize: box, ...optics }], particles };
  writeFileSync(at(`${name}.star`), writeParticlesStar(set));
  return at(`${name}.star`);
}

test("a network learns turns and shifts, and tells them in images of another box and pixel size", async () => {
  const random = Random.of(9, "learning");
  const learned = writeParticles("learned", 200, 36, 1, random);
  const truth = writeParticles("truth", 60, 54, 1.5, random);
  const runtime = openOnnxCpu({ threads: 1 });
  const { context } = jobContext();
  const plan = planPoseTraining({
    ...{ particles: [learned], out: at("encoder"), network: "encoder", side: "32", width: 4, batch: 16 },
    ...{ heads: 1, ctf: "none", resolution: 0 },
    ...{ steps: 500, learningRate: 5e-3, noise: 0, turns: false, seed: 2, every: 500 },
  });
  await trainPoseModel(plan, { ...context, runtime: () => runtime });
  const out = at("poses.star");
  await runPoses({ model: at("encoder"), particles: truth, out }, { ...context, runtime: () => runtime });
  const { rows } = await scorePoseFiles({ poses: [out], truth }, context);
  const [own, constant] = rows.map(({ scores }) => scores);
  expect(own!.unaligned.median).toBeLessThan(15);
  expect(constant!.unaligned.median).toBeGreaterThan(60);
  expect(own!.shift.median).toBeLessThan(0.5 * constant!.shift.median);
});
