import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { crop } from "../../../src/array/resample.js";
import { correlation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readMap } from "../../../src/io/read-map.js";
import { simulateMicrograph } from "../../../src/physics/micrograph/micrograph.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { blobVolume, randomBlobs, scaleOf } from "../blobs.js";
import { hasProgram, type RelionParticle, relionProject } from "../relion.js";

const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const pixelSize = 3;

function randomParticle(random: Random, shift: number): RelionParticle {
  return {
    ...uniformRotation(random),
    originX: random.uniform(-shift, shift),
    originY: random.uniform(-shift, shift),
    defocusU: random.uniform(5_000, 25_000),
    defocusV: random.uniform(5_000, 25_000),
    defocusAngle: random.uniform(0, 180),
    phaseShift: random.integer(2) * random.uniform(0, 180),
    bFactor: random.integer(2) * random.uniform(0, 200),
  };
}

/** A cubic map as an MRC file whose columns, rows and sections run along the axes named (1 = x), with an origin and a start. */
function storedAlong(volume: Volume, axes: string): Uint8Array {
  const n = volume.shape[0];
  const order = [...axes].map(Number);
  const data = new Float32Array(n ** 3);
  for (let i = 0; i < data.length; i++) {
    const stored = [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)];
    const [x, y, z] = [1, 2, 3].map((axis) => stored[order.indexOf(axis)]!);
    data[i] = volume.data[(z! * n + y!) * n + x!]!;
  }
  const bytes = writeMrc({
    ...{ data, shape: volume.shape, voxelSize: volume.voxelSize, kind: "volume" },
    ...{ origin: [-17, 3.5, 200], start: [-4, 7, 12] },
  });
  const header = new DataView(bytes.buffer);
  for (const [i, axis] of order.entries()) header.setInt32(4 * (16 + i), axis, true);
  return bytes;
}

const available = hasProgram("relion_project");
describe.skipIf(!available)("against RELION (needs relion_project)", () => {
  test("1,000 random poses, shifts and astigmatic CTFs correlate above 0.9999 at the same scale", () => {
    const n = 40;
    const random = Random.of(11, "relion");
    const volume = blobVolume(n, randomBlobs(n, 25, random), pixelSize);
    const particles = Array.from({ length: 1000 }, () => randomParticle(random, 9));
    const theirs = relionProject(volume, particles, optics, ["--ctf"]);
    const projector = prepareProjector(volume);
    let worst = 1;
    for (const [i, p] of particles.entries()) {
      const ours = project(projector, eulerToMatrix(p), {
        shiftX: -p.originX / pixelSize,
        shiftY: -p.originY / pixelSize,
        ctf: { ...optics, ...p },
      });
      worst = Math.min(worst, correlation(ours.data, theirs[i]!.data));
      expect(scaleOf(theirs[i]!.data, ours.data)).toBeCloseTo(1, 2);
    }
    expect(worst).toBeGreaterThan(0.9999);
  });

  test("in odd boxes too, which relion_project 3.1 writes one pixel too far right and down", () => {
    const n = 41;
    const random = Random.of(12, "relion odd");
    const volume = blobVolume(n, randomBlobs(n, 25, random), pixelSize);
    const particles = Array.from({ length: 200 }, () => randomParticle(random, 9));
    const theirs = relionProject(volume, particles, optics, ["--ctf"]);
    const projector = prepareProjector(volume);
    for (const [i, p] of particles.entries()) {
      const ours = project(projector, eulerToMatrix(p), {
        shiftX: 1 - p.originX / pixelSize,
        shiftY: 1 - p.originY / pixelSize,
        ctf: { ...optics, ...p },
      });
      // its CTF is sampled on an odd grid, whose Nyquist lies between two samples
      expect(correlation(ours.data, theirs[i]!.data)).toBeGreaterThan(0.999);
    }
  });

  test("maps that store their axes in any order, with an origin and a start, are the same to project", async () => {
    const n = 32;
    const random = Random.of(14, "relion axes");
    const volume = blobVolume(n, randomBlobs(n, 25, random), pixelSize);
    const particles = Array.from({ length: 3 }, () => randomParticle(random, 4));
    const theirs = relionProject(volume, particles, optics, ["--ctf"]);
    for (const axes of ["123", "132", "213", "231", "312", "321"]) {
      const projector = prepareProjector(await readMap(storedAlong(volume, axes), `${axes}.mrc`));
      for (const [i, p] of particles.entries()) {
        const [shiftX, shiftY] = [-p.originX / pixelSize, -p.originY / pixelSize];
        const ours = project(projector, eulerToMatrix(p), { shiftX, shiftY, ctf: { ...optics, ...p } });
        expect(correlation(ours.data, theirs[i]!.data), axes).toBeGreaterThan(0.9999);
      }
    }
  });

  test("a particle cut out of a micrograph at a sub-pixel place equals theirs, protein dark", () => {
    const n = 80;
    const random = Random.of(13, "relion micrograph");
    // a small body in a large box, so that in theirs nothing of the CTF's fringes wraps around
    const blobs = randomBlobs(n, 25, random).map((b) => ({ ...b, x: b.x / 2, y: b.y / 2, z: b.z / 2 }));
    const volume = blobVolume(n, blobs, pixelSize);
    const projector = prepareProjector(volume);
    for (let i = 0; i < 20; i++) {
      const p = { ...randomParticle(random, 0), defocusU: 8_000, defocusV: 6_000 };
      const place = { x: random.uniform(60, 140), y: random.uniform(60, 100) };
      const { clean, particles } = simulateMicrograph({
        shape: [171, 200],
        optics: { ...optics, pixelSize },
        defocus: p,
        bFactor: p.bFactor,
        projectors: [projector],
        particles: [{ ...place, ...p, matrix: eulerToMatrix(p), depth: 0, structure: 0 }],
      });
      const { x, y, originX, originY } = particles[0]!;
      const [theirs] = relionProject(volume, [{ ...p, originX, originY }], optics, ["--ctf"]);
      const ours = crop(clean, x - n / 2, y - n / 2, [n, n]);
      expect(correlation(ours.data, theirs!.data)).toBeLessThan(-0.999);
      expect(scaleOf(theirs!.data, ours.data)).toBeCloseTo(-1, 2);
    }
  });
});
