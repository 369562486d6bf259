import type { Project } from "../project/file.js";
import type { ProjectData, Stage } from "../project/stage.js";
import { fittedFiles } from "../project/stages.js";
import type { CompareRow } from "./rows.js";

/** Where a comparison's results lie, below the project's folder. */
export const COMPARE = {
  paces: "compare/paces.json",
  table: "compare/table.csv",
  result: "compare/compare.json",
  page: "compare/compare.html",
} as const;

const at = ({ folder }: Project, name: string): string => (folder === "." ? name : `${folder}/${name}`);

/** Folder of all that is made with a seed. */
const seedFolder = (seed: number): string => `compare/seed-${seed}`;

/** Folder of the model that a row learned with a seed. */
export const modelFolder = (project: Project, row: CompareRow, seed: number): string =>
  at(project, `${seedFolder(seed)}/models/${row.name}`);

/** Folder of the micrographs that a row made with a seed. */
export const madeFolder = (project: Project, row: CompareRow, seed: number): string =>
  at(project, `${seedFolder(seed)}/${row.name}`);

/** Folder of the scores of all rows with a seed. */
export const scoreFolder = (project: Project, seed: number): string =>
  at(project, `${seedFolder(seed)}/scores`);

/** Options that a row's training has of the project, whatever the row says. */
export function trainingInputs(project: Project, data: ProjectData, row: CompareRow) {
  const { device } = project.settings;
  return {
    ...row.options,
    real: fittedFiles(project, data),
    simulated: at(project, "simulated"),
    estimates: at(project, "estimates"),
    ...(row.hasNetwork && device !== undefined && { device }),
  };
}

/** What is done with one seed: every row is trained and applied, then all are scored together. @param steps of each row's training */
export function seedStages(
  project: Project,
  data: ProjectData,
  rows: readonly CompareRow[],
  seed: number,
  steps: ReadonlyMap<string, number>,
): readonly Stage[] {
  const { device } = project.settings;
  const stages = rows.flatMap((row): readonly Stage[] => {
    const name = (what: string): string => `compare-${what}-${row.name}-${seed}`;
    const model = modelFolder(project, row, seed);
    const made = madeFolder(project, row, seed);
    return [
      {
        ...{ name: name("train"), title: `Train ${row.text}, seed ${seed}`, command: "train", out: model },
        options: {
          ...trainingInputs(project, data, row),
          ...(row.hasNetwork && { steps: steps.get(row.name)! }),
          ...{ seed, resume: true, out: model },
        },
        inputs: data.binning ? [] : data.learned,
        needs: [...(data.binning ? ["working"] : []), "estimate", "simulate"],
      },
      {
        ...{ name: name("generate"), title: `Generate with ${row.text}, seed ${seed}`, command: "generate" },
        options: {
          ...{ model, simulated: at(project, "specimens"), seed, out: made },
          ...(row.hasNetwork && device !== undefined && { device }),
        },
        ...{ out: made, inputs: [], needs: [name("train"), "specimens"] },
      },
    ];
  });
  const out = scoreFolder(project, seed);
  const scores: Stage = {
    ...{
      name: `compare-scores-${seed}`,
      title: `Score all rows, seed ${seed}`,
      command: "evaluate realism",
      out,
    },
    options: {
      real: data.binning ? [at(project, "working-held-out")] : data.heldOut,
      synthetic: rows.map((row) => madeFolder(project, row, seed)),
      ...{ pixelSize: data.pixelSize, out },
    },
    inputs: data.binning ? [] : data.heldOut,
    needs: [
      ...(data.binning ? ["working-held-out"] : []),
      ...rows.map(({ name }) => `compare-generate-${name}-${seed}`),
    ],
  };
  return [...stages, scores];
}
