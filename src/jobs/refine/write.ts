import { irfft3, rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { filterRadially } from "../../array/spectrum/shells.js";
import { inside } from "../../dataset/layout.js";
import { writeRefinedStar } from "../../io/particles/star-refined.js";
import type { DatasetContext } from "../shared/context.js";
import { iterationPath } from "../shared/iterations.js";
import { writeMapFile } from "../shared/maps/map-files.js";
import { recordOf } from "../shared/options/check.js";
import { convergenceFigure, fscFigure } from "./figures.js";
import { refineOptions } from "./options.js";
import type { RefinePlan } from "./plan.js";
import type { RefineInputs } from "./read.js";
import { REFINEMENT, type RefineRecord } from "./records.js";
import type { RefineState } from "./state.js";

/** What can be looked at while a refinement goes on: figures of the iteration, and of all so far. */
export async function writeIteration(
  plan: RefinePlan,
  inputs: RefineInputs,
  state: RefineState,
  { files, report }: DatasetContext,
): Promise<void> {
  await files.write(iterationPath(plan.out, state.iteration, REFINEMENT.fsc), fscFigure(inputs, state));
  await writeHistory(plan, state, files);
  const { resolution, medianAngle, step } = state.history[state.history.length - 1]!;
  const moved =
    medianAngle === null ? "" : `, orientations moved by ${medianAngle.toFixed(2)} degrees (median)`;
  report.note(
    `iteration ${state.iteration}: ${resolution.toFixed(2)} angstrom, last step ${step.toFixed(2)} degrees${moved}`,
  );
}

async function writeHistory(
  plan: RefinePlan,
  state: RefineState,
  files: DatasetContext["files"],
): Promise<void> {
  const lines = state.history.map((figures) => `${JSON.stringify(figures)}\n`);
  await files.write(inside(plan.out, REFINEMENT.figures), lines.join(""));
  if (state.iteration > 1) {
    await files.write(inside(plan.out, REFINEMENT.convergence), convergenceFigure(state));
  }
}

/** Writes the result of the last iteration, the record last. */
export async function writeResult(
  plan: RefinePlan,
  inputs: RefineInputs,
  state: RefineState,
  { files, program }: DatasetContext,
): Promise<RefineRecord> {
  const { box, pixelSize, frame, halves } = inputs;
  const at = (name: string): string => inside(plan.out, name);
  const [first, second] = state.maps!;
  await writeHistory(plan, state, files);
  await writeMapFile(files, at(REFINEMENT.halves[0]), first, frame);
  await writeMapFile(files, at(REFINEMENT.halves[1]), second, frame);
  await writeMapFile(files, at(REFINEMENT.map), filteredMean([first, second], state.correlation), frame);
  await files.write(at(REFINEMENT.fsc), fscFigure(inputs, state));
  const poses = state.poses!.map(({ rot, tilt, psi, x, y, ...rest }, i) => ({
    ...rest,
    angles: { rot, tilt, psi },
    // + 0 turns -0 into 0
    origin: { x: -x * pixelSize + 0, y: -y * pixelSize + 0 },
    halfSet: halves[i] === 0 ? (1 as const) : (2 as const),
  }));
  const content = await files.read(plan.particles);
  await files.write(at(REFINEMENT.particles), writeRefinedStar(content, plan.particles, inputs.set, poses));
  const last = state.history[state.history.length - 1]!;
  const record: RefineRecord = {
    ...{ format: "cryogem-refinement", formatVersion: 1, program },
    options: recordOf(refineOptions, plan),
    ...{ particles: poses.length, box, pixelSize, particleDiameter: inputs.diameter * pixelSize },
    ...{ resolution: last.resolution, iterations: state.iteration, hasConverged: state.hasConverged, last },
  };
  await files.write(at(REFINEMENT.record), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The mean of the halves under Wiener's filter of their sum, 2 FSC / (1 + FSC), up to where the curve first falls to 0. */
function filteredMean([first, second]: readonly [Volume, Volume], correlation: Float64Array): Volume {
  const mean = { ...first, data: first.data.map((value, i) => (value + second.data[i]!) / 2) };
  const end = correlation.findIndex((value, shell) => shell > 0 && value <= 0);
  const spectrum = rfft3(mean);
  filterRadially(spectrum, (radius) => {
    const shell = Math.round(radius);
    if (shell === 0) return 1;
    if (shell >= correlation.length || (end > 0 && shell >= end)) return 0;
    const fsc = Math.min(1, correlation[shell]!);
    return (2 * fsc) / (1 + fsc);
  });
  return irfft3(spectrum, first.voxelSize);
}
