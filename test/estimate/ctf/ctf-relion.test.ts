import { describe, expect, test } from "vitest";
import { type Image, type Volume, zeros } from "../../../src/array/image.js";
import { mean } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { uniformRotation } from "../../../src/core/rotation.js";
import { fitCtf } from "../../../src/estimate/ctf/ctf-fit.js";
import { hasProgram, relionProject } from "../../physics/relion.js";
import {
  angleBetween,
  apoferritinMap,
  defocusErrors,
  pause,
  type Truth,
  withWhiteNoise,
} from "../simulated.js";

const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const SIDE = 1200;
const COUNT = 200;
/** Angstrom: room for what defocus spreads. */
const BOX = 336;

/** Particles as relion_project images them, added at random places of a field; boxes may reach over its edges. */
function pastedMicrograph(truth: Truth, map: Volume, seed: number): Image {
  const random = Random.of(seed, "relion micrograph");
  const box = 2 * Math.round(BOX / 2 / map.voxelSize);
  const volume = padded(map, box);
  const particles = Array.from({ length: COUNT }, () => ({
    ...uniformRotation(random),
    ...{ originX: 0, originY: 0, phaseShift: 0, bFactor: 80 },
    ...truth,
  }));
  const out = zeros(SIDE, SIDE);
  for (const image of relionProject(volume, particles, optics, ["--ctf"])) {
    const left = random.integer(SIDE) - box / 2;
    const top = random.integer(SIDE) - box / 2;
    for (let y = Math.max(0, -top); y < Math.min(box, SIDE - top); y++) {
      for (let x = Math.max(0, -left); x < Math.min(box, SIDE - left); x++) {
        out.data[(top + y) * SIDE + left + x]! -= image.data[y * box + x]!;
      }
    }
  }
  return out;
}

function padded(volume: Volume, box: number): Volume {
  const n = volume.shape[0];
  const data = new Float32Array(box ** 3);
  const start = Math.floor((box - n) / 2);
  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const from = (z * n + y) * n;
      data.set(volume.data.subarray(from, from + n), ((z + start) * box + y + start) * box + start);
    }
  }
  return { ...volume, data, shape: [box, box, box] };
}

const TRUTHS: readonly Truth[] = [
  [12_000, 11_000, 30],
  [21_000, 20_000, -60],
  [10_000, 10_000, 0],
  [15_000, 15_000, 0],
  [25_000, 25_000, 0],
  [17_300, 16_700, 10],
  [23_500, 22_500, -30],
  [13_200, 12_800, 75],
].map(([defocusU, defocusV, defocusAngle]) => ({
  defocusU: defocusU!,
  defocusV: defocusV!,
  defocusAngle: defocusAngle!,
}));

const available = hasProgram("relion_project");
describe.skipIf(!available)("images that RELION makes (needs relion_project)", () => {
  // the marks at 5 A/px are looser: the band ends at 10.5 A, where the particle's own shape is as wavy as the rings
  test.each([
    { pixelSize: 2, micrographs: 2, marks: [{ snr: 0.1, mark: 150, turn: 20 }] },
    { pixelSize: 3, micrographs: 6, marks: [{ snr: 0.1, mark: 150, turn: 30 }] },
    {
      ...{ pixelSize: 5, micrographs: 6 },
      marks: [
        { snr: 0.1, mark: 600, turn: 35 },
        { snr: 1, mark: 300, turn: 12 },
      ],
    },
  ])("at $pixelSize A/px the mean absolute errors of U and V are below $marks", async (one) => {
    const map = apoferritinMap(one.pixelSize);
    const truths = TRUTHS.slice(0, one.micrographs);
    const clean: Image[] = [];
    for (const [i, truth] of truths.entries()) {
      clean.push(pastedMicrograph(truth, map, i));
      await pause();
    }
    for (const { snr, mark, turn } of one.marks) {
      const errors: number[] = [];
      for (const [i, truth] of truths.entries()) {
        const fit = fitCtf(withWhiteNoise(clean[i]!, snr, i), { ...optics, pixelSize: one.pixelSize });
        if (truth.defocusU - truth.defocusV >= 500) {
          expect(angleBetween(fit.defocusAngle, truth.defocusAngle)).toBeLessThan(turn);
        }
        errors.push(...defocusErrors(fit, truth));
        await pause();
      }
      expect(mean(errors)).toBeLessThan(mark);
    }
  });
});
