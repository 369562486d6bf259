import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar, type StarFile } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { pickerNetwork } from "../../../src/nn/picker.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { encodePicker } from "../../../src/pick/model.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { MAIN } from "../../cli/program.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { DIAMETER, noisyMicrograph, OPTICS, OPTICS_BLOCK } from "../../pick/simulated.js";
import { toyRefinement, writeStar as writeToyStar } from "../refine/toy-refinement.js";

export const SHAPE = [270, 330] as const;
const THRESHOLD = 0.25;

/** Micrographs as RELION's motion correction names them, from the project's folder. */
export const names = ["MotionCorr/job002/raw/a.mrc", "MotionCorr/job002/raw/b.mrc"];
export const images = names.map((_, i): Image => noisyMicrograph(SHAPE, 2.5, 10 + i).image);
export const MICS = "CtfFind/job003/micrographs_ctf.star";

interface Ended {
  readonly status: number;
  readonly stderr: string;
}

/**
 * RELION's project in a scratch folder: two micrographs, and a picker with the weights it starts from. To a command with "relion_" in
 * it RELION adds --pipeline_control.
 */
export function relionProject() {
  const project = scratchFolder();
  const inProject = (...path: readonly string[]): string => join(project, ...path);
  const star = (path: string): StarFile => parseStar(readFileSync(inProject(path), "utf8"), path);
  const run = (program: string, args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(program, args, { cwd: project }, (error, _, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stderr }),
      );
    });
  const cryogem = (...args: readonly string[]): Promise<Ended> => run(process.execPath, [MAIN, ...args]);
  beforeAll(() => fill(inProject));
  return { project, inProject, star, run, cryogem };
}

/** Writes the micrographs with their CTFs, and the picker. */
async function fill(inProject: (...path: readonly string[]) => string): Promise<void> {
  for (const folder of ["MotionCorr/job002/raw", "CtfFind/job003"])
    mkdirSync(inProject(folder), { recursive: true });
  images.forEach(({ data, shape }, i) => {
    const bytes = writeMrc({ data, shape: [1, ...shape], voxelSize: OPTICS.pixelSize, mode: "float32" });
    writeFileSync(inProject(names[i]!), bytes);
  });
  const defocus = { rlnDefocusU: [15_000, 16_000], rlnDefocusV: [15_000, 16_000], rlnDefocusAngle: [0, 0] };
  const micrographs = { rlnMicrographName: names, rlnOpticsGroup: [1, 1], ...defocus };
  writeFileSync(inProject(MICS), writeStar([OPTICS_BLOCK, { name: "micrographs", columns: micrographs }]));

  const options = { ...PICKER_DEFAULTS, width: 4, seed: 1 };
  const scope = Scope.root("picker");
  pickerNetwork(scope, options);
  const validation = { micrographs: 1, threshold: THRESHOLD, precision: 1, recall: 1, f1: 1, auprc: 1 };
  const model = {
    record: { program: "cryogem 9.9.9", particleDiameter: DIAMETER, step: 0, options, validation },
    parameters: new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 3)])),
  };
  await writeArrays(nodeFiles, inProject("relion_pickers/model.safetensors"), encodePicker(model));
}

/** Particles whose images are named from the project's folder, as RELION names them, and a first reference. */
export function writeParticles(project: string): readonly string[] {
  const toy = toyRefinement(join(project, "Extract/job004"), { count: 24, box: 20, noise: 1 });
  const particles = toy.set.particles.map((each) => ({
    ...each,
    image: { ...each.image!, stack: "Extract/job004/particles.mrcs" },
  }));
  writeToyStar(toy.star, { ...toy.set, particles });
  return ["Extract/job004/particles.star", "Extract/job004/reference.mrc"];
}
