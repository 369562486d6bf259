/**
 * cryogem as a library: what the commands are made of. Everything exported here is free of file and process access
 * and runs in a browser as well; `openDevice` and `nodeFiles`, which are not, come from "cryogem/node".
 *
 * ```ts
 * import { potentialMap, prepareProjector, project, readPdb, selectAtoms } from "cryogem";
 * ```
 *
 * Units and signs: docs/architecture.md.
 */

export { fftFriendlySize, irfft2, irfft3, rfft2, rfft3, type Spectrum } from "./array/fft/fft.js";
export { fourierResample, resampleVolume } from "./array/fft/resample.js";
export type { Image, Volume } from "./array/image.js";
export { powerSpectrum2d, radialAverage, radialPowerSpectrum } from "./array/spectrum/power.js";
export {
  CryoError,
  DomainError,
  FileError,
  FormatError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "./core/errors.js";
export type { ComputeRuntime, Files, JobContext, Progress, Report, Workers } from "./core/ports.js";
export { Random } from "./core/random.js";
export {
  type EulerAngles,
  eulerToMatrix,
  matrixToEuler,
  type RotationMatrix,
  uniformRotation,
} from "./core/rotation.js";
export { symmetricAngle, symmetryOperators } from "./core/symmetry.js";
export { readDataset } from "./dataset/reader.js";
export type { DatasetManifest, MicrographRecord, ParticleRecord } from "./dataset/records.js";
export { fitCtf } from "./estimate/ctf-fit.js";
export { estimateIce } from "./estimate/ice.js";
export { estimateNoise } from "./estimate/noise.js";
export { fourierShellCorrelation, resolutionAt } from "./evaluate/maps/fsc.js";
export { matchPicks } from "./evaluate/picking/matching.js";
export { scorePicking } from "./evaluate/picking/picking.js";
export { realismOfImages } from "./evaluate/realism/images.js";
export { readMrc, readVolume } from "./io/mrc/read.js";
export { writeMrc } from "./io/mrc/write.js";
export { readBox, writeBox } from "./io/picks/box.js";
export { readCoco, writeCoco } from "./io/picks/coco.js";
export { readTopaz, writeTopaz } from "./io/picks/topaz.js";
export { readPng } from "./io/png/read.js";
export { encodePng } from "./io/png/write.js";
export { parseStar } from "./io/star/parse.js";
export { writeStar } from "./io/star/write.js";
export { readMmcif } from "./io/structure/mmcif.js";
export { readPdb } from "./io/structure/pdb.js";
export { readTiff } from "./io/tiff/read.js";
export { simulateMicrograph } from "./physics/micrograph/micrograph.js";
export { addNoise, colouredNoise } from "./physics/noise.js";
export { ctf, electronWavelength } from "./physics/optics/ctf.js";
export type { Defocus, Optics } from "./physics/optics/optics.js";
export { potentialMap } from "./physics/potential/potential.js";
export { project } from "./physics/projection/project.js";
export { prepareProjector } from "./physics/projection/projector.js";
export { drawSpecimen } from "./physics/specimen/specimen.js";
export { decodeModel } from "./translate/model.js";
export { openTranslator, type Translator } from "./translate/translator.js";
