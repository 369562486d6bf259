/**
 * Jobs for programs: what the commands do, from options to files. `plan…` decides, touching no file. `src/index.ts` exports all
 * of it.
 */

export type { BinOptions } from "./bin/options.js";
export { type BinPlan, planBin } from "./bin/plan.js";
export type { BinnedMicrograph, BinnedRecord } from "./bin/records.js";
export { binMicrographs, binShard } from "./bin/run.js";
export type { Classify2dOptions } from "./classify2d/options.js";
export { type Classify2dPlan, planClassification } from "./classify2d/plan.js";
export type { Classify2dRecord } from "./classify2d/records.js";
export { classifyParticles } from "./classify2d/run.js";
export type { ClassFigures } from "./classify2d/state.js";
export type { ConformationsOptions } from "./conformations/options.js";
export { type Conformation, type ConformationsResult, makeConformations } from "./conformations/run.js";
export type { MicrographKind } from "./control/kinds.js";
export {
  type MicrographControl,
  type SpoiltMicrographs,
  spoilMicrographs,
} from "./control/micrographs.js";
export type { ControlOptions } from "./control/options.js";
export { type ControlResult, spoilParticles } from "./control/run.js";
export { type EstimateOptions, type EstimatePlan, planEstimate } from "./estimate/plan.js";
export type { Estimates } from "./estimate/records.js";
export { estimateMicrographs, estimateShard } from "./estimate/run.js";
export {
  type ClassifierContext,
  type ClassifierRow,
  classifyRealism,
} from "./evaluate/classify.js";
export {
  type ExtractorResult,
  type ExtractorRow,
  extractorRealism,
} from "./evaluate/extractor.js";
export {
  type ClassifierPlan,
  type EvaluateOptions,
  type ExtractorPlan,
  type MicrographSource,
  planRealism,
  type RealismPlan,
} from "./evaluate/plan.js";
export { evaluateRealism } from "./evaluate/run.js";
export { type ExportOptions, exportFiles } from "./export/run.js";
export { type Extraction, type ExtractOptions, extractParticles, extractShard } from "./extract/run.js";
export type { MapAlignment } from "./fsc/align.js";
export type { FscOptions } from "./fsc/options.js";
export { compareMaps, type FscReport, type ThresholdReading } from "./fsc/run.js";
export type { GenerateOptions } from "./generate/options.js";
export { type GeneratePlan, planGeneration } from "./generate/plan.js";
export { type GenerateContext, generateDataset, generateShard } from "./generate/run.js";
export type { Description } from "./info/format.js";
export { describeFile, describeFolder } from "./info/run.js";
export type { InitialModelOptions } from "./initial-model/options.js";
export { type InitialModelPlan, planInitialModel } from "./initial-model/plan.js";
export type { InitialModelRecord } from "./initial-model/records.js";
export { makeInitialModel } from "./initial-model/run.js";
export type { MaskJobOptions } from "./mask/options.js";
export { type MaskResult, makeMask } from "./mask/run.js";
export type { PickLabel, PickRunOptions } from "./pick-run/options.js";
export { type PickRunPlan, planPickRun } from "./pick-run/plan.js";
export type { PickRecord } from "./pick-run/records.js";
export { type PickRunContext, pickShard, runPicking } from "./pick-run/run.js";
export type { PickScoreOptions } from "./pick-score/options.js";
export type { PickerScores, PickScoreResult } from "./pick-score/result.js";
export { scorePicks } from "./pick-score/run.js";
export { type PickTrainOptions, type PickTrainPlan, planPickTraining } from "./pick-train/plan.js";
export { trainPickerModel } from "./pick-train/run.js";
export type { PoseRunOptions } from "./pose-run/options.js";
export { type PoseRunContext, type PoseRunResult, runPoses } from "./pose-run/run.js";
export type { PoseScoreOptions } from "./pose-score/options.js";
export type { PoseScoreResult } from "./pose-score/result.js";
export { scorePoseFiles } from "./pose-score/run.js";
export { type PoseTrainOptions, type PoseTrainPlan, planPoseTraining } from "./pose-train/plan.js";
export { trainPoseModel } from "./pose-train/run.js";
export type { PotentialOptions as PotentialJobOptions } from "./potential/options.js";
export { computePotential, type PotentialResult } from "./potential/run.js";
export type { ReconstructOptions } from "./reconstruct/options.js";
export { planReconstruction, type ReconstructPlan } from "./reconstruct/plan.js";
export type { ReconstructionRecord, SubsetResolution } from "./reconstruct/records.js";
export { reconstructMap } from "./reconstruct/run.js";
export type { RefineOptions } from "./refine/options.js";
export { planRefinement, type RefinePlan } from "./refine/plan.js";
export type { RefineRecord } from "./refine/records.js";
export { refineParticles } from "./refine/run.js";
export type { IterationFigures } from "./refine/state.js";
export type { DatasetContext } from "./shared/context.js";
export { inlineWorkers } from "./shared/inline-workers.js";
export type { TrainContext } from "./shared/models/training-context.js";
export type { Assignment, ShardDone, Share } from "./shared/share.js";
export { planSimulation, type SimulateOptions, type SimulationPlan } from "./simulate/plan.js";
export { simulateDataset, simulateShard } from "./simulate/run.js";
export { planTraining, type TrainOptions, type TrainPlan } from "./train/plan.js";
export { trainTranslator } from "./train/run.js";
export type { VariantsOptions } from "./variants/options.js";
export { makeVariants, type Variant, type VariantsResult } from "./variants/run.js";
