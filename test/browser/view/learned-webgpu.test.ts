/// <reference lib="dom" />
import { basename } from "node:path";
import proto from "onnx-proto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ON_GPU } from "../../../src/runtime/onnx/on-gpu.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";
import { describeView, type LookedAt } from "../../helpers/view/browser.js";
import {
  differenceOf,
  firstMicrographOf,
  keepResults,
  lastResult,
  requestsOf,
} from "../../helpers/view/learned-page.js";

const { dir, at, prepare } = toyTrainingJob();

/** Scripts and data of ONNX Runtime, without and with WebGPU. */
const PLAIN = "onnxruntime.bin";
const ON_CARD = ["webgpu.js", "onnxruntime-webgpu.bin"];

/** Chromium's WebGPU in software, which says of itself that it is no card. */
const SOFTWARE = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
/** As a card would: what the page asks the adapter is answered otherwise, what computes stays the same. */
const AS_CARD = 'Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { value: false });';
/** Counts what the card is told to compute, and keeps it at hand. */
const COUNTED = `
  self.dispatches = 0;
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...sizes) {
    self.dispatches++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...wishes) {
    self.card = await requestDevice.apply(this, wishes);
    return self.card;
  };`;
const WITHOUT_DEVICE = 'GPUAdapter.prototype.requestDevice = async () => { throw new Error("no device"); };';

/** In standard deviations of the micrograph: sums of single precision in another order. */
const SAME = 1e-4;

const shows = async (): Promise<void> => void (await prepare());

/** The page with learned noise on it. @param before runs in the thread that simulates, before its own script */
async function learnedNoise(look: LookedAt, before = "") {
  const page = await look.open("0/map.mrc");
  await page.route("**/make.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `{${before}}\n${await response.text()}` });
  });
  const asked = requestsOf(page);
  await page.addInitScript(keepResults);
  await page.reload();
  await page.getByRole("link", { name: "Simulate micrographs of it" }).click();
  await page.getByLabel("Kind").selectOption({ label: `model: ${basename(dir)}/model` });
  await page.getByText(/, noise \d+ ms/).waitFor({ timeout: 60_000 });
  return { page, asked };
}

async function anotherOne(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Another one/ }).click();
  await page.getByText("Computing…").waitFor();
  await page.getByText(/, noise \d+ ms/).waitFor({ timeout: 60_000 });
}

const status = (page: Page): Promise<string> => page.locator(".head .facts-line").innerText();

async function expectThePictureOfTheCommand(page: Page): Promise<void> {
  const command = await page.locator(".command code").innerText();
  expect(differenceOf(await lastResult(page), await firstMicrographOf(command, at))).toBeLessThan(SAME);
}

/** Takes what the console was told about WebGPU out of the complaints. */
function toldOfFailures({ complaints }: LookedAt): string[] {
  const isTold = (text: string): boolean => text.includes("WebGPU failed");
  const told = complaints.filter(isTold);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !isTold(text)));
  return told;
}

/** A graph of one operation on square matrices. */
function graphOf(opType: string): Uint8Array {
  const shape = { dim: [3, 3].map((dimValue) => ({ dimValue })) };
  const x = { name: "x", type: { tensorType: { elemType: 1, shape } } };
  const y = { name: "y", type: { tensorType: { elemType: 1 } } };
  const graph = { name: "one", node: [{ opType, input: ["x"], output: ["y"] }], input: [x], output: [y] };
  return proto.onnx.ModelProto.encode({ irVersion: 10, opsetImport: [{ version: 21 }], graph }).finish();
}

interface Counted {
  readonly dispatches: number;
  readonly card: { destroy(): void };
}

describeView("learned noise by WebGPU", { dir, prepare: shows, flags: SOFTWARE }, (look) => {
  test("a card computes the picture of the command, and WebAssembly when the card is lost", async () => {
    const { page, asked } = await learnedNoise(look(), AS_CARD + COUNTED);
    expect(await status(page)).toMatch(/noise \d+ ms \(WebGPU\)$/);
    const [worker] = page.workers();
    const dispatches = () => worker!.evaluate(() => (self as unknown as Counted).dispatches);
    const before = await dispatches();
    await anotherOne(page);
    expect(await dispatches()).toBeGreaterThan(before);
    await expectThePictureOfTheCommand(page);
    expect(asked).toEqual(expect.arrayContaining(ON_CARD));
    expect(asked).not.toContain(PLAIN);

    await worker!.evaluate(() => (self as unknown as Counted).card.destroy());
    await anotherOne(page);
    expect(await status(page)).toMatch(/noise \d+ ms \(WebAssembly\)$/);
    await expectThePictureOfTheCommand(page);
    expect(toldOfFailures(look())).toEqual([expect.stringContaining("The Device was lost")]);
    await page.context().close();
  });

  test("a graph of which a node would be on the CPU is refused", async () => {
    const { page } = await learnedNoise(look(), AS_CARD);
    const [worker] = page.workers();
    const load = (opType: string): Promise<string> =>
      // as a text: the tests' compiler would put its own import in place of the browser's
      worker!.evaluate(`import("/webgpu.js").then(({ InferenceSession }) =>
        InferenceSession.create(Uint8Array.of(${[...graphOf(opType)]}), ${JSON.stringify(ON_GPU)}).then(
          () => "loaded",
          (error) => String(error.message ?? error),
        ))`);
    expect(await load("Tanh")).toBe("loaded");
    expect(await load("Det")).toMatch(/nodes that are assigned to the default CPU/);
    await page.context().close();
  });

  test("WebGPU in software is left alone", async () => {
    const { page, asked } = await learnedNoise(look());
    expect(await status(page)).toMatch(/noise \d+ ms \(WebAssembly\)$/);
    expect(asked).toContain(PLAIN);
    expect(asked.filter((name) => ON_CARD.includes(name))).toEqual([]);
    await page.context().close();
  });

  test("a network that the card cannot take is computed in WebAssembly", async () => {
    const { page, asked } = await learnedNoise(look(), AS_CARD + WITHOUT_DEVICE);
    expect(await status(page)).toMatch(/noise \d+ ms \(WebAssembly\)$/);
    expect(asked).toEqual(expect.arrayContaining([...ON_CARD, PLAIN]));
    await expectThePictureOfTheCommand(page);
    expect(toldOfFailures(look())).toHaveLength(1);
    await page.context().close();
  });
});
