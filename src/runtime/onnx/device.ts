import type { Tensor } from "onnxruntime-common";
import type { ComputeRuntime } from "../../core/ports.js";
import { compile, constant, conv2d, input, reduceSum } from "../../tensor/index.js";
import { openOnnxCpu } from "./cpu.js";
import { hasCudaLibrary, openOnnxCuda } from "./cuda.js";
import { openOnnxWebGpu } from "./webgpu.js";

/** Where networks are computed. "auto": where a trial is fastest. */
export const DEVICES = ["auto", "cpu", "cuda", "webgpu"] as const;
export type Device = (typeof DEVICES)[number];

/** Where and with how many threads networks are computed. */
export interface DeviceOptions {
  /** Default "cpu": the same results on every machine. */
  readonly device?: Device;
  /** Of the CPU; default: all of the machine's. */
  readonly threads?: number;
}

/**
 * The runtime asked for.
 *
 * @param note is told which device "auto" took, and why not another
 * @throws UnsupportedError where a GPU was asked for and none works
 */
export async function openDevice(
  { device = "cpu", ...options }: DeviceOptions,
  note: (line: string) => void,
): Promise<ComputeRuntime<Tensor>> {
  if (device === "webgpu") return openOnnxWebGpu();
  if (device === "cuda") return openOnnxCuda();
  const cpu = await openOnnxCpu(options);
  return device === "cpu" ? cpu : fastest(cpu, note);
}

async function fastest(
  cpu: ComputeRuntime<Tensor>,
  note: (line: string) => void,
): Promise<ComputeRuntime<Tensor>> {
  let best = { runtime: cpu, ratio: 1 };
  const reasons: string[] = [];
  for (const [name, open] of hasCudaLibrary() ? [CUDA, WEBGPU] : [WEBGPU]) {
    try {
      const gpu = await open();
      const ratio = await timeOverCpu(gpu, cpu);
      if (ratio < best.ratio) best = { runtime: gpu, ratio };
      reasons.push(
        ratio < 1
          ? `a trial convolution was ${(1 / ratio).toFixed(1)} times as fast on ${name} as on the CPU`
          : `a trial convolution took ${ratio.toFixed(1)} times as long on ${name} as on the CPU`,
      );
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  note(`device: ${best.runtime.description} (${reasons.join("; ")})`);
  return best.runtime;
}

const CUDA = ["CUDA", openOnnxCuda] as const;
const WEBGPU = ["WebGPU", openOnnxWebGpu] as const;

async function timeOverCpu(gpu: ComputeRuntime<Tensor>, cpu: ComputeRuntime<Tensor>): Promise<number> {
  let ratio = 0;
  for (const side of [SMALL, LARGE]) {
    // a GPU in software is found out at the small size, before it takes seconds for the large one
    if (ratio < HOPELESS) ratio = (await trial(gpu, side)) / (await trial(cpu, side));
  }
  return ratio;
}

const [SMALL, LARGE] = [32, 128];
const HOPELESS = 20;

/** Milliseconds of a convolution, 32 channels to 32 on a square image: the better of two after one that prepares. */
async function trial(runtime: ComputeRuntime<Tensor>, side: number): Promise<number> {
  const image = [1, 32, side, side] as const;
  const [, channels, rows, columns] = image;
  const weights = constant(1e-3, [channels, channels, 3, 3]);
  const { model } = compile({ sum: reduceSum(conv2d(input("x", image), weights, { pads: 1 })) });
  const session = await runtime.load(model);
  const data = new Float32Array(channels * rows * columns).fill(1);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const { sum } = await session.run({ x: { dtype: "float32", dims: image, data } });
    await runtime.toHost(sum!);
    runtime.dispose(sum!);
    if (i > 0) best = Math.min(best, performance.now() - start);
  }
  await session.close();
  return best;
}
