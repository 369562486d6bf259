import type { Knobs } from "./knobs.js";
import type { Learned } from "./learned.js";
import { type Made, Model } from "./model.js";
import type { Processor } from "./onnxruntime.js";

/** What the page sends: a map before its first knobs, a translator before those that want its noise, then knobs. */
export type Order =
  | { readonly map: ArrayBuffer; readonly name: string }
  | { readonly translator: ArrayBuffer; readonly name: string }
  | { readonly knobs: Knobs };

/** A micrograph, and how long it took. */
export interface Result {
  readonly made: Made;
  /** Seconds of the simulation. */
  readonly simulation: number;
  /** Seconds of the learned noise, where there is some. */
  readonly translation?: number;
  /** What computed its network, where it has one. */
  readonly processor?: Processor;
  /** A better contrast for the translator than the one that the knobs have, where that is far off. */
  readonly betterSignal?: number;
}

/** What comes back; nothing for a translator. */
export type Reply =
  | { readonly voxelSize: number; readonly diameter: number }
  | Result
  | { readonly error: string };

let model: Promise<Model> | undefined;
let learned: Promise<Learned> | undefined;

async function work(order: Order): Promise<Reply | undefined> {
  if ("map" in order) {
    model = Model.of(new Uint8Array(order.map), order.name);
    const { voxelSize, diameter } = await model;
    return { voxelSize, diameter };
  }
  if ("translator" in order) {
    const before = learned;
    learned = openLearned(order.translator, order.name);
    // whether it can be opened is said with the first knobs that want it
    await Promise.allSettled([learned, before?.then((other) => other.close())]);
    return undefined;
  }
  return make(order.knobs);
}

async function make(knobs: Knobs): Promise<Result> {
  const began = performance.now();
  const made = (await model!).make(knobs);
  const simulated = performance.now();
  const simulation = (simulated - began) / 1000;
  if (knobs.noise !== "learned") return { made, simulation };
  const { data, ...more } = await (await learned!).translate(made.data, knobs);
  const translation = (performance.now() - simulated) / 1000;
  return { made: { ...made, data }, simulation, translation, ...more };
}

/** The networks' code and ONNX Runtime are loaded with the first translator: most who simulate need neither. */
async function openLearned(bytes: ArrayBuffer, name: string): Promise<Learned> {
  const { Learned } = await import("./learned.js");
  return Learned.of(new Uint8Array(bytes), name);
}

self.onmessage = ({ data }: MessageEvent<Order>): void => {
  work(data).then(
    (reply) => reply && self.postMessage(reply),
    (error: Error) => self.postMessage({ error: error.message } satisfies Reply),
  );
};
