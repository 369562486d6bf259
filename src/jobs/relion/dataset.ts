import { FileError, OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { decodeText } from "../../io/bytes/text.js";
import { LABEL } from "../../io/star/names.js";
import { parseStar } from "../../io/star/parse.js";
import type { PipelineNode } from "../../io/star/pipeline.js";
import type { StarTable } from "../../io/star/table.js";
import { type StarBlock, writeStar } from "../../io/star/write.js";

/**
 * Writes the STAR files of a dataset into the job's folder, with its files named from RELION's project folder, where RELION runs.
 *
 * @throws OptionError for a dataset outside the project: RELION names what it makes after the micrographs' paths
 * @throws FileError for a folder without a finished dataset
 */
export async function nameDataset(
  files: Files,
  folder: string,
  dataset: string,
): Promise<readonly PipelineNode[]> {
  if (dataset.startsWith("/") || dataset.split("/").includes("..")) {
    throw new OptionError(
      "dataset",
      `found ${dataset}, expected a folder inside RELION's project: link it there (ln -s)`,
    );
  }
  if (!(await files.exists(inside(dataset, DATASET.manifest)))) {
    throw new FileError(dataset, `no ${DATASET.manifest}`, "the folder of a finished dataset");
  }
  const nodes: PipelineNode[] = [];
  for (const kind of ["micrographs", "particles"] as const) {
    const from = inside(dataset, DATASET[kind]);
    const { tables } = parseStar(decodeText(await files.read(from), from), from);
    const path = inside(folder, DATASET[kind]);
    await files.write(path, writeStar(tables.map((table) => movedBlock(table, dataset))));
    nodes.push({ path, kind });
  }
  return nodes;
}

/** Labels whose values are files of the dataset. */
const FILES: readonly string[] = [LABEL.micrograph, LABEL.mtf];

function movedBlock(table: StarTable, dataset: string): StarBlock {
  const columns = table.labels.map((label) => {
    const values = table.carried(label);
    return [label, FILES.includes(label) ? values.map((value) => inside(dataset, String(value))) : values];
  });
  return { name: table.name, isLoop: table.isLoop, columns: Object.fromEntries(columns) };
}
