import type { Files } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { type MicrographImages, type StorageMode, writeImages } from "../../dataset/images.js";
import { imagePath } from "../../dataset/layout.js";
import { writePart } from "../../dataset/part.js";
import type { MicrographPart } from "../../dataset/records.js";
import type { Detector } from "../../physics/detector.js";
import { simulateMicrograph } from "../../physics/micrograph/micrograph.js";
import { type CountingModel, expose, type NoiseModel } from "../../physics/noise.js";
import type { Coherence } from "../../physics/optics/envelope.js";
import type { Optics } from "../../physics/optics/optics.js";
import type { Projector } from "../../physics/projection/projector.js";
import {
  ABSORPTION,
  type Contaminant,
  type ContaminantMatter,
  drawContaminants,
  ICE_OVER_PROTEIN,
} from "../../physics/specimen/contaminants.js";
import type { Orientations } from "../../physics/specimen/orientations.js";
import { drawSpecimen, type StructureOptions } from "../../physics/specimen/specimen.js";
import { type DefocusSource, drawDefocus, drawIce, type IceSource } from "./draw.js";

/** What all micrographs of a simulation share: plain data, ready for every worker. */
export interface SimulationSetup {
  readonly shape: readonly [rows: number, columns: number];
  readonly optics: Optics;
  /** Angstrom squared. */
  readonly bFactor: number;
  readonly coherence: Coherence;
  /** Curves of the detector. */
  readonly detector: Detector;
  readonly projectors: readonly Projector[];
  readonly structures: readonly StructureOptions[];
  /** Absent: particles keep clear as discs. */
  readonly silhouettes: readonly Projector[] | undefined;
  readonly orientations: Orientations;
  readonly particles: { readonly mean: number; readonly standardDeviation: number };
  readonly collapseRatio: number;
  readonly clustering: number;
  /** Angstrom. */
  readonly iceThickness: number;
  readonly strengthSpread: number;
  readonly micrographSpread: number;
  /** Mean number on a micrograph. */
  readonly contaminants: number;
  readonly defocus: DefocusSource;
  readonly ice: IceSource;
  /** Absent: none. */
  readonly noise: NoiseModel | CountingModel | undefined;
  readonly keepClean: boolean;
  readonly seed: number;
}

export interface MicrographResult {
  readonly images: MicrographImages;
  readonly part: MicrographPart;
  /** Particles that were drawn; more than the part has where some found no place. */
  readonly requested: number;
}

/**
 * Makes micrograph `index` (from 1) of a simulation with all its labels. Depends on nothing but the setup and the index:
 * every purpose draws from its own stream of random numbers.
 */
export function makeMicrograph(setup: SimulationSetup, index: number): MicrographResult {
  const { shape, optics, seed } = setup;
  const stream = (purpose: string): Random => Random.of(seed, "simulate", purpose, index);
  const specimen = drawSpecimen(
    {
      shape,
      pixelSize: optics.pixelSize,
      count: setup.particles,
      structures: setup.structures,
      collapseRatio: setup.collapseRatio,
      clustering: setup.clustering,
      iceThickness: setup.iceThickness,
      strengthSpread: setup.strengthSpread,
      micrographSpread: setup.micrographSpread,
      orientations: setup.orientations,
      ...(setup.silhouettes && { silhouettes: setup.silhouettes }),
    },
    stream("specimen"),
  );
  const lumps = drawLumps(setup, stream("contaminants"));
  const defocus = drawDefocus(setup.defocus, stream("defocus"));
  const { ice, iceMean } = drawIce(setup.ice, stream("ice"));
  const imaged = simulateMicrograph({
    shape,
    optics,
    defocus,
    bFactor: setup.bFactor,
    coherence: setup.coherence,
    projectors: setup.projectors,
    particles: specimen.particles,
    ...(ice && { ice }),
    ...(lumps.length > 0 && { contaminants: { lumps, matter: matterOf(setup.projectors[0]!) } }),
  });
  const { mask, particles } = imaged;
  const detector = { ...setup.detector, pixelSize: optics.pixelSize };
  const { micrograph, clean } = expose(imaged.clean, setup.noise, stream("noise"), detector);
  return {
    images: { micrograph, mask, ...(setup.keepClean && { clean }) },
    part: {
      micrograph: {
        index,
        path: imagePath("micrographs", index),
        shape,
        iceMean,
        particles: particles.length,
        ...defocus,
        ...(setup.contaminants > 0 && { contaminants: lumps }),
      },
      particles: particles.map((particle) => ({ micrograph: index, ...particle })),
    },
    requested: specimen.requested,
  };
}

function drawLumps({ contaminants, structures, shape }: SimulationSetup, random: Random): Contaminant[] {
  const diameter = Math.max(...structures.map((structure) => structure.diameter));
  return contaminants > 0 ? drawContaminants(shape, contaminants, diameter, random) : [];
}

/** Ice in vacuum, in the unit of projections: sums of a map's density over its sections. */
const matterOf = ({ particleDensity, voxelSize }: Projector): ContaminantMatter => ({
  density: (ICE_OVER_PROTEIN * particleDensity) / voxelSize,
  absorption: ABSORPTION,
});

/** What the task "simulate-micrograph" shares beside the setup. */
export interface SimulationTarget {
  readonly setup: SimulationSetup;
  readonly dir: string;
  readonly mode: StorageMode;
}

/** Task "simulate-micrograph": makes one micrograph and writes its images and its part into the dataset folder. */
export async function simulateMicrographTask(
  index: number,
  { setup, dir, mode }: SimulationTarget,
  files: Files,
): Promise<{ readonly placed: number; readonly requested: number }> {
  const { images, part, requested } = makeMicrograph(setup, index);
  await writeImages(files, dir, index, images, { mode, pixelSize: setup.optics.pixelSize });
  await writePart(files, dir, part);
  return { placed: part.particles.length, requested };
}
