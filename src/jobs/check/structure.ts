import { CryoError } from "../../core/errors.js";
import type { Files, Report } from "../../core/ports.js";
import { modelDiameter } from "../../physics/potential/potential.js";
import { mapDiameter, readDensityMap } from "../shared/maps/density-map.js";
import { noiseDoubt, noiseOfMap } from "../shared/maps/map-noise.js";
import { type AtomChoice, readModelAtoms } from "../shared/maps/model-atoms.js";
import type { Finding } from "./records.js";

/** Diameters whose ratio is less are alike: hydration, flexible parts and thresholds make as much. */
const SAME_SIZE = 1.25;

/**
 * What is wrong or doubtful with the model or map of a project.
 *
 * @param choice which atoms of a model make up the particle
 */
export async function judgeStructure(
  path: string,
  kind: "model" | "map",
  particleDiameter: number,
  files: Files,
  choice: AtomChoice = {},
): Promise<readonly Finding[]> {
  try {
    return kind === "map"
      ? await judgeMap(path, particleDiameter, files)
      : await judgeModel(path, particleDiameter, files, choice);
  } catch (error) {
    if (!(error instanceof CryoError)) throw error;
    return [
      finding("stop", path, error.message, "Without a particle nothing can be simulated: take another file."),
    ];
  }
}

async function judgeModel(
  path: string,
  particleDiameter: number,
  files: Files,
  choice: AtomChoice,
): Promise<readonly Finding[]> {
  const { findings, report } = doubting(
    path,
    "Make sure that the model is the whole particle, each atom once.",
  );
  const atoms = readModelAtoms(await files.read(path), path, choice, report);
  return [...findings, ...sizeFinding(path, modelDiameter(atoms), particleDiameter)];
}

async function judgeMap(path: string, particleDiameter: number, files: Files): Promise<readonly Finding[]> {
  const { findings, report } = doubting(
    path,
    "Density must be positive for protein, and the box must hold the whole particle.",
  );
  const volume = await readDensityMap({ files, report }, path);
  if (volume.voxelSize === 1) {
    findings.push(
      finding(
        "doubt",
        path,
        "its header says 1 angstrom per voxel, which is also what programs write that do not know",
        "Make sure that it is so: the particle's size depends on it.",
      ),
    );
  }
  const noise = noiseOfMap(volume);
  if (noise) {
    const advice =
      "What is simulated from it has this noise in every particle, and labels as wide as the noise.";
    findings.push(finding("doubt", path, noiseDoubt(noise), advice));
  }
  return findings.length > 0 ? findings : sizeFinding(path, mapDiameter(volume), particleDiameter);
}

/** Findings that grow by the warnings of a report, all with one advice. */
function doubting(path: string, advice: string): { readonly findings: Finding[]; readonly report: Report } {
  const findings: Finding[] = [];
  const warn = (line: string): void => {
    findings.push(finding("doubt", path, line.replace(`${path}: `, ""), advice));
  };
  return { findings, report: { progress: () => {}, note: () => {}, warn } };
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
