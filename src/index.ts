/**
 * cryogem as a library: what its commands are made of, in the order in which it is used. Nothing here touches files,
 * processes or the network, so all of it runs in a browser too. Jobs get files, threads and a device handed to them: on
 * Node.js from `nodeContext` of "cryogem/node".
 *
 * ```ts
 * import { potentialMap, readPdb, selectAtoms, writeMrc } from "cryogem";
 *
 * const { atoms } = readPdb(text, "1abc.pdb");
 * const map = potentialMap(selectAtoms(atoms), { voxelSize: 2, box: 128, resolution: 6 });
 * const bytes = writeMrc({ ...map, kind: "volume" });
 * ```
 *
 * Programs for each use: docs/reference/library.md. Units and signs: docs/development/architecture.md.
 */

// Images, volumes, random numbers, rotations.

export { fftFriendlySize, irfft2, irfft3, rfft2, rfft3, type Spectrum } from "./array/fft/fft.js";
export { fourierResample, padOrCropVolume, resampleVolume } from "./array/fft/resample.js";
export { fourierFilter, gaussianBlur } from "./array/filter.js";
export { type Image, type Volume, zeros } from "./array/image.js";
export { rescale } from "./array/interpolation/rescale.js";
export { bin, crop, padOrCrop } from "./array/resample.js";
export {
  type PowerSpectrum,
  powerSpectrum2d,
  radialAverage,
  radialPowerSpectrum,
} from "./array/spectrum/power.js";
export type { EvenProfile, RadialProfile } from "./array/spectrum/profile.js";
export { correlation, mean, normalise, quantile, standardDeviation } from "./array/statistics.js";
export { Random } from "./core/random.js";
export {
  axisRotation,
  type EulerAngles,
  eulerToMatrix,
  matrixToEuler,
  multiplyRotations,
  type RotationMatrix,
  rotationAngle,
  transposeRotation,
  uniformRotation,
} from "./core/rotation.js";
export { symmetricAngle, symmetryOperators } from "./core/symmetry.js";

// Errors: every one thrown on purpose is a CryoError.

export {
  CryoError,
  DomainError,
  FileError,
  FormatError,
  OptionError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "./core/errors.js";

// From an atomic model to a density map.

export { readMmcif } from "./io/structure/mmcif.js";
export { readPdb } from "./io/structure/pdb.js";
export { readStructure } from "./io/structure/read.js";
export {
  type Assembly,
  type AssemblyOperation,
  type Atom,
  type AtomSelection,
  applyAssembly,
  type Structure,
  selectAtoms,
} from "./io/structure/structure.js";
export { coarsen, mapDiameter, readDensityMap } from "./jobs/shared/maps/density-map.js";
export {
  modelDiameter,
  type PotentialAtom,
  type PotentialOptions,
  potentialMap,
} from "./physics/potential/potential.js";

// From a map to projections and particle images.

export { type CtfParameters, ctf, electronWavelength } from "./physics/optics/ctf.js";
export { type CtfFilter, multiplyCtf } from "./physics/optics/ctf-filter.js";
export type { Coherence } from "./physics/optics/envelope.js";
export type { Defocus, Optics } from "./physics/optics/optics.js";
export { type ProjectionOptions, project } from "./physics/projection/project.js";
export { type Pose, projectMany } from "./physics/projection/project-many.js";
export { type Projector, type ProjectorOptions, prepareProjector } from "./physics/projection/projector.js";
export type { SpectrumCube } from "./physics/projection/spectrum-cube.js";

// From projections to a micrograph: specimen, ice, image, noise.

export type { Detector, DetectorOptions } from "./physics/detector.js";
export { syntheticIce } from "./physics/ice.js";
export type { MicrographInputs } from "./physics/micrograph/inputs.js";
export {
  type ImagedParticle,
  type SimulatedMicrograph,
  simulateMicrograph,
} from "./physics/micrograph/micrograph.js";
export { addNoise, colouredNoise, type NoiseModel, type NoisePower } from "./physics/noise.js";
export type { Contaminant, ContaminantMatter } from "./physics/specimen/contaminants.js";
export type { Cone, Orientations } from "./physics/specimen/orientations.js";
export { prepareSilhouette } from "./physics/specimen/silhouette.js";
export {
  drawSpecimen,
  type PlacedParticle,
  type Specimen,
  type SpecimenOptions,
  type StructureOptions,
} from "./physics/specimen/specimen.js";

// What real micrographs tell.

export { type CtfFit, type CtfFitOptions, fitCtf } from "./estimate/ctf/ctf-fit.js";
export type { RingAgreement, RingProfile } from "./estimate/ctf/ring-agreement.js";
export { estimateIce, type IceOptions } from "./estimate/ice.js";
export type { Background } from "./estimate/noise/background.js";
export { estimateNoise, type NoiseEstimate, type NoiseOptions } from "./estimate/noise/noise.js";
export type { NoiseCurves } from "./estimate/noise/noise-power.js";
export type { NoiseSpectrum } from "./estimate/noise/noise-spectrum.js";
export { findSpots, type Spot, type SpotOptions } from "./estimate/particle-count.js";
export { estimateSize, type SizeEstimate } from "./estimate/particle-size.js";

// A dataset folder.

export type { StorageMode } from "./dataset/images.js";
export type { LabelForm } from "./dataset/labels.js";
export { type Dataset, readDataset, readMicrograph } from "./dataset/reader.js";
export type {
  DatasetJob,
  DatasetManifest,
  InputRecord,
  MicrographRecord,
  MtfRecord,
  ParticleRecord,
} from "./dataset/records.js";

// Models, and a translator that gives a clean micrograph the noise of real ones.

export {
  type NumberedMicrograph,
  type SynthesisOptions,
  signalDoubt,
  syntheticMicrograph,
} from "./jobs/generate/micrograph.js";
export { readModel, readPicker } from "./jobs/shared/models/model-files.js";
export type { NamedArray, NamedArrays } from "./train/named-arrays.js";
export type { TrainingState } from "./train/state.js";
export type { DiffusionOptions } from "./translate/diffusion/options.js";
export {
  decodeModel,
  type Model,
  type ModelDescription,
  type TranslatorName,
} from "./translate/model.js";
export type { NoiseField } from "./translate/noise/field.js";
export type { Innovations } from "./translate/noise/innovations.js";
export type { Ice } from "./translate/noise/real-ice.js";
export type { MicrographCtf } from "./translate/noise/thon-rings.js";
export type { Trend } from "./translate/noise/trend.js";
export type { Unevenness } from "./translate/noise/unevenness.js";
export type { CryogemOptions } from "./translate/options.js";
export type { Preset } from "./translate/presets.js";
export { openTranslator, type Translator } from "./translate/translator.js";

// Pickers, and scores of picks.

export type { IntervalScore, Intervals } from "./evaluate/picking/bootstrap.js";
export { matchPicks, type Point } from "./evaluate/picking/matching.js";
export {
  type PickedMicrograph,
  type PickingOptions,
  type PickingScores,
  type ScoredPick,
  scorePicking,
} from "./evaluate/picking/picking.js";
export { type LaplacianOptions, laplacianScorer } from "./pick/laplacian.js";
export { decodePicker, type PickerModel, type PickerRecord } from "./pick/model.js";
export { NetworkScorer, type NetworkScorerOptions } from "./pick/network/scorer.js";
export type { PickerOptions } from "./pick/options.js";
export { findPeaks, type Peak, type PeakOptions } from "./pick/peaks.js";
export type { ScoreMap, Scorer } from "./pick/scorer.js";
export { prepareTemplates, type TemplateOptions, type Templates } from "./pick/template/images.js";
export { templateScorer } from "./pick/template/template.js";
export { type ChosenThreshold, chooseThreshold } from "./pick/threshold.js";

// Orientations of particles, and scores of them.

export {
  type MeanAndMedian,
  type ParticlePose,
  type PoseErrors,
  type PoseScores,
  scorePoses,
} from "./evaluate/poses/poses.js";
export type { PoseRecord } from "./pose/model.js";

// How real synthetic micrographs look.

export type { ClassifierBand } from "./evaluate/realism/classifier/images.js";
export type { LocalQuantity, LocalStatistics } from "./evaluate/realism/features/local-statistics.js";
export type { FilterBank } from "./evaluate/realism/features/log-gabor.js";
export type { BandPower } from "./evaluate/realism/features/radial-spectrum.js";
export { realismOfImages } from "./evaluate/realism/images.js";
export type { RealismMeasure } from "./evaluate/realism/measures.js";
export { type RealismProtocol, realismProtocol } from "./evaluate/realism/profile.js";
export type { RealismCurves, RealismResult, RealismRow } from "./evaluate/realism/realism.js";
export { textTable } from "./evaluate/realism/table.js";
export type { Score } from "./evaluate/spread.js";

// Maps against each other.

export type { HalfWeights } from "./array/spectrum/shells.js";
export {
  type FscCurve,
  type FscResolution,
  fourierShellCorrelation,
  resolutionAt,
} from "./evaluate/maps/fsc.js";
export { createMask, type MaskOptions } from "./evaluate/maps/mask.js";
export {
  fitNumberOfParticles,
  type NumberFit,
  type NumberResolution,
} from "./evaluate/maps/rosenthal-henderson.js";

// Formats: bytes or text in, records out, and back.

export type { MrcHeader, MrcStatistics } from "./io/mrc/header.js";
export type { MrcMode, MrcWriteMode } from "./io/mrc/modes.js";
export { type MrcFile, readMrc, readVolume } from "./io/mrc/read.js";
export { type MrcHeaderFields, writeMrc } from "./io/mrc/write.js";
export { readParticlesCs } from "./io/particles/cs.js";
export { type ShapeOf, writeParticlesCs } from "./io/particles/cs-write.js";
export type { OpticsGroup, Particle, ParticleSet } from "./io/particles/particle.js";
export { readParticlesStar } from "./io/particles/star.js";
export { writeParticlesStar } from "./io/particles/star-write.js";
export { readBox, writeBox } from "./io/picks/box.js";
export { readCbox, writeCbox } from "./io/picks/cbox.js";
export { type CocoImage, readCoco, writeCoco } from "./io/picks/coco.js";
export { readPointsCsv, writePointsCsv } from "./io/picks/csv.js";
export type { CoordinatePick, Pick } from "./io/picks/pick.js";
export { readPicksStar, writePicksStar } from "./io/picks/star.js";
export { readTopaz, writeTopaz } from "./io/picks/topaz.js";
export { readPng } from "./io/png/read.js";
export { encodePng, type PngEffort, type PngPicture } from "./io/png/write.js";
export { type ReadImage, readImage } from "./io/read-image.js";
export { type MapReading, readMap } from "./io/read-map.js";
export {
  readSafetensors,
  type Safetensor,
  type SafetensorArrays,
  type SafetensorsFile,
  type SafetensorType,
  writeSafetensors,
} from "./io/safetensors.js";
export { parseStar, type StarFile } from "./io/star/parse.js";
export type { RowPixelSizes } from "./io/star/pixel-sizes.js";
export type { StarColumn, StarTable, StarValues } from "./io/star/table.js";
export { type StarBlock, type StarColumnInput, writeStar } from "./io/star/write.js";
export { readTiff, type TiffImage } from "./io/tiff/read.js";
export { encodeTiff, type TiffCompression, type TiffPicture } from "./io/tiff/write.js";
export { readTransferCurve, type TransferCurve } from "./io/transfer-curve.js";

// Jobs, what the commands do; and what a job is handed.

export type {
  ComputeRuntime,
  ComputeSession,
  Files,
  HostTensor,
  JobContext,
  MapOptions,
  Progress,
  Report,
  Task,
  TaskInput,
  TaskName,
  TaskOptions,
  TaskOutput,
  TaskShared,
  Tasks,
  Workers,
} from "./core/ports.js";
export * from "./jobs/index.js";
