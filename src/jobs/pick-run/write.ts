import { coarserPosition } from "../../array/resample.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { opticsBlock } from "../../dataset/star.js";
import type { Pick } from "../../io/picks/pick.js";
import { writeTopaz } from "../../io/picks/topaz.js";
import { CTF_COLUMNS, starColumns } from "../../io/star/names.js";
import { type StarBlock, writeStar } from "../../io/star/write.js";
import type { Optics } from "../../physics/optics/optics.js";
import { picturePanel } from "../../plot/image-panel.js";
import { exportLabels } from "../export/labels.js";
import type { DatasetContext } from "../shared/context.js";
import { partPaths, pictureFactor } from "./micrograph.js";
import { boxOf, type PickRunPlan } from "./plan.js";
import { PICKS, type PickPart, type PickRecord } from "./records.js";

export interface PickedMicrograph {
  readonly file: string;
  readonly stem: string;
  readonly part: PickPart;
}

export interface FinishedPicks {
  readonly plan: PickRunPlan;
  readonly record: PickRecord;
  readonly picked: readonly PickedMicrograph[];
  readonly optics: Optics | undefined;
}

/** Writes everything that a finished run leaves; the record comes last. */
export async function writePicks(finished: FinishedPicks, context: DatasetContext): Promise<void> {
  const { files, report, signal } = context;
  const { plan, record, picked } = finished;
  const { out } = plan;
  const kept = picked.map(({ part, ...rest }) => ({
    ...rest,
    part: { ...part, peaks: part.peaks.filter(([, , score]) => score >= record.threshold.value) },
  }));
  await files.write(inside(out, PICKS.all), writeTopaz(picked.flatMap(picksOf)));
  await files.write(inside(out, PICKS.star), writeStar(starBlocks(finished, kept)));
  await writeAutopick(kept, out, files);
  await writeLabels(finished, kept, context);
  for (const [i, micrograph] of kept.entries()) {
    signal.throwIfAborted();
    await writePicture(micrograph, record, out, files);
    report.progress({ stage: "draw", done: i + 1, total: kept.length, unit: "pictures" });
  }
  await files.write(inside(out, PICKS.record), `${JSON.stringify(record, null, 1)}\n`);
}

const picksOf = ({ file, part }: PickedMicrograph): Pick[] =>
  part.peaks.map(([x, y, score]) => ({ micrograph: file, x, y, score }));

/** Particles as RELION 3.1 and newer read them; with the CTF where every micrograph's is known, with data_optics where the optics are. */
function starBlocks({ plan, record, optics }: FinishedPicks, kept: readonly PickedMicrograph[]): StarBlock[] {
  const rows = kept.flatMap(({ file, part: { peaks, defocus } }) =>
    peaks.map(([x, y, score]) => ({ file, x, y, score, defocus })),
  );
  const hasDefocus = optics !== undefined && kept.every(({ part }) => part.defocus !== null);
  const columns = {
    ...starColumns(rows, {
      micrograph: ({ file }) => file,
      x: ({ x }) => x,
      y: ({ y }) => y,
      score: ({ score }) => score,
    }),
    ...(hasDefocus &&
      starColumns(
        rows.map(({ defocus }) => defocus!),
        CTF_COLUMNS,
      )),
    ...(optics && starColumns(rows, { opticsGroup: () => 1 })),
  };
  const particles: StarBlock = { name: "particles", columns };
  return optics ? [opticsBlock(optics, boxOf(plan, record.particleDiameter)), particles] : [particles];
}

/** One coordinate file a micrograph, where `relion_preprocess --coord_dir OUT/coordinates/` looks for it, and their list. */
async function writeAutopick(kept: readonly PickedMicrograph[], out: string, files: Files): Promise<void> {
  const pathOf = ({ file, stem }: PickedMicrograph): string => inside(out, coordinatePath(file, stem));
  for (const micrograph of kept) {
    const columns = starColumns(micrograph.part.peaks, {
      x: ([x]) => x,
      y: ([, y]) => y,
      score: ([, , score]) => score,
    });
    await files.write(pathOf(micrograph), writeStar([{ name: "", columns }]));
  }
  const columns = starColumns(kept, {
    micrograph: ({ file }) => file,
    coordinates: pathOf,
  });
  await files.write(inside(out, PICKS.autopick), writeStar([{ name: "coordinate_files", columns }]));
}

/** As RELION derives it: the micrograph's path without a leading job folder and without its ending. */
function coordinatePath(file: string, stem: string): string {
  const path = file.replace(/^\.\//, "").replace(/^[^/]+\/job\d+\//, "");
  const below = path.startsWith("/") || path.split("/").includes("..") ? stem : path.replace(/\.[^./]*$/, "");
  return `coordinates/${below}_autopick.star`;
}

async function writeLabels(
  { plan, record }: FinishedPicks,
  kept: readonly PickedMicrograph[],
  { files, report }: DatasetContext,
): Promise<void> {
  const picks = kept.flatMap(picksOf);
  const source = {
    ...{ path: inside(plan.out, PICKS.record), hasPlaces: true, namesMicrographs: true },
    picks: () => picks,
  };
  const shapes = new Map(kept.map(({ file, part }) => [file, part.shape] as const));
  const micrographs = {
    named: <T>(labels: readonly T[]): T[] => [...labels],
    shape: async (name: string) => shapes.get(name)!,
    pixelSize: async () => undefined,
  };
  const names = { box: "box", cbox: "cbox", coco: "coco.json", topaz: "topaz.txt" } as const;
  for (const label of plan.labels) {
    const path = inside(plan.out, `labels/${names[label]}`);
    await exportLabels(
      source,
      path,
      label,
      { box: boxOf(plan, record.particleDiameter) },
      { files, micrographs, warn: (line) => report.warn(line) },
    );
  }
}

async function writePicture(
  { stem, part: { peaks, shape } }: PickedMicrograph,
  { pixelSize, particleDiameter }: PickRecord,
  out: string,
  files: Files,
): Promise<void> {
  const factor = pictureFactor(shape);
  const panel = picturePanel({
    title: `${stem}: ${peaks.length} picks`,
    png: await files.read(partPaths(out, stem).picture),
    shape: [Math.floor(shape[0] / factor), Math.floor(shape[1] / factor)],
    pixelSize: pixelSize * factor,
    marks: peaks.map(([x, y]) => ({ x: coarserPosition(x, factor), y: coarserPosition(y, factor) })),
    markRadius: particleDiameter / (2 * pixelSize * factor),
  });
  await files.write(inside(out, `pictures/${stem}.svg`), panel);
}
