import type { Image } from "../../array/image.js";
import { indexOfNonFinite, mean } from "../../array/statistics.js";
import { FormatError, OptionError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { fitCtf } from "../../estimate/ctf/ctf-fit.js";
import { ctfPicture } from "../../estimate/ctf/ctf-picture.js";
import { estimateIce } from "../../estimate/ice.js";
import { icePicture } from "../../estimate/ice-picture.js";
import { estimateNoise } from "../../estimate/noise/noise.js";
import { findSpots } from "../../estimate/particle-count.js";
import { estimateSize } from "../../estimate/particle-size.js";
import { writeMrc } from "../../io/mrc/write.js";
import { encodePng } from "../../io/png/write.js";
import type { Defocus } from "../../physics/optics/optics.js";
import { readRealMicrograph } from "../shared/micrographs/read-micrograph.js";
import type { NamedMicrograph } from "../shared/micrographs/stems.js";
import { fitChart, sizeChart, spotsPicture } from "./pictures.js";
import type { EstimateSettings } from "./plan.js";
import { type EstimatePart, parseEstimatePart } from "./records.js";

/** What the task "estimate-micrograph" shares between micrographs. */
export interface EstimateTarget {
  readonly settings: EstimateSettings;
  readonly dir: string;
  /** As "cryogem 0.1.0": another version measures anew. */
  readonly program: string;
  /** Whether micrographs are only looked up, by what was measured: their pixels are not read. */
  readonly joins: boolean;
}

/** A micrograph to be measured. */
export interface EstimateInput extends NamedMicrograph {
  /** Its CTF, where another program fitted it. */
  readonly ctf?: Defocus;
}

/** Least side of a micrograph, pixels. */
const LEAST_SIDE = 256;
/** Pixels across a particle: noise is told from particles of as many and more. */
const LEAST_DIAMETER = 4;

/**
 * Task "estimate-micrograph": measures one micrograph and writes what there is to look at, unless that was done before.
 *
 * @returns nothing where it was only to be looked up and has not been measured
 */
export async function estimateMicrographTask(
  { path, stem, ctf }: EstimateInput,
  { settings, dir, program, joins }: EstimateTarget,
  files: Files,
): Promise<EstimatePart | undefined> {
  const partPath = inside(dir, `measured/${stem}.json`);
  const outputs = outputPaths(stem);
  const known = await readPart(files, partPath);
  const sha256 = joins ? known?.micrograph.sha256 : await files.sha256(path);
  const key = JSON.stringify({ program, sha256, settings, ctf });
  if (known?.key === key && (await allExist(files, dir, Object.values(outputs)))) {
    return { ...known, micrograph: { ...known.micrograph, file: path } };
  }
  if (sha256 === undefined || joins) return undefined;
  const { image, pixelSize } = await readRealMicrograph(files, path);
  checkMicrograph(image, path);
  requireDiameter(image, settings, path);
  const { record, pictures, noise } = measure(image, withCtf(settings, ctf), stem);
  for (const name of Object.keys(outputs) as (keyof typeof outputs)[]) {
    await files.write(inside(dir, outputs[name]), pictures[name]);
  }
  const part: EstimatePart = {
    key,
    micrograph: { file: path, sha256, shape: [...image.shape], ...record, files: outputs },
    headerPixelSize: pixelSize ?? null,
    radial: Array.from(noise.radial.value, shortened),
    anisotropy: Array.from(noise.anisotropy.data, shortened),
  };
  await files.write(partPath, `${JSON.stringify(part)}\n`);
  return part;
}

const withCtf = (settings: EstimateSettings, known: Defocus | undefined): EstimateSettings =>
  known ? { ...settings, fit: { ...settings.fit, known } } : settings;

const outputPaths = (stem: string) => ({
  ctfPicture: `ctf/${stem}.png`,
  ctfCurve: `ctf/${stem}.svg`,
  ice: `ice/${stem}.mrc`,
  icePreview: `ice/${stem}.png`,
  particlePicture: `particles/${stem}.svg`,
  sizeCurve: `particles/${stem}-size.svg`,
});

/** Five digits: more than any of these curves is known to. */
const shortened = (value: number): number => Number(value.toPrecision(5));

async function readPart(files: Files, path: string): Promise<EstimatePart | undefined> {
  if (!(await files.exists(path))) return undefined;
  return parseEstimatePart(new TextDecoder().decode(await files.read(path)), path);
}

async function allExist(files: Files, dir: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (!(await files.exists(inside(dir, path)))) return false;
  return true;
}

/** @throws OptionError for a particle that is a dot in the micrograph, or larger than half of it */
function requireDiameter(
  { shape }: Image,
  { optics, particleDiameter }: EstimateSettings,
  path: string,
): void {
  const pixels = particleDiameter / optics.pixelSize;
  const most = Math.min(...shape) / 2;
  if (pixels >= LEAST_DIAMETER && pixels <= most) return;
  throw new OptionError(
    "particleDiameter",
    `found ${particleDiameter} angstrom, ${pixels.toFixed(1)} pixels of ${path} at ${optics.pixelSize} angstrom per pixel, ` +
      `expected ${LEAST_DIAMETER} to ${most}: is the \`pixelSize\` right?`,
  );
}

function checkMicrograph({ data, shape }: Image, path: string): void {
  if (Math.min(...shape) < LEAST_SIDE) {
    const size = `${shape[1]} x ${shape[0]} pixels`;
    throw new FormatError(path, "size", size, `at least ${LEAST_SIDE} x ${LEAST_SIDE}`);
  }
  const strange = indexOfNonFinite(data);
  if (strange >= 0) {
    const at = `pixel (${strange % shape[1]}, ${Math.floor(strange / shape[1])})`;
    throw new FormatError(path, at, String(data[strange]), "a finite number");
  }
  if (data.every((value) => value === data[0])) {
    throw new FormatError(
      path,
      "pixels",
      `the same value ${data[0]} everywhere`,
      "an image with some contrast",
    );
  }
}

function measure(image: Image, settings: EstimateSettings, stem: string) {
  const { optics, particleDiameter } = settings;
  const fit = fitCtf(image, optics, settings.fit);
  const ice = estimateIce(image, { groups: settings.iceGroups });
  const noise = estimateNoise(image, { pixelSize: optics.pixelSize, particleDiameter });
  const look = { optics, defocus: fit, noise: noise.radial, background: noise.background.mask };
  const size = estimateSize(image, look);
  const diameter = settings.countsParticles ? particleDiameter : size.diameter;
  const spots = diameter === undefined ? [] : findSpots(image, { ...look, particleDiameter: diameter });
  const record = {
    defocusU: fit.defocusU,
    defocusV: fit.defocusV,
    defocusAngle: fit.defocusAngle,
    phaseShift: fit.phaseShift,
    ctfFrom: settings.fit.known ? ("table" as const) : ("fit" as const),
    score: fit.score,
    evidence: fit.evidence,
    resolution: fit.resolution ?? null,
    ice: { mean: mean(ice.data), lowest: ice.data.reduce((a, b) => Math.min(a, b)) },
    signalFraction: noise.signalFraction,
    backgroundFraction: noise.background.fraction,
    particles: settings.countsParticles ? spots.length : null,
    particleSize: size.diameter === undefined ? null : shortened(size.diameter),
  };
  const patch = (image.shape[1] * optics.pixelSize) / ice.shape[1];
  const pictures = {
    ctfPicture: encodePng(ctfPicture(fit, optics)),
    ctfCurve: fitChart(fit, stem),
    ice: writeMrc({ data: ice.data, shape: [1, ...ice.shape], voxelSize: patch }),
    icePreview: encodePng({ ...icePicture(image, ice), channels: 1 }),
    particlePicture: spotsPicture(image, spots, { stem, diameter, pixelSize: optics.pixelSize }),
    sizeCurve: sizeChart(size, stem),
  };
  return { record, pictures, noise };
}
