import { resampleVolume } from "../../array/fft/resample.js";
import { UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { prepareProjector } from "../../physics/projection/projector.js";
import { evenFilter, RingSums } from "../../pose/rings.js";
import {
  measureImages,
  type PoseSimulation,
  simulatedParticle,
  workingTransfer,
} from "../../pose/simulation.js";
import { NO_CHANGES } from "../../pose/training-data.js";
import { contrastDoubt } from "../shared/maps/map-contrast.js";
import { readMapFile } from "../shared/maps/map-files.js";
import {
  commonScale,
  ctfOf,
  fieldOf,
  frameOf,
  openPoseParticles,
  seenParticles,
} from "../shared/particles/pose-particles.js";
import { optionsFor, type PoseTrainPlan } from "./plan.js";
import type { PoseSets } from "./set.js";

/** Particles by which strength and noise are measured. */
const MEASURED = 1000;
/** Simulated particles by which a training is validated. */
const VALIDATED = 500;

/**
 * What an encoder learns from where there is a map: projections that are new at every step, with CTFs of the particles and the strength and noise
 * measured in them. Poses that the particles may have are not looked at.
 *
 * @throws FileError, FormatError, ShapeError for an input; UsageError where the particles do not look like the map
 */
export async function simulatedSets(
  plan: PoseTrainPlan & { readonly map: string },
  { files, report }: Pick<JobContext, "files" | "report">,
): Promise<PoseSets> {
  const { side, symmetry, seed } = plan.options;
  const [path] = plan.particles as readonly [string];
  // the simulation needs the CTF whatever the network is told of it, and measures images whose phases are flipped
  const particles = await openPoseParticles({ files, report }, path, { ctf: "flip" });
  const field = plan.field ?? fieldOf(particles);
  const options = optionsFor(plan, field);
  const workingPixel = field / side;
  const { map } = await readMapFile(files, plan.map, report);
  const doubt = contrastDoubt(map, plan.map);
  if (doubt) report.warn(doubt);
  const frame = frameOf(particles, 0, { workingPixel, side });
  const count = particles.places.length;
  const rows = Array.from({ length: Math.min(count, MEASURED) }, (_, i) =>
    Math.floor((i * count) / Math.min(count, MEASURED)),
  );
  const how = { workingPixel, side, ctf: "flip" as const };
  const seen = await seenParticles(files, particles, rows, how);
  const images = seen.map(({ image }) => image.data);
  const simulation: PoseSimulation = {
    projector: prepareProjector(resampleVolume(map, workingPixel, side)),
    ctfs: particles.set.particles.map((_, row) => ctfOf(particles.set, row, 0)),
    transfer: workingTransfer(Math.round(fieldOf(particles) / frame.pixelSize), frame),
    options,
  };
  const statistics = measureImages(images, simulation, Random.of(seed, "pose simulation"));
  if (!(statistics.strength.at(-1)! > 0)) {
    throw new UsageError(
      `${path}: found images that are dark where ${plan.map} is dense, expected white protein in both, or particles of this map`,
    );
  }
  report.note(
    `simulated particles to learn from, by ${plan.map} and ${images.length} particles, whose signal has ${statistics.signalToNoise.toFixed(3)} of the noise's power; ${side} pixels of ${workingPixel.toFixed(3)} angstrom`,
  );
  const scale = options.normaliseEach
    ? undefined
    : await commonScale(files, particles, { ...how, ctf: options.ctf });
  const draw = (random: Random) => ({
    ...simulatedParticle(simulation, statistics, random),
    ...(scale && { scale }),
  });
  const sums = new RingSums(side);
  for (const image of images) sums.add(image);
  return {
    options,
    learned: {
      ...{ workingPixel, changes: NO_CHANGES, operators: symmetryOperators(symmetry) },
      filter: evenFilter(sums.meanPower, options.periods),
      draw: async (random) => draw(random),
    },
    kept: { count: VALIDATED, load: async (i) => draw(Random.of(seed, "pose validation", i)) },
  };
}
