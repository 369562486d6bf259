import type { StarBlock } from "./write.js";

/** What other jobs of RELION may take from a job: files by what they hold. */
export type NodeKind = "micrographs" | "coordinates" | "particles" | "map" | "half map";

export interface PipelineNode {
  readonly path: string;
  readonly kind: NodeKind;
}

/** RELION 3.1 numbers the kinds of files; RELION 4 and 5 name them, each by names of its own. */
export type PipelineForm = "3.1" | "4" | "5";

/** By RELION's pipeliner.h (NODE_MICS and others) and pipeline_jobs.h (LABEL_MICS_CPIPE and others). */
const KINDS: Readonly<Record<NodeKind, Readonly<Record<PipelineForm, string | number>>>> = {
  micrographs: { 3.1: 1, 4: "MicrographsData.star.relion", 5: "MicrographGroupMetadata.star.relion" },
  coordinates: {
    3.1: 2,
    4: "MicrographsCoords.star.relion.autopick",
    5: "MicrographCoordsGroup.star.relion.autopick",
  },
  particles: { 3.1: 3, 4: "ParticlesData.star.relion", 5: "ParticleGroupMetadata.star.relion" },
  map: { 3.1: 6, 4: "DensityMap.mrc", 5: "DensityMap.mrc" },
  "half map": { 3.1: 10, 4: "DensityMap.mrc.halfmap", 5: "DensityMap.mrc.halfmap" },
};

/** The table of RELION_OUTPUT_NODES.star, by which an External job says what it made. */
export function outputNodes(nodes: readonly PipelineNode[], form: PipelineForm): StarBlock {
  const kinds = nodes.map(({ kind }) => KINDS[kind][form]);
  const label = form === "3.1" ? "rlnPipeLineNodeType" : "rlnPipeLineNodeTypeLabel";
  return {
    name: "output_nodes",
    columns: { rlnPipeLineNodeName: nodes.map(({ path }) => path), [label]: kinds },
  };
}

/** Which RELION keeps a project, by the text of its default_pipeline.star. */
export function pipelineForm(text: string): PipelineForm {
  if (/^_rlnPipeLine(Node|Process)Type\b/m.test(text)) return "3.1";
  return /\b(Micrograph|MicrographMovie|Particle)GroupMetadata\.|\bMicrographCoordsGroup\./.test(text)
    ? "5"
    : "4";
}
