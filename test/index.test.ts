import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as library from "../src/index.js";
import * as node from "../src/node.js";
import { readSurface } from "./helpers/public-types.js";

// What programs may rely on. A name that appears or goes here is a decision, to be told in CHANGELOG.md; once it is made,
// `npx vitest run test/index.test.ts -u` writes the lists.

/** Types that a signature leads to and that programs have no use for by name: computed ones, which compilers spell out. */
const SPELLED_OUT = ["OptionsOf", "ResolvedOptions"];
/** A plan is made by its plan… and read by its job alone. */
const isPlan = (name: string): boolean => name.endsWith("Plan");

const declaration = (name: string): string => fileURLToPath(new URL(`../dist/${name}.d.ts`, import.meta.url));
const [librarySurface, nodeSurface] = readSurface([declaration("index"), declaration("node")]);

/** Names in lines that fit a page. */
function inLines(names: readonly string[]): string {
  const lines: string[] = [""];
  for (const name of [...names].sort()) {
    const longer = `${lines.at(-1)} ${name}`.trim();
    if (longer.length > 100) lines.push(name);
    else lines[lines.length - 1] = longer;
  }
  return lines.join("\n");
}

const valuesOf = (module: object): string => inLines(Object.keys(module));
const typesOf = (surface: typeof librarySurface, module: object): string =>
  inLines(surface!.names.filter((name) => !Object.hasOwn(module, name)));

describe("cryogem", () => {
  test("exports these values", () => {
    expect(valuesOf(library)).toMatchInlineSnapshot(`
      "CryoError DomainError FileError FormatError NetworkScorer OptionError Random ShapeError
      UnsupportedError UsageError addNoise applyAssembly axisRotation bin binMicrographs binShard
      chooseThreshold classifyParticles classifyRealism coarsen colouredNoise compareMaps computePotential
      correlation createMask crop ctf decodeModel decodePicker describeFile describeFolder drawSpecimen
      electronWavelength encodePng encodeTiff estimateIce estimateMicrographs estimateNoise estimateShard
      estimateSize eulerToMatrix evaluateRealism exportFiles extractParticles extractShard
      extractorRealism fftFriendlySize findPeaks findSpots fitCtf fitNumberOfParticles fourierFilter
      fourierResample fourierShellCorrelation gaussianBlur generateDataset generateShard inlineWorkers
      irfft2 irfft3 laplacianScorer makeConformations makeInitialModel makeMask makeVariants mapDiameter
      matchPicks matrixToEuler mean modelDiameter multiplyCtf multiplyRotations normalise openTranslator
      padOrCrop padOrCropVolume parseStar pickShard planBin planClassification planEstimate planGeneration
      planInitialModel planPickRun planPickTraining planPoseTraining planRealism planReconstruction
      planRefinement planSimulation planTraining potentialMap powerSpectrum2d prepareProjector
      prepareSilhouette prepareTemplates project projectMany quantile radialAverage radialPowerSpectrum
      readBox readCbox readCoco readDataset readDensityMap readImage readMap readMicrograph readMmcif
      readModel readMrc readParticlesCs readParticlesStar readPdb readPicker readPicksStar readPng
      readPointsCsv readSafetensors readStructure readTiff readTopaz readTransferCurve readVolume
      realismOfImages realismProtocol reconstructMap refineParticles resampleVolume rescale resolutionAt
      rfft2 rfft3 rotationAngle runPicking runPoses scorePicking scorePicks scorePoseFiles scorePoses
      selectAtoms signalDoubt simulateDataset simulateMicrograph simulateShard spoilMicrographs
      spoilParticles standardDeviation symmetricAngle symmetryOperators syntheticIce syntheticMicrograph
      templateScorer textTable trainPickerModel trainPoseModel trainTranslator transposeRotation
      uniformRotation writeBox writeCbox writeCoco writeMrc writeParticlesCs writeParticlesStar
      writePicksStar writePointsCsv writeSafetensors writeStar writeTopaz zeros"
    `);
  });
  test("exports these types", () => {
    expect(typesOf(librarySurface, library)).toMatchInlineSnapshot(`
      "Assembly AssemblyOperation Assignment Atom AtomSelection Background BandPower BinOptions BinPlan
      BinnedMicrograph BinnedRecord ChosenThreshold ClassFigures ClassifierBand ClassifierContext
      ClassifierPlan ClassifierRow Classify2dOptions Classify2dPlan Classify2dRecord CocoImage Coherence
      ComputeRuntime ComputeSession Cone Conformation ConformationsOptions ConformationsResult Contaminant
      ContaminantMatter ControlOptions ControlResult CoordinatePick CryogemOptions CtfFilter CtfFit
      CtfFitOptions CtfParameters Dataset DatasetContext DatasetJob DatasetManifest Defocus Description
      Detector DetectorOptions DiffusionOptions EstimateOptions EstimatePlan Estimates EulerAngles
      EvaluateOptions EvenProfile ExportOptions ExtractOptions Extraction ExtractorPlan ExtractorResult
      ExtractorRow Files FilterBank FscCurve FscOptions FscReport FscResolution GenerateContext
      GenerateOptions GeneratePlan HalfWeights HostTensor Ice IceOptions Image ImagedParticle
      InitialModelOptions InitialModelPlan InitialModelRecord Innovations InputRecord IntervalScore
      Intervals IterationFigures JobContext LabelForm LaplacianOptions LocalQuantity LocalStatistics
      MapAlignment MapOptions MapReading MaskJobOptions MaskOptions MaskResult MeanAndMedian
      MicrographControl MicrographCtf MicrographInputs MicrographKind MicrographRecord MicrographSource
      Model ModelDescription MrcFile MrcHeader MrcHeaderFields MrcMode MrcStatistics MrcWriteMode
      MtfRecord NamedArray NamedArrays NetworkScorerOptions NoiseCurves NoiseEstimate NoiseField
      NoiseModel NoiseOptions NoisePower NoiseSpectrum NumberFit NumberResolution NumberedMicrograph
      Optics OpticsGroup Orientations Particle ParticlePose ParticleRecord ParticleSet Peak PeakOptions
      Pick PickLabel PickRecord PickRunContext PickRunOptions PickRunPlan PickScoreOptions PickScoreResult
      PickTrainOptions PickTrainPlan PickedMicrograph PickerModel PickerOptions PickerRecord PickerScores
      PickingOptions PickingScores PlacedParticle PngEffort PngPicture Point Pose PoseErrors PoseRecord
      PoseRunContext PoseRunOptions PoseRunResult PoseScoreOptions PoseScoreResult PoseScores
      PoseTrainOptions PoseTrainPlan PotentialAtom PotentialJobOptions PotentialOptions PotentialResult
      PowerSpectrum Preset Progress ProjectionOptions Projector ProjectorOptions RadialProfile ReadImage
      RealismCurves RealismMeasure RealismPlan RealismProtocol RealismResult RealismRow ReconstructOptions
      ReconstructPlan ReconstructionRecord RefineOptions RefinePlan RefineRecord Report RingAgreement
      RingProfile RotationMatrix RowPixelSizes Safetensor SafetensorArrays SafetensorType SafetensorsFile
      Score ScoreMap ScoredPick Scorer ShapeOf ShardDone Share SimulateOptions SimulatedMicrograph
      SimulationPlan SizeEstimate Specimen SpecimenOptions Spectrum SpectrumCube SpoiltMicrographs Spot
      SpotOptions StarBlock StarColumn StarColumnInput StarFile StarTable StarValues StorageMode Structure
      StructureOptions SubsetResolution SynthesisOptions Task TaskInput TaskName TaskOptions TaskOutput
      TaskShared Tasks TemplateOptions Templates ThresholdReading TiffCompression TiffImage TiffPicture
      TrainContext TrainOptions TrainPlan TrainingState TransferCurve Translator TranslatorName Trend
      Unevenness Variant VariantsOptions VariantsResult Volume Workers"
    `);
  });
});

describe("cryogem/node", () => {
  test("exports these values", () => {
    expect(valuesOf(node)).toMatchInlineSnapshot(
      `"DEVICES expandInputs nodeContext nodeFiles openDevice threadWorkers"`,
    );
  });
  test("exports these types", () => {
    expect(typesOf(nodeSurface, node)).toMatchInlineSnapshot(
      `"Device DeviceOptions InputKind NodeContext NodeContextOptions"`,
    );
  });
});

test.each([
  ["cryogem", librarySurface!],
  ["cryogem/node", nodeSurface!],
])("%s exports every type that its signatures name", (_entry, surface) => {
  const known = new Set([...librarySurface!.names, ...surface.names]);
  const missing = surface.leadsTo.filter(
    ([exported, type]) => !known.has(type) && !isPlan(exported) && !SPELLED_OUT.includes(type),
  );
  expect(missing).toEqual([]);
});
