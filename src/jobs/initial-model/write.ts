import { resampleVolume } from "../../array/fft/resample.js";
import type { Volume } from "../../array/image.js";
import { mean } from "../../array/statistics.js";
import { matrixToEuler } from "../../core/rotation.js";
import { inside } from "../../dataset/layout.js";
import { writeRefinedStar } from "../../io/particles/star-refined.js";
import type { DatasetContext } from "../shared/context.js";
import { writeMapFile } from "../shared/maps/map-files.js";
import { recordOf } from "../shared/options/check.js";
import type { ModelInputs } from "./inputs.js";
import { initialModelOptions } from "./options.js";
import type { InitialModelPlan } from "./plan.js";
import { INITIAL_MODEL, type InitialModelRecord } from "./records.js";
import type { ModelState } from "./state.js";
import type { BatchResult } from "./tasks.js";

interface ModelResult {
  readonly state: ModelState;
  readonly last: BatchResult;
  readonly maps: readonly Volume[];
}

/** Writes maps and poses, the record last. Models are numbered from 1, the one with most particles first. */
export async function writeResult(
  plan: InitialModelPlan,
  inputs: ModelInputs,
  { state, last, maps }: ModelResult,
  { files, program }: DatasetContext,
): Promise<InitialModelRecord> {
  const { stored, box, pixelSize, offset } = inputs;
  const at = (name: string): string => inside(plan.out, name);
  const counts = maps.map((_, k) => last.best.filter(({ best }) => best.view.reference === k).length);
  const order = counts.map((_, k) => k).sort((a, b) => counts[b]! - counts[a]! || a - b);
  for (const [place, k] of order.entries()) {
    const map = asStored(maps[k]!, inputs);
    await writeMapFile(files, at(INITIAL_MODEL.map(place + 1)), map, {
      origin: [0, 0, 0],
      start: [0, 0, 0],
    });
  }
  const numbers = new Map(order.map((k, place) => [k, place + 1]));
  const poses = last.best.map(({ best: { view, shift }, ...rest }) => ({
    ...rest,
    angles: matrixToEuler(view.matrix),
    // + 0 turns -0 into 0
    origin: { x: -(shift.x - offset) * pixelSize + 0, y: -(shift.y - offset) * pixelSize + 0 },
    classNumber: numbers.get(view.reference)!,
  }));
  const content = await files.read(plan.particles);
  await files.write(
    at(INITIAL_MODEL.particles),
    writeRefinedStar(content, plan.particles, stored.set, poses),
  );
  const lines = state.history.map((figures) => `${JSON.stringify(figures)}\n`);
  await files.write(at(INITIAL_MODEL.figures), lines.join(""));
  const record: InitialModelRecord = {
    ...{ format: "cryogem-initial-model", formatVersion: 1, program },
    options: recordOf(initialModelOptions, plan),
    ...{ particles: poses.length, box: stored.box, pixelSize: stored.pixelSize },
    comparedTo: (box * pixelSize) / inputs.finest,
    classes: order.map((k) => counts[k]!),
    confidence: mean(poses.map(({ confidence }) => confidence)),
  };
  await files.write(at(INITIAL_MODEL.record), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The map in the box of the stored images, on their grey scale: sums along a line stay as they are. */
function asStored(map: Volume, { stored, box }: ModelInputs): Volume {
  if (box === stored.box) return map;
  const full = resampleVolume(map, stored.pixelSize, stored.box);
  const data = full.data.map((value) => (value * box) / stored.box);
  return { ...full, data, voxelSize: stored.pixelSize };
}
