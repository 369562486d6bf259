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

export { fftFriendlySize, irfft2, irfft3, rfft2, rfft3, type Spectrum } from "./array/fft.js";
export { fourierResample, resampleVolume } from "./array/fourier-resample.js";
export type { Image, Volume } from "./array/image.js";
export { powerSpectrum2d, radialAverage, radialPowerSpectrum } from "./array/spectrum.js";
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
export { fourierShellCorrelation, resolutionAt } from "./evaluate/fsc.js";
export { matchPicks } from "./evaluate/matching.js";
export { scorePicking } from "./evaluate/picking.js";
export { realismOfImages } from "./evaluate/realism-images.js";
export { readBox, writeBox } from "./io/box.js";
export { readCoco, writeCoco } from "./io/coco.js";
export { readMmcif } from "./io/mmcif.js";
export { readMrc, readVolume } from "./io/mrc.js";
export { writeMrc } from "./io/mrc-write.js";
export { readPdb } from "./io/pdb.js";
export { readPng } from "./io/png.js";
export { encodePng } from "./io/png-write.js";
export { parseStar } from "./io/star.js";
export { writeStar } from "./io/star-write.js";
export { readTiff } from "./io/tiff.js";
export { readTopaz, writeTopaz } from "./io/topaz.js";
export { ctf, electronWavelength } from "./physics/ctf.js";
export { simulateMicrograph } from "./physics/micrograph.js";
export { addNoise, colouredNoise } from "./physics/noise.js";
export type { Defocus, Optics } from "./physics/optics.js";
export { potentialMap } from "./physics/potential.js";
export { project } from "./physics/project.js";
export { prepareProjector } from "./physics/projector.js";
export { drawSpecimen } from "./physics/specimen.js";
export { decodeModel } from "./translate/model.js";
export { openTranslator, type Translator } from "./translate/translator.js";
