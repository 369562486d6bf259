/**
 * What is written, read by the rules of programs that cannot be installed here. cryoDRGN's reader (cryodrgn/starfile.py and
 * commands/parse_*_star.py of zhonge/cryodrgn) knows blocks by `data_`, labels by `_`, takes the rest for rows split at blanks, and wants
 * the labels below; Topaz (topaz/utils/data/loader.py of tbepler/topaz) has pandas read a table of tabs.
 */
import { expect, test } from "vitest";
import type { ParticleSet } from "../../src/io/particles/particle.js";
import { writeParticlesStar } from "../../src/io/particles/star-write.js";
import { writeTopaz } from "../../src/io/picks/topaz.js";

/** Rows of each block by label. A row of another length stops cryoDRGN. */
function byCryodrgn(star: string): Map<string, Record<string, string>[]> {
  const blocks = new Map<string, Record<string, string>[]>();
  let labels: string[] = [];
  let rows: Record<string, string>[] = [];
  for (const line of star.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#") || line === "loop_") continue;
    if (line.startsWith("data_")) {
      labels = [];
      rows = [];
      blocks.set(line, rows);
    } else if (line.startsWith("_")) labels.push(line.split(/\s+/)[0]!);
    else {
      const words = line.split(/\s+/);
      expect(words, line).toHaveLength(labels.length);
      rows.push(Object.fromEntries(labels.map((label, i) => [label, words[i]!])));
    }
  }
  return blocks;
}

const set: ParticleSet = {
  optics: [
    {
      ...{ name: "opticsGroup1", pixelSize: 3, micrographPixelSize: 1.5, imageSize: 64 },
      ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    },
  ],
  particles: [0, 1].map((i) => ({
    ...{ opticsGroup: 0, image: { index: i + 1, stack: "particles/000001.mrcs" } },
    ...{ micrograph: "micrographs/000001.mrc", x: 100 + i, y: 50 },
    defocus: { defocusU: 15000.5, defocusV: 14000, defocusAngle: 33.125, phaseShift: 90 },
    angles: { rot: 1.5, tilt: 90, psi: -170 },
    origin: { x: 0.75, y: -1.5 },
  })),
};

test("cryoDRGN finds CTF, pixel and image size, angles, and origins of every particle", () => {
  const blocks = byCryodrgn(writeParticlesStar(set));
  const [optics] = blocks.get("data_optics")!;
  const particles = blocks.get("data_particles")!;
  expect(particles).toHaveLength(2);
  // parse_ctf_star: image size, pixel size, defocus, optics, phase shift; optics by the group of each particle
  const joined = { ...optics!, ...particles[1]! };
  expect(particles[1]!["_rlnOpticsGroup"]).toBe(optics!["_rlnOpticsGroup"]);
  const wanted = {
    ...{ _rlnImageSize: 64, _rlnImagePixelSize: 3, _rlnDefocusU: 15000.5, _rlnDefocusV: 14000 },
    ...{ _rlnDefocusAngle: 33.125, _rlnVoltage: 300, _rlnSphericalAberration: 2.7 },
    ...{ _rlnAmplitudeContrast: 0.1, _rlnPhaseShift: 90 },
    ...{ _rlnAngleRot: 1.5, _rlnAngleTilt: 90, _rlnAnglePsi: -170 },
  };
  for (const [label, value] of Object.entries(wanted)) expect(Number(joined[label]), label).toBe(value);
  // parse_pose_star: translations in pixels of the image
  expect(Number(joined["_rlnOriginXAngst"]) / Number(joined["_rlnImagePixelSize"])).toBe(0.25);
  expect(Number(joined["_rlnOriginYAngst"]) / Number(joined["_rlnImagePixelSize"])).toBe(-0.5);
  // the image: number@stack
  expect(joined["_rlnImageName"]).toMatch(/^0*2@particles\/000001\.mrcs$/);
});

test("Topaz finds its columns, names without an ending, whole pixels", () => {
  const table = writeTopaz([
    { micrograph: "micrographs/May08.mrc", x: 12, y: 7 },
    { micrograph: "micrographs/May09.mrc", x: 40, y: 9 },
  ]);
  const [header, ...rows] = table.trimEnd().split("\n");
  expect(header!.split("\t").slice(0, 3)).toEqual(["image_name", "x_coord", "y_coord"]);
  expect(rows.map((row) => row.split("\t").slice(0, 3))).toEqual([
    ["May08", "12", "7"],
    ["May09", "40", "9"],
  ]);
});
