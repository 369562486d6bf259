import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { correlation } from "../../../src/array/statistics.js";
import { readVolume } from "../../../src/io/mrc/read.js";
import { type PotentialAtom, potentialMap } from "../../../src/physics/potential/potential.js";

const folder = new URL("../../../../shared/data/maps/", import.meta.url);
const present = existsSync(folder);

/** Atoms of a PDB file as far as they are needed here, moved and turned so that their twofold axes are the map's. */
function betaGalactosidase(): PotentialAtom[] {
  const centre = 93.002; // of the tetramer along each axis, in the file's coordinates
  return readFileSync(new URL("5A1A_betagal.pdb", folder), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("ATOM"))
    .map((line) => {
      const [x, y, z] = [30, 38, 46].map((at) => Number(line.slice(at, at + 8)) - centre);
      return { element: line.slice(76, 78), x: y!, y: z!, z: x! };
    });
}

describe.skipIf(!present)("a measured map (needs ../shared/data)", () => {
  // the map of RELION's tutorial, 7 to 8 angstrom; its twofold axes and centre are the grid's, so only the cyclic order
  // of the axes has to be matched
  const map = present
    ? readVolume(readFileSync(new URL("ngl_betaGal.mrc", folder)), "ngl_betaGal.mrc")
    : undefined;

  test("of beta-galactosidase is the potential of 5A1A, and not that of its mirror image", () => {
    const options = { voxelSize: 3.54, box: 100, resolution: 9, middle: [0, 0, 0] as const };
    const atoms = betaGalactosidase();
    const ours = potentialMap(atoms, options);
    expect(correlation(ours.data, map!.data)).toBeGreaterThan(0.88);
    const mirrored = potentialMap(
      atoms.map((atom) => ({ ...atom, z: -atom.z })),
      options,
    );
    expect(correlation(mirrored.data, map!.data)).toBeLessThan(0.7);
  });
});
