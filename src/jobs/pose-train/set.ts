import { FormatError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { eulerToMatrix } from "../../core/rotation.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { LABEL } from "../../io/star/names.js";
import { type GreyScale, toWorking } from "../../pose/image.js";
import type { PoseOptions } from "../../pose/options.js";
import { evenFilter, type RingFilter, RingSums } from "../../pose/rings.js";
import { type KnownParticle, type PoseTrainingSet, roomFor } from "../../pose/training-data.js";
import { cutTurn, STRAIGHT } from "../../pose/turn.js";
import type { ImageSource } from "../../train/image-source.js";
import { cachedSource } from "../shared/cached-source.js";
import {
  commonScale,
  fieldOf,
  frameOf,
  openPoseParticles,
  type PoseParticles,
  type SeenAs,
  seenParticles,
} from "../shared/particles/pose-particles.js";
import { optionsFor, type PoseTrainPlan } from "./plan.js";

/** Working images kept in memory, bytes. */
const CACHE = 2 ** 31;

/** A particle of one of several files. */
interface Row {
  readonly file: number;
  readonly row: number;
}

/** What is learned from and what is kept apart. */
export interface PoseSets {
  /** Of the training, the field being known. */
  readonly options: PoseOptions;
  readonly learned: PoseTrainingSet;
  readonly kept: ImageSource<KnownParticle>;
}

/** Images by which the power at each frequency is measured. */
const MEASURED = 1000;

/**
 * The particles of a training: those of some micrographs, drawn by the seed, are kept apart.
 *
 * @throws FileError; FormatError for particles without images, angles, origins, or a CTF where the network is told of it
 */
export async function openPoseSets(
  plan: PoseTrainPlan,
  { files, signal, report }: JobContext,
): Promise<PoseSets> {
  const opened: PoseParticles[] = [];
  for (const path of plan.particles) {
    const particles = await openPoseParticles({ files, report }, path, plan.options);
    requirePoses(particles);
    opened.push(particles);
  }
  const field = plan.field ?? fieldOf(opened[0]!);
  const options = optionsFor(plan, field);
  const workingPixel = field / options.side;
  const how: SeenAs = {
    ...{ workingPixel, ctf: options.ctf },
    side: options.side + 2 * roomFor(options, workingPixel),
  };
  const scales: (GreyScale | undefined)[] = [];
  for (const particles of opened) {
    signal.throwIfAborted();
    scales.push(options.normaliseEach ? undefined : await commonScale(files, particles, how));
  }
  const load = async ({ file, row }: Row): Promise<KnownParticle> => {
    const particles = opened[file]!;
    const defocusError = (at: number): number =>
      options.defocus > 0 ? Random.of(options.seed, "defocus", file, at).normal(0, options.defocus) : 0;
    const [seen] = await seenParticles(files, particles, [row], {
      ...how,
      scale: scales[file],
      defocusError,
    });
    return { ...seen!, ...truthOf(particles, row, how) };
  };
  const operators = symmetryOperators(options.symmetry);
  const { learned, kept } = split(opened, plan);
  report.note(
    `${learned.length} particles to learn from, ${kept.length} for validation; ${options.side} pixels of ${workingPixel.toFixed(3)} angstrom`,
  );
  const sourceOf = (rows: readonly Row[]): ImageSource<KnownParticle> =>
    cachedSource(
      rows.length,
      (i) => load(rows[i]!),
      ({ image }) => image.data.byteLength,
      CACHE,
    );
  const particles = sourceOf(learned);
  const filter = options.periods > 0 ? await measuredFilter(particles, options) : [];
  return {
    options,
    learned: {
      ...{ operators, workingPixel, filter, changes: options },
      draw: (random) => particles.load(random.integer(particles.count)),
    },
    kept: sourceOf(kept),
  };
}

/** The filter to equal power of the images of a training, see `evenFilter`. */
async function measuredFilter(
  particles: ImageSource<KnownParticle>,
  { side, periods }: PoseOptions,
): Promise<RingFilter> {
  const sums = new RingSums(side);
  const count = Math.min(particles.count, MEASURED);
  const image = new Float32Array(side * side);
  for (let i = 0; i < count; i++) {
    const { image: whole } = await particles.load(Math.floor((i * particles.count) / count));
    cutTurn(whole, STRAIGHT, side, image);
    sums.add(image);
  }
  return evenFilter(sums.meanPower, periods);
}

function requirePoses({ path, set }: PoseParticles): void {
  const [first] = set.particles;
  for (const [found, label] of [
    [first!.angles, LABEL.rot],
    [first!.origin, LABEL.originX],
  ] as const) {
    if (!found) throw new FormatError(path, "data_particles", `no ${label}`, "true poses to learn from");
  }
}

function truthOf(
  particles: PoseParticles,
  row: number,
  how: SeenAs,
): Pick<KnownParticle, "rotation" | "x" | "y"> {
  const { angles, origin } = particles.set.particles[row]!;
  const frame = frameOf(particles, row, how);
  return {
    rotation: eulerToMatrix(angles!),
    x: toWorking(-origin!.x / frame.pixelSize, frame),
    y: toWorking(-origin!.y / frame.pixelSize, frame),
  };
}

/** By micrographs where they are known, so that none is on both sides; else by particles. */
function split(opened: readonly PoseParticles[], { validation, options }: PoseTrainPlan) {
  const groups = new Map<string, Row[]>();
  for (const [file, { set }] of opened.entries()) {
    for (const [row, { micrograph }] of set.particles.entries()) {
      const key = `${file} ${micrograph ?? row}`;
      const own = groups.get(key);
      if (own) own.push({ file, row });
      else groups.set(key, [{ file, row }]);
    }
  }
  const order = Random.of(options.seed, "pose validation").shuffle([...groups.values()]);
  const count = validation === 0 || order.length < 2 ? 0 : Math.max(1, Math.round(validation * order.length));
  return { kept: order.slice(0, count).flat(), learned: order.slice(count).flat() };
}
