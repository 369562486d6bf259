import { moments } from "../../array/statistics.js";
import { CryoError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "../../io/mrc/header.js";
import { readStructure } from "../../io/structure/read.js";
import { applyAssembly, selectAtoms } from "../../io/structure/structure.js";
import { modelDiameter } from "../../physics/potential/potential.js";
import { mapDiameter, readDensityMap } from "../shared/density-map.js";
import type { Finding } from "./records.js";

/** Diameters whose ratio is less are alike: hydration, flexible parts and thresholds make as much. */
const SAME_SIZE = 1.25;

/** What is wrong or doubtful with the model or map of a project. */
export async function judgeStructure(
  path: string,
  kind: "model" | "map",
  particleDiameter: number,
  files: Files,
): Promise<readonly Finding[]> {
  try {
    return kind === "map"
      ? await judgeMap(path, particleDiameter, files)
      : await judgeModel(path, particleDiameter, files);
  } catch (error) {
    if (!(error instanceof CryoError)) throw error;
    return [
      finding("stop", path, error.message, "Without a particle nothing can be simulated: take another file."),
    ];
  }
}

async function judgeModel(path: string, particleDiameter: number, files: Files): Promise<readonly Finding[]> {
  const structure = readStructure(await files.read(path), path);
  const atoms = applyAssembly(structure, selectAtoms(structure.atoms, { waters: false }), undefined);
  return sizeFinding(path, modelDiameter(atoms), particleDiameter);
}

async function judgeMap(path: string, particleDiameter: number, files: Files): Promise<readonly Finding[]> {
  const bytes = await files.read(path);
  const findings: Finding[] = [];
  if (!/\.(gz|bz2|hdf)$/i.test(path)) {
    const { voxelSize } = parseMrcHeader(bytes.subarray(0, MRC_HEADER_BYTES), bytes.length, path);
    if (voxelSize[0] === 1) {
      findings.push(
        finding(
          "doubt",
          path,
          "its header says 1 angstrom per voxel, which is also what programs write that do not know",
          "Make sure that it is so: the particle's size depends on it.",
        ),
      );
    }
  }
  const volume = readDensityMap(bytes, path, undefined);
  if (moments(volume.data).skewness < 0) {
    findings.push(
      finding(
        "doubt",
        path,
        "its densest voxels are negative: the contrast looks inverted",
        "Density must be positive for protein: multiply the map by -1 (for example relion_image_handler --multiply_constant -1).",
      ),
    );
    return findings;
  }
  return [...findings, ...sizeFinding(path, mapDiameter(volume), particleDiameter)];
}

function sizeFinding(path: string, diameter: number, expected: number): Finding[] {
  const ratio = Math.max(diameter, expected) / Math.min(diameter, expected);
  if (ratio < SAME_SIZE) return [];
  return [
    finding(
      "doubt",
      path,
      `it is ${diameter.toFixed(0)} angstrom across, the project says ${expected}`,
      "Check particleDiameter, the voxel size of the map, and whether the model lacks subunits (a biological assembly).",
    ),
  ];
}

const finding = (kind: Finding["kind"], about: string, found: string, advice: string): Finding => ({
  ...{ kind, about, found, advice },
  pictures: [],
});
