import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { bunzip2 } from "../../../src/io/bytes/bunzip2.js";

/** What test/fixtures/io/bytes/make-packed.py packed with Python's bz2. */
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "one byte": new Uint8Array([7]),
  "runs of three, four, five": new Uint8Array([1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3]),
  "a run of 255 and one more": new Uint8Array(256).fill(9),
  "a period of seven": Uint8Array.from({ length: 10_000 }, (_, i) => i % 7),
  "every byte in turn": Uint8Array.from({ length: 3000 }, (_, i) => i * i),
  "zeros over two blocks": new Uint8Array(46_000_000),
};
const PACKED = JSON.parse(
  readFileSync(new URL("../../fixtures/io/bytes/bzip2.json", import.meta.url), "utf8"),
) as Record<string, string>;

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

test.each(Object.entries(CONTENTS))("%s comes back", (name, content) => {
  expect(isSame(bunzip2(new Uint8Array(Buffer.from(PACKED[name]!, "base64")), "x"), content)).toBe(true);
});

const hasBzip2 = spawnSync("bzip2", ["--help"]).status === 0;

test.skipIf(!hasBzip2)("what the bzip2 program packs comes back (needs bzip2)", () => {
  const random = Random.of(1, "bzip2");
  const contents = [
    Uint8Array.from({ length: 40_000 }, () => random.integer(256)),
    Uint8Array.from({ length: 40_000 }, () => Math.floor(6 * random.uniform() ** 3)),
    new Uint8Array(random.fillNormal(new Float32Array(20_000)).buffer),
    Uint8Array.from({ length: 950_000 }, (_, i) => (i % 5) * (random.integer(3) % 2)),
  ];
  for (const content of contents) {
    for (const level of ["-1", "-9"]) {
      const { stdout } = spawnSync("bzip2", [level, "-c"], { input: content, maxBuffer: 2 ** 24 });
      expect(isSame(bunzip2(new Uint8Array(stdout), "x"), content)).toBe(true);
    }
  }
});
