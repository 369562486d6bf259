/// <reference lib="dom" />
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { standardDeviation } from "../../../src/array/statistics.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { MAIN } from "../../cli/program.js";

/** The largest difference of two micrographs, in standard deviations of the second. */
export function differenceOf(shown: Float32Array, data: Float32Array): number {
  expect(shown.length).toBe(512 * 512);
  expect(data.length).toBe(512 * 512);
  const worst = shown.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
  return worst / standardDeviation(data);
}

/**
 * What the program itself writes when it is given a command of the page.
 *
 * @param at where map.mrc and model lie
 */
export async function firstMicrographOf(
  command: string,
  at: (name: string) => string,
): Promise<Float32Array> {
  const out = mkdtempSync(at("of-command-"));
  const words = command.split(" ").slice(1);
  const places: Readonly<Record<string, string>> = {
    ...{ synthetic: join(out, "synthetic"), "map.mrc": at("map.mrc"), model: at("model") },
  };
  const args = words.map((word) => places[word] ?? word);
  await promisify(execFile)(process.execPath, [MAIN, ...args, "--workers", "1", "--threads", "1"]);
  return readMrc(readFileSync(join(out, "synthetic/micrographs/000001.mrc")), "made").data;
}

/** Names of the files that a page asks for, as they come. */
export function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  return asked;
}

/** Runs in the page before its own script: keeps what the worker that simulates sends. */
export function keepResults(): void {
  const Plain = Worker;
  window.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => Object.assign(window, { last: data }));
    }
  };
}

/** The micrograph that `keepResults` kept last. */
export const lastResult = async (page: Page): Promise<Float32Array> => {
  const text = await page.evaluate(() => {
    const { made } = (window as unknown as { last: { made: { data: Float32Array } } }).last;
    const bytes = new Uint8Array(made.data.buffer);
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  });
  return new Float32Array(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
};
