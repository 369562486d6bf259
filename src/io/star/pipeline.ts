import type { StarBlock, StarColumnInput } from "./write.js";

/** What other jobs of RELION may take from a job: files by what they hold. */
export type NodeKind = "micrographs" | "coordinates" | "particles";

export interface PipelineNode {
  readonly path: string;
  readonly kind: NodeKind;
}

/** RELION 3.1 numbers the kinds of files; RELION 4 and newer name them. */
export type PipelineForm = "3.1" | "4";

const NUMBERS: Readonly<Record<NodeKind, number>> = { micrographs: 1, coordinates: 2, particles: 3 };
const NAMES: Readonly<Record<NodeKind, string>> = {
  micrographs: "MicrographsData.star.relion",
  coordinates: "MicrographsCoords.star.relion.autopick",
  particles: "ParticlesData.star.relion",
};

/** The table of RELION_OUTPUT_NODES.star, by which an External job says what it made. */
export function outputNodes(nodes: readonly PipelineNode[], form: PipelineForm): StarBlock {
  const kinds: Readonly<Record<string, StarColumnInput>> =
    form === "3.1"
      ? { rlnPipeLineNodeType: nodes.map(({ kind }) => NUMBERS[kind]) }
      : { rlnPipeLineNodeTypeLabel: nodes.map(({ kind }) => NAMES[kind]) };
  return { name: "output_nodes", columns: { rlnPipeLineNodeName: nodes.map(({ path }) => path), ...kinds } };
}

/** Which RELION keeps a project, by the text of its default_pipeline.star. */
export const pipelineForm = (text: string): PipelineForm =>
  /^_rlnPipeLine(Node|Process)Type\b/m.test(text) ? "3.1" : "4";
