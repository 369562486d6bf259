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
 * Programs for each use: docs/library.md. Units and signs: docs/architecture.md.
 */

// Images, volumes, random numbers, rotations.

export { fftFriendlySize, irfft2, irfft3, rfft2, rfft3, type Spectrum } from "./array/fft/fft.js";
export { fourierResample, padOrCropVolume, resampleVolume } from "./array/fft/resample.js";
export { fourierFilter, gaussianBlur } from "./array/filter.js";
export { type Image, type Volume, zeros } from "./array/image.js";
export { bin, crop, padOrCrop } from "./array/resample.js";
export { rescale } from "./array/rescale.js";
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

export {
  type MeanAndMedian,
  type ParticlePose,
  type PoseErrors,
  type PoseScores,
  scorePoses,
} from "./evaluate/poses/poses.js";
export { type LaplacianOptions, laplacianScorer } from "./pick/laplacian.js";
export { decodePicker, type PickerModel, type PickerRecord } from "./pick/model.js";
export { NetworkScorer, type NetworkScorerOptions } from "./pick/network/scorer.js";
export type { PickerOptions } from "./pick/options.js";
export { findPeaks, type Peak, type PeakOptions } from "./pick/peaks.js";
export type { ScoreMap, Scorer } from "./pick/scorer.js";
export { prepareTemplates, type TemplateOptions, type Templates } from "./pick/template/images.js";
export { templateScorer } from "./pick/template/template.js";
export { type ChosenThreshold, chooseThreshold } from "./pick/threshold.js";
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

// What a job is handed, and jobs: what the commands do, from options to files. `plan…` decides, touching no file.

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
export type { BinOptions } from "./jobs/bin/options.js";
export { type BinPlan, planBin } from "./jobs/bin/plan.js";
export type { BinnedMicrograph, BinnedRecord } from "./jobs/bin/records.js";
export { binMicrographs, binShard } from "./jobs/bin/run.js";
export type { Classify2dOptions } from "./jobs/classify2d/options.js";
export { type Classify2dPlan, planClassification } from "./jobs/classify2d/plan.js";
export type { Classify2dRecord } from "./jobs/classify2d/records.js";
export { classifyParticles } from "./jobs/classify2d/run.js";
export type { ClassFigures } from "./jobs/classify2d/state.js";
export type { ConformationsOptions } from "./jobs/conformations/options.js";
export { type Conformation, type ConformationsResult, makeConformations } from "./jobs/conformations/run.js";
export type { MicrographKind } from "./jobs/control/kinds.js";
export {
  type MicrographControl,
  type SpoiltMicrographs,
  spoilMicrographs,
} from "./jobs/control/micrographs.js";
export type { ControlOptions } from "./jobs/control/options.js";
export { type ControlResult, spoilParticles } from "./jobs/control/run.js";
export { type EstimateOptions, type EstimatePlan, planEstimate } from "./jobs/estimate/plan.js";
export type { Estimates } from "./jobs/estimate/records.js";
export { estimateMicrographs, estimateShard } from "./jobs/estimate/run.js";
export {
  type ClassifierContext,
  type ClassifierRow,
  classifyRealism,
} from "./jobs/evaluate/classify.js";
export {
  type ExtractorResult,
  type ExtractorRow,
  extractorRealism,
} from "./jobs/evaluate/extractor.js";
export {
  type ClassifierPlan,
  type EvaluateOptions,
  type ExtractorPlan,
  type MicrographSource,
  planRealism,
  type RealismPlan,
} from "./jobs/evaluate/plan.js";
export { evaluateRealism } from "./jobs/evaluate/run.js";
export { type ExportOptions, exportFiles } from "./jobs/export/run.js";
export { type Extraction, type ExtractOptions, extractParticles, extractShard } from "./jobs/extract/run.js";
export type { MapAlignment } from "./jobs/fsc/align.js";
export type { FscOptions } from "./jobs/fsc/options.js";
export { compareMaps, type FscReport, type ThresholdReading } from "./jobs/fsc/run.js";
export type { GenerateOptions } from "./jobs/generate/options.js";
export { type GeneratePlan, planGeneration } from "./jobs/generate/plan.js";
export { type GenerateContext, generateDataset, generateShard } from "./jobs/generate/run.js";
export type { Description } from "./jobs/info/format.js";
export { describeFile, describeFolder } from "./jobs/info/run.js";
export type { InitialModelOptions } from "./jobs/initial-model/options.js";
export { type InitialModelPlan, planInitialModel } from "./jobs/initial-model/plan.js";
export type { InitialModelRecord } from "./jobs/initial-model/records.js";
export { makeInitialModel } from "./jobs/initial-model/run.js";
export type { MaskJobOptions } from "./jobs/mask/options.js";
export { type MaskResult, makeMask } from "./jobs/mask/run.js";
export type { PickLabel, PickRunOptions } from "./jobs/pick-run/options.js";
export { type PickRunPlan, planPickRun } from "./jobs/pick-run/plan.js";
export type { PickRecord } from "./jobs/pick-run/records.js";
export { type PickRunContext, pickShard, runPicking } from "./jobs/pick-run/run.js";
export type { PickScoreOptions } from "./jobs/pick-score/options.js";
export type { PickerScores, PickScoreResult } from "./jobs/pick-score/result.js";
export { scorePicks } from "./jobs/pick-score/run.js";
export { type PickTrainOptions, type PickTrainPlan, planPickTraining } from "./jobs/pick-train/plan.js";
export { trainPickerModel } from "./jobs/pick-train/run.js";
export type { PoseRunOptions } from "./jobs/pose-run/options.js";
export { type PoseRunContext, type PoseRunResult, runPoses } from "./jobs/pose-run/run.js";
export type { PoseScoreOptions } from "./jobs/pose-score/options.js";
export type { PoseScoreResult } from "./jobs/pose-score/result.js";
export { scorePoseFiles } from "./jobs/pose-score/run.js";
export { type PoseTrainOptions, type PoseTrainPlan, planPoseTraining } from "./jobs/pose-train/plan.js";
export { trainPoseModel } from "./jobs/pose-train/run.js";
export type { PotentialOptions as PotentialJobOptions } from "./jobs/potential/options.js";
export { computePotential, type PotentialResult } from "./jobs/potential/run.js";
export type { ReconstructOptions } from "./jobs/reconstruct/options.js";
export { planReconstruction, type ReconstructPlan } from "./jobs/reconstruct/plan.js";
export type { ReconstructionRecord, SubsetResolution } from "./jobs/reconstruct/records.js";
export { reconstructMap } from "./jobs/reconstruct/run.js";
export type { RefineOptions } from "./jobs/refine/options.js";
export { planRefinement, type RefinePlan } from "./jobs/refine/plan.js";
export type { RefineRecord } from "./jobs/refine/records.js";
export { refineParticles } from "./jobs/refine/run.js";
export type { IterationFigures } from "./jobs/refine/state.js";
export type { DatasetContext } from "./jobs/shared/context.js";
export { inlineWorkers } from "./jobs/shared/inline-workers.js";
export type { TrainContext } from "./jobs/shared/models/training-context.js";
export type { Assignment, ShardDone, Share } from "./jobs/shared/share.js";
export { planSimulation, type SimulateOptions, type SimulationPlan } from "./jobs/simulate/plan.js";
export { simulateDataset, simulateShard } from "./jobs/simulate/run.js";
export { planTraining, type TrainOptions, type TrainPlan } from "./jobs/train/plan.js";
export { trainTranslator } from "./jobs/train/run.js";
