import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { decodeText } from "../../io/bytes/text.js";
import { outputNodes, type PipelineForm, type PipelineNode, pipelineForm } from "../../io/star/pipeline.js";
import { writeStar } from "../../io/star/write.js";
import type { RefineOptions } from "../refine/options.js";
import { REFINEMENT } from "../refine/records.js";
import { nameDataset } from "./dataset.js";
import { nameCoordinates, type PickingInputs, readMicrographs } from "./pick.js";
import type { RelionPlan } from "./plan.js";

export interface RelionContext extends JobContext {
  /** Runs a picker into the folder `out`. */
  readonly pick: (inputs: PickingInputs & { readonly model: string; readonly out: string }) => Promise<void>;
  /** Refines particles into the folder `out`. */
  readonly refine: (options: RefineOptions) => Promise<void>;
}

/** Files in the folder of a job by which RELION and the job speak with each other. */
export const JOB_FILES = {
  nodes: "RELION_OUTPUT_NODES.star",
  success: "RELION_JOB_EXIT_SUCCESS",
  failure: "RELION_JOB_EXIT_FAILURE",
  aborted: "RELION_JOB_EXIT_ABORTED",
  /** RELION asks the job to stop. */
  abort: "RELION_JOB_ABORT_NOW",
} as const;

/** Does what an External job of RELION was asked for and names its results for RELION's pipeline. How it ended is told by the caller. */
export async function runRelionJob(
  { folder, form, work }: RelionPlan,
  { pick, refine, ...context }: RelionContext,
): Promise<readonly PipelineNode[]> {
  const { files } = context;
  const written = form ?? (await formOfProject(context));
  let nodes: readonly PipelineNode[];
  if (work.kind === "pick") {
    const inputs = await readMicrographs(files, work.micrographs);
    // a folder of its own: RELION keeps files beside it
    const picks = inside(folder, "picks");
    await pick({ ...inputs, model: work.picker, out: picks });
    nodes = [await nameCoordinates(files, { folder, picks, micrographs: work.micrographs }, written)];
  } else if (work.kind === "refine") {
    const { kind: _, ...options } = work;
    const out = inside(folder, "refined");
    await refine({ ...options, out });
    nodes = nameRefinement(out);
  } else {
    nodes = await nameDataset(files, folder, work.dataset);
  }
  await files.write(inside(folder, JOB_FILES.nodes), writeStar([outputNodes(nodes, written)]));
  return nodes;
}

/** What RELION's other jobs take of a refinement: particles with their orientations, the map, and its halves for PostProcess. */
const nameRefinement = (out: string): readonly PipelineNode[] => [
  { path: inside(out, REFINEMENT.particles), kind: "particles" },
  { path: inside(out, REFINEMENT.map), kind: "map" },
  ...REFINEMENT.halves.map((name): PipelineNode => ({ path: inside(out, name), kind: "half map" })),
];

const PIPELINE = "default_pipeline.star";

async function formOfProject({ files }: JobContext): Promise<PipelineForm> {
  if (!(await files.exists(PIPELINE))) return "4";
  return pipelineForm(decodeText(await files.read(PIPELINE), PIPELINE));
}
