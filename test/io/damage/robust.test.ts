import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/core/errors.js";
import { hasSharedData } from "../shared-data.js";
import { countAllocations, TooMuchMemory, withinMemory } from "./allocations.js";
import { CORPUS, REAL_CORPUS } from "./corpus.js";
import { mutations } from "./mutations.js";
import type { Specimen } from "./specimen.js";

countAllocations();

/** Cases over all readers; raise it for a long run. */
const CASES = Number(process.env["CRYOGEM_FUZZ_CASES"] ?? 10_000);
/** Deflate's own bound, and what tables of constant size need. */
const MOST_EXPANSION = 1032;
const CONSTANT = 16 * 2 ** 20;
/** Ends a reader that never returns, so that a run ends; no measure of speed. */
const HANGS = 3_600_000;

/** Reads damaged bytes: true if they were refused, with a message that names file, place, found and expected. */
async function isRefused({ read, name }: Specimen, bytes: Uint8Array): Promise<boolean> {
  try {
    await withinMemory(bytes.length * 2 * MOST_EXPANSION + CONSTANT, () => read(bytes, name));
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof UnsupportedError)) throw error;
    expect(error.message).toMatch(/^[^:]+: .+: found .*, expected .+$/s);
    return true;
  }
  return false;
}

/** Cases between which the test runner gets its turn. */
const BATCH = 2000;

async function runs(specimens: readonly Specimen[], cases: number): Promise<void> {
  let refused = 0;
  for (let done = 0; done < cases; done += BATCH) {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...specimens), mutations, async (specimen, mutate) => {
        const damage = specimen.damage ?? ((bytes, change) => change(bytes));
        if (await isRefused(specimen, damage(specimen.bytes, mutate))) refused++;
      }),
      { numRuns: Math.min(BATCH, cases - done), seed: 20_141 + done },
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Not a test of nothing: much of the damage is seen, and much is harmless.
  expect(refused / cases).toBeGreaterThan(0.3);
  expect(refused / cases).toBeLessThan(0.98);
}

test("every specimen can be read before it is damaged", async () => {
  for (const specimen of [...CORPUS, ...REAL_CORPUS]) {
    expect(await isRefused({ ...specimen }, specimen.bytes), specimen.name).toBe(false);
  }
});

test("the memory limit stops a reader that believes a lying header", async () => {
  await expect(withinMemory(1000, () => new Float32Array(1e9))).rejects.toThrow(TooMuchMemory);
  await expect(withinMemory(1000, () => Float32Array.from({ length: 1000 }))).rejects.toThrow(TooMuchMemory);
});

describe("damaged files are refused with a message or read, in little memory", () => {
  test(`${CASES} cases of small files`, () => runs(CORPUS, CASES), HANGS);

  test.skipIf(!hasSharedData)(
    `${Math.ceil(CASES / 8)} cases of real files (needs ../shared/data)`,
    () => runs(REAL_CORPUS, Math.ceil(CASES / 8)),
    HANGS,
  );
});
