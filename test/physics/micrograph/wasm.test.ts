import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { syntheticIce } from "../../../src/physics/ice.js";
import type { MicrographInputs } from "../../../src/physics/micrograph/inputs.js";
import { imagePlain, planImaging, simulateMicrograph } from "../../../src/physics/micrograph/micrograph.js";
import { fitsCanvas, imageFast } from "../../../src/physics/micrograph/wasm.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import type { PlacedParticle } from "../../../src/physics/specimen/specimen.js";
import { blobVolume, randomBlobs } from "../blobs.js";

const random = Random.of(5, "micrograph in WebAssembly");
const volume = (n: number) => blobVolume(n, randomBlobs(n, 12, random), 4);
const projectors = [32, 45].map((n) => prepareProjector(volume(n)));

/** Particles of both structures all over the field: crowded, cut by every edge, in the corners. */
function particles(rows: number, columns: number): PlacedParticle[] {
  const corners = [0, 1].flatMap((v) => [0, 1].map((u) => [u * (columns - 1), v * (rows - 1)] as const));
  const anywhere = Array.from({ length: 30 }, () => [
    random.uniform(-0.5, columns - 0.5),
    random.uniform(-0.5, rows - 0.5),
  ]);
  return [...corners, ...anywhere].map(([x, y], i) => {
    const angles = uniformRotation(random);
    return { ...{ x: x!, y: y!, depth: 0, structure: i % 2 }, ...angles, matrix: eulerToMatrix(angles) };
  });
}

const inputs = (shape: readonly [number, number]): MicrographInputs => ({
  shape,
  optics: { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  defocus: { defocusU: 20_000, defocusV: 14_000, defocusAngle: 25, phaseShift: 0 },
  projectors,
  particles: particles(...shape),
});

const even = inputs([160, 212]);

describe("a micrograph made by WebAssembly is the one made in plain TypeScript", () => {
  test.each<[string, MicrographInputs]>([
    ["even", even],
    ["odd, smaller than a box along one axis", inputs([41, 131])],
    ["under uneven ice", { ...even, ice: syntheticIce([31, 47], 0.8, random) }],
    ["under ice of its own size", { ...even, ice: syntheticIce([160, 212], 0.5, random) }],
    ["a B-factor", { ...even, bFactor: 150 }],
    ["a phase plate", { ...even, defocus: { ...even.defocus, phaseShift: 70 } }],
    ["overfocus", { ...even, defocus: { ...even.defocus, defocusU: -9000, defocusV: -11_000 } }],
    [
      "no amplitude contrast, no Cs",
      { ...even, optics: { ...even.optics, sphericalAberration: 0, amplitudeContrast: 0 } },
    ],
    [
      "particles of their own strengths",
      { ...even, particles: even.particles.map((p, i) => ({ ...p, strength: 0.3 + i / 20 })) },
    ],
    [
      "lumps over every edge and in the middle",
      {
        ...even,
        contaminants: {
          matter: { density: 0.02, absorption: 0.2 },
          lumps: [
            [0, 80],
            [211, 0],
            [100, 159],
            [90, 70],
          ].map(([x, y], i) => ({
            ...{ x: x!, y: y!, radius: 40 + 30 * i, thickness: 60, lobes: 2 + i, depth: 0.1, angle: 50 * i },
          })),
        },
      },
    ],
    ["without particles", { ...even, particles: [] }],
    ["a low-passed map", { ...even, projectors: [32, 45].map((n) => prepareProjector(smooth(n))) }],
  ])("%s", (_name, given) => {
    const { filter, canvas } = planImaging(given);
    expect(fitsCanvas(given, canvas)).toBe(true);
    const fast = imageFast(given, filter, canvas);
    const plain = imagePlain(given, filter, canvas);
    expect(fast.placed).toEqual(plain.placed);
    expect(fast.mask).toEqual(plain.mask);
    const highest = plain.clean.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(highest > 0).toBe(given.particles.length > 0);
    expect(fast.clean.data).toBeAllclose(plain.clean.data, { relative: 0, absolute: 1e-5 * highest });
  });
});

/** Densities so broad that the projector leaves out high frequencies. */
function smooth(n: number) {
  const data = Float32Array.from({ length: n ** 3 }, (_, i) => {
    const at = [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)].map((v) => v - (n >> 1));
    return Math.exp(-(at[0]! ** 2 + 2 * at[1]! ** 2 + at[2]! ** 2) / (0.02 * n * n));
  });
  return { data, shape: [n, n, n] as const, voxelSize: 4 };
}

test("what was made before leaves no trace, of any size", () => {
  const first = simulateMicrograph(even).clean.data.slice();
  simulateMicrograph({ ...inputs([300, 260]), ice: syntheticIce([9, 9], 0.5, random) });
  expect(simulateMicrograph(even).clean.data).toEqual(first);
});

test("particles at a depth and partly coherent beams go the plain way", () => {
  const { canvas } = planImaging(even);
  const deep = even.particles.map((particle) => ({ ...particle, depth: 100 }));
  expect(fitsCanvas({ ...even, particles: deep }, canvas)).toBe(false);
  expect(fitsCanvas({ ...even, coherence: { focalSpread: 50 } }, canvas)).toBe(false);
  expect(fitsCanvas({ ...even, coherence: { focalSpread: 0, convergence: 0 } }, canvas)).toBe(true);
});
