import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileError, FormatError } from "../../../src/core/errors.js";
import { inlineWorkers } from "../../../src/jobs/shared/inline-workers.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { packError, unpackError } from "../../../src/runtime/workers/errors.js";
import { Gate } from "../../../src/runtime/workers/gate.js";
import { shareArrays } from "../../../src/runtime/workers/share.js";
import { threadWorkers } from "../../../src/runtime/workers/workers.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
// the first is by far the slowest, so that results come out of order
const texts = ["a".repeat(50_000_000), ..."bcdefghij"];
const paths = texts.map((text, i) => {
  const path = join(dir, `${i}.txt`);
  writeFileSync(path, text);
  return path;
});
const expected = texts.map((text, i) => ({
  path: paths[i],
  sha256: createHash("sha256").update(text).digest("hex"),
}));
const signal = new AbortController().signal;

describe.each([
  ["inline", inlineWorkers(nodeFiles)],
  ["one thread", threadWorkers(1)],
  ["three threads", threadWorkers(3)],
])("%s", (_name, workers) => {
  afterAll(() => workers.close());

  test("results stand in the order of the inputs, each is reported once", async () => {
    const seen: number[] = [];
    const results = await workers.map("hash-file", paths, {
      signal,
      onResult: (_, index) => seen.push(index),
    });
    expect(results).toEqual(expected);
    expect(seen.toSorted((a, b) => a - b)).toEqual(paths.map((_, i) => i));
  });

  test("an error of a task arrives with its class, message and fields", async () => {
    const missing = join(dir, "none.txt");
    const error = await workers.map("hash-file", [paths[1]!, missing], { signal }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: "E_FILE", path: missing });
    expect((error as Error).message).toBe(`${missing}: found nothing there, expected a readable file`);
  });

  test("a failure does not spoil the pool", async () => {
    expect(await workers.map("hash-file", paths.slice(1), { signal })).toEqual(expected.slice(1));
  });

  test("tasks are known by name, with the types of what they take and share", async () => {
    // @ts-expect-error no task has this name
    await expect(workers.map("no-such-task", [1], { signal })).rejects.toThrow();
    // @ts-expect-error this task takes paths
    await expect(workers.map("hash-file", [1], { signal })).rejects.toThrow();
    // @ts-expect-error this task has to be told the folder
    await expect(workers.map("simulate-micrograph", [0], { signal })).rejects.toThrow();
  });

  test("no inputs, no results", async () => {
    expect(await workers.map("hash-file", [], { signal })).toEqual([]);
  });
});

test("abort stops a running pool with the signal's AbortError", async () => {
  const workers = threadWorkers(2);
  const controller = new AbortController();
  let reported = 0;
  const many = Array.from({ length: 1000 }, () => paths[0]!);
  const result = workers
    .map("hash-file", many, {
      signal: controller.signal,
      onResult: () => {
        reported++;
        controller.abort();
      },
    })
    .catch((error: unknown) => error);
  expect(await result).toMatchObject({ name: "AbortError" });
  // those under way at most: nothing new is begun
  expect(reported).toBeLessThanOrEqual(2);
  await workers.close();
});

test("errors of other classes keep their name and their stack", () => {
  const back = unpackError(structuredClone(packError(new RangeError("too far"))));
  expect(back.name).toBe("RangeError");
  expect(back.stack).toContain("workers.test.ts");
  const ours = unpackError(structuredClone(packError(new FormatError("a.mrc", "word 4", 3, "2"))));
  expect(ours).toBeInstanceOf(FormatError);
  expect(ours.message).toBe("a.mrc: word 4: found 3, expected 2");
  // the command line puts dashes before the options in it
  ours.message = "other";
  expect(ours.message).toBe("other");
});

test("a closed gate waits for the writes under way and lets no other begin", async () => {
  const gate = new Gate();
  let finish = (): void => {};
  let later = false;
  const write = gate.pass(() => new Promise<void>((resolve) => (finish = resolve)));
  const closed = gate.close().then(() => "closed");
  void gate.pass(async () => (later = true));
  expect(await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 30, "open"))])).toBe(
    "open",
  );
  finish();
  await write;
  expect(await closed).toBe("closed");
  expect(later).toBe(false);
});

test("large arrays are moved to shared memory, small ones and other data stay", () => {
  const large = new Float32Array(1 << 15).fill(3);
  const small = Float32Array.of(1);
  const shared = shareArrays({ list: [{ large, small }], text: "x", none: null }) as {
    list: [{ large: Float32Array; small: Float32Array }];
    text: string;
    none: null;
  };
  expect(shared.list[0].large.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(shared.list[0].large).toEqual(large);
  expect(shared.list[0].small).toBe(small);
  expect([shared.text, shared.none]).toEqual(["x", null]);
});
