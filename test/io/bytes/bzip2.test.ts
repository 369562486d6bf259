import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { bunzip2 } from "../../../src/io/bytes/bunzip2.js";
import { bzip2 } from "../../../src/io/bytes/bzip2.js";
import { sortRotations } from "../../../src/io/bytes/bzip2-sort.js";

const random = Random.of(1, "bzip2");

/** Content that meets each branch: the last two end a block in the middle of a run. */
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "one byte": new Uint8Array([7]),
  "a run of three, four, five": new Uint8Array([1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3]),
  "a run of 255 and one more": new Uint8Array(256).fill(9),
  "a period of seven": Uint8Array.from({ length: 10_000 }, (_, i) => i % 7),
  "every byte": Uint8Array.from({ length: 40_000 }, () => random.integer(256)),
  "a few, unequal bytes": Uint8Array.from({ length: 40_000 }, () => Math.floor(6 * random.uniform() ** 3)),
  floats: new Uint8Array(random.fillNormal(new Float32Array(20_000)).buffer),
  "zeros over two blocks": new Uint8Array(46_000_000),
  "more than a block": Uint8Array.from({ length: 950_000 }, (_, i) => (i % 5) * (random.integer(3) % 2)),
};

const packed = new Map<string, Uint8Array>();
function packedOf(name: string): Uint8Array {
  const known = packed.get(name) ?? bzip2(CONTENTS[name]!);
  packed.set(name, known);
  return known;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

test.each(Object.entries(CONTENTS))("%s comes back", (name, content) => {
  expect(isSame(bunzip2(packedOf(name), "x"), content)).toBe(true);
});

test("any content comes back", () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 300 })), { maxLength: 40 }),
  );
  fc.assert(
    fc.property(content, (given) => {
      const bytes =
        given instanceof Uint8Array
          ? given
          : Uint8Array.from(given.flatMap(([byte, times]) => new Array<number>(times).fill(byte)));
      expect(isSame(bunzip2(bzip2(bytes), "x"), bytes)).toBe(true);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("rotations are sorted, as comparing them byte by byte says", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 }), (values) => {
      const block = Uint8Array.from(values);
      const rotation = (at: number): string => [...values.slice(at), ...values.slice(0, at)].join("");
      const rotations = [...sortRotations(block)].map(rotation);
      expect(rotations).toEqual(values.map((_, i) => rotation(i)).sort());
    }),
    { numRuns: 500, seed: 1 },
  );
});

const program = (...args: string[]): boolean => spawnSync(args[0]!, args.slice(1)).status === 0;

test.skipIf(!program("bzip2", "--help"))("the bzip2 program reads it, and packs hardly better", () => {
  for (const [name, content] of Object.entries(CONTENTS)) {
    const ours = packedOf(name);
    const options = { maxBuffer: 2 ** 28 };
    const { stdout, stderr } = spawnSync("bzip2", ["-dc"], { ...options, input: ours });
    expect(stderr.toString(), name).toBe("");
    expect(isSame(stdout, content), name).toBe(true);
    const theirs = spawnSync("bzip2", ["-9c"], { ...options, input: content }).stdout;
    expect(ours.length, name).toBeLessThan(1.03 * theirs.length + 8);
  }
});

test.skipIf(!program("/usr/bin/python3", "-c", "import bz2"))("Python's bz2 reads it", () => {
  const content = CONTENTS["floats"]!;
  const script = "import sys, bz2; sys.stdout.buffer.write(bz2.decompress(sys.stdin.buffer.read()))";
  const { stdout } = spawnSync("/usr/bin/python3", ["-c", script], { input: bzip2(content) });
  expect(isSame(stdout, content)).toBe(true);
});
