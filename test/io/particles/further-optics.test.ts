import { expect, test } from "vitest";
import { readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { writeParticlesCs } from "../../../src/io/particles/cs-write.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";

const star = (optics: string, values: string): string => `data_optics
loop_
_rlnOpticsGroup
_rlnVoltage
_rlnSphericalAberration
_rlnAmplitudeContrast
_rlnImagePixelSize
_rlnImageSize
${optics}
1 300 2.7 0.1 1.5 32 ${values}

data_particles
loop_
_rlnImageName
_rlnOpticsGroup
_rlnDefocusU
_rlnDefocusV
_rlnDefocusAngle
_rlnCtfBfactor
_rlnCtfScalefactor
1@a.mrcs 1 9000 8000 10 40 0.8
2@a.mrcs 1 9000 8000 10 0 1
`;

test.each([
  ["_rlnBeamTiltX\n_rlnBeamTiltY", "0 0", undefined],
  ["_rlnBeamTiltX\n_rlnBeamTiltY", "0.1 0", ["rlnBeamTiltX"]],
  ["_rlnMagMat00\n_rlnMagMat01", "1 0.01", ["rlnMagMat01"]],
  ["_rlnOddZernike", "[0,0.000,-0]", undefined],
  ["_rlnOddZernike", "[0,0.2,-3]", ["rlnOddZernike"]],
  ["_rlnCtfDataAreCtfPremultiplied", "1", ["rlnCtfDataAreCtfPremultiplied"]],
])("optics beyond the CTF are told where they matter: %s of %s", (labels, values, expected) => {
  const { optics, particles } = readParticlesStar(star(labels, values), "p.star");
  expect(optics[0]!.further).toEqual(expected);
  expect(particles[0]!.defocus).toMatchObject({ bFactor: 40, scale: 0.8 });
  expect(particles[1]!.defocus).not.toHaveProperty("scale");
});

test("an MTF is read with its pixel size, and None is none", () => {
  const labels = "_rlnMtfFileName\n_rlnMicrographOriginalPixelSize";
  expect(readParticlesStar(star(labels, "k3.star 0.7"), "p.star").optics[0]!.mtf).toEqual({
    ...{ file: "k3.star", pixelSize: 0.7 },
  });
  expect(readParticlesStar(star(labels, "None 0.7"), "p.star").optics[0]!.mtf).toBeUndefined();
});

test("cryoSPARC's sign, tilt and envelope are read", () => {
  const bytes = writeParticlesCs(readParticlesStar(star("_rlnBeamTiltX", "0"), "p.star"));
  const { rows, columns } = readNpyTable(bytes, "p.cs");
  const more = new Map(columns);
  const add = (name: string, shape: readonly number[], values: readonly number[]): void => {
    more.set(name, { dtype: "<f4", shape, values: Float64Array.from(values) });
  };
  add("blob/sign", [], [-1, 1]);
  add("ctf/tilt_A", [2], [0, 0, 12, 0]);
  add("ctf/bfactor", [], [50, 0]);
  const { optics, particles } = readParticlesCs(writeNpyTable({ rows, columns: more }), "p.cs");
  expect(optics.map(({ isDark, further }) => [isDark, further])).toEqual([
    [true, ["ctf/tilt_A"]],
    [undefined, ["ctf/tilt_A"]],
  ]);
  expect(particles.map(({ defocus }) => defocus!.bFactor)).toEqual([50, undefined]);
});
