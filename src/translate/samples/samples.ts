import { type Image, zeros } from "../../array/image.js";
import { correlation } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import { cleanInput, generatorInput, type NoiseField } from "../noise/field.js";
import { cutCrop, drawCrop } from "./crop.js";
import { addBoxes, type Centre } from "./particle-average.js";
import type { SamplerOptions, TrainingSet } from "./sampler.js";

/** The same few crops, looked at again and again while a training runs. */
export interface SampleSet {
  readonly size: number;
  /** Clean physics crops in units of the network's input, its planes of them, and particle centres within them. */
  readonly simulated: readonly {
    readonly clean: Image;
    readonly planes: readonly Image[];
    readonly centres: readonly Centre[];
  }[];
  readonly real: readonly Image[];
  /** Side of the boxes cut around particles, pixels. */
  readonly box: number;
}

/** What a sample shows. */
export interface Sample {
  /** A row for each of the first crops: real, clean physics, with noise, translated; at one grey scale. */
  readonly picture: Image;
  /**
   * Correlation between the average particle cut out of all translated crops and the same of the clean crops: 1 where the
   * particles stayed in place, near 0 where the content was lost. NaN where the crops hold no whole particle.
   */
  readonly particleCorrelation: number;
  /** All translated crops. */
  readonly translated: readonly Image[];
}

const CROPS = 6;
/** Where the best generator is kept, by what they look like: one more costs a pass of the generator. */
const JUDGED_CROPS = 16;
const ROWS = 2;
const GAP = 4;

/** Draws the crops of a training's samples: the same for the same seed. */
export async function drawSamples(
  set: TrainingSet,
  noise: NoiseField,
  { crop: size, seed, noiseAt = "input", keep }: SamplerOptions,
): Promise<SampleSet> {
  const simulated: SampleSet["simulated"][number][] = [];
  const real: Image[] = [];
  for (let i = 0; i < (keep === "best" ? JUDGED_CROPS : CROPS); i++) {
    const random = Random.of(seed, "sample", i);
    const source = await set.simulated.load(i % set.simulated.count);
    const place = { ...drawCrop(source.image.shape, size, random), turn: 0 };
    const data = cutCrop(source.image.data, source.image.shape[1], place, new Float32Array(size * size));
    const crop: Image = { data, shape: [size, size] };
    simulated.push({
      clean: cleanInput(crop, source.mean, noise),
      planes: generatorInput({ ...source, image: crop }, noise, random, noiseAt),
      centres: source.centres.map(({ x, y }) => ({ x: x - place.column, y: y - place.row })),
    });
    if (i < ROWS) real.push(await realCrop(set, i, size, random));
  }
  const box = Math.min(size, Math.max(8, 2 * Math.round((0.75 * set.particleDiameter) / set.pixelSize)));
  return { size, simulated, real, box };
}

async function realCrop(set: TrainingSet, index: number, size: number, random: Random): Promise<Image> {
  const { data, shape } = await set.real.load(index % set.real.count);
  const place = { ...drawCrop(shape, size, random), turn: 0 };
  return { data: cutCrop(data, shape[1], place, new Float32Array(size * size)), shape: [size, size] };
}

/** Translates the crops and looks at them. */
export async function takeSample(
  set: SampleSet,
  translate: (planes: readonly Image[]) => Promise<Float32Array>,
): Promise<Sample> {
  const { size, box } = set;
  const translatedSum = new Float64Array(box * box);
  const cleanSum = new Float64Array(box * box);
  const picture = zeros(ROWS * (size + GAP) - GAP, 4 * (size + GAP) - GAP);
  const made: Image[] = [];
  let particles = 0;
  for (const [row, { clean, planes, centres }] of set.simulated.entries()) {
    const translated: Image = { data: await translate(planes), shape: clean.shape };
    made.push(translated);
    addBoxes(translated, centres, box, translatedSum);
    particles += addBoxes(clean, centres, box, cleanSum);
    if (row >= ROWS) continue;
    [set.real[row]!, clean, sumOf(planes), translated].forEach((panel, column) => {
      paste(panel, picture, row * (size + GAP), column * (size + GAP));
    });
  }
  return {
    picture,
    particleCorrelation: particles === 0 ? Number.NaN : correlation(translatedSum, cleanSum),
    translated: made,
  };
}

const sumOf = ([first, ...others]: readonly Image[]): Image => ({
  data: first!.data.map((value, i) => others.reduce((sum, { data }) => sum + data[i]!, value)),
  shape: first!.shape,
});

function paste({ data, shape: [rows, columns] }: Image, into: Image, top: number, left: number): void {
  for (let r = 0; r < rows; r++) {
    into.data.set(data.subarray(r * columns, (r + 1) * columns), (top + r) * into.shape[1] + left);
  }
}
