import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/core/errors.js";
import { bunzip2 } from "../../../src/io/bytes/bunzip2.js";
import { gunzip, gzip } from "../../../src/io/bytes/gunzip.js";
import { decodeText } from "../../../src/io/bytes/text.js";
import { pack, unpack } from "../../../src/io/bytes/unpack.js";
import { Unpacked } from "../../../src/io/bytes/unpacked.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readImage } from "../../../src/io/read-image.js";
import { readMap } from "../../../src/io/read-map.js";
import { readPixels } from "../../../src/io/read-pixels.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { readStructure } from "../../../src/io/structure/read.js";
import { applyAssembly, selectAtoms } from "../../../src/io/structure/structure.js";
import { fixture } from "../picture.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";

/** What test/fixtures/io/bytes/make-packed.py packed. */
function content(): Uint8Array {
  const out = new Uint8Array(250_000);
  let state = 1n;
  for (let at = 0; at < out.length; ) {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    const times = 1 << (Number((state >> 20n) & 15n) % 10);
    out.fill(Number((state >> 16n) & 7n), at, at + times);
    at += times;
  }
  return out;
}

describe.each(["packed.gz", "packed.bz2"])("%s", (name) => {
  const bytes = fixture(`bytes/${name}`);
  test("is unpacked, whatever its name", () => {
    expect(Buffer.from(unpack(bytes, "x")).equals(Buffer.from(content()))).toBe(true);
  });

  test("every truncation is refused", () => {
    for (let length = 4; length < bytes.length - 1; length += 97) {
      expect(() => unpack(bytes.subarray(0, length), "x"), `${length} bytes`).toThrow(/^x: (gzip|bzip2)/);
    }
  });

  test("every flipped bit is refused, or stands in a header where it changes nothing", () => {
    for (let at = 20; at < bytes.length; at += 61) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      const result = attempt(() => unpack(damaged, "x"));
      if (result instanceof Error) expect(result.message).toMatch(/^x: (gzip|bzip2)/);
      else expect(Buffer.from(result).equals(Buffer.from(content())), `byte ${at}`).toBe(true);
    }
  });
});

function attempt(run: () => Uint8Array): Uint8Array | FormatError {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

test("gzip is undone, and the same bytes give the same file", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      expect(gunzip(gzip(bytes), "x")).toEqual(bytes);
    }),
    { numRuns: 100, seed: 1 },
  );
  expect(gzip(content())).toEqual(gzip(content()));
});

test("a few bytes of bzip2 that stand for more than their beginning promises are refused", () => {
  // 900 kB of zeros a block, by run lengths 45 MB
  const stream = Uint8Array.from(
    atob("QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXF3JFOFCQDgni3w=="),
    (c) => c.charCodeAt(0),
  );
  expect(() => bunzip2(stream, "x", () => 1_000_000)).toThrow(
    'x: bzip2: found "45899235 bytes and more", expected at most 1000000 bytes',
  );
});

describe("a packed file that unpacks to more than it can hold is refused before it is all unpacked", () => {
  const header = writeMrc({ data: new Float32Array(60), shape: [3, 4, 5], voxelSize: 1.5, kind: "volume" });
  const bomb = (start: Uint8Array, zeros: number): Uint8Array =>
    new Uint8Array(gzipSync(Buffer.concat([start, Buffer.alloc(zeros)])));

  test.each([
    ["readMap", (bytes: Uint8Array) => readMap(bytes, "a.mrc.gz")],
    ["readImage", (bytes: Uint8Array) => readImage(bytes, "a.mrc.gz")],
    ["readPixels", (bytes: Uint8Array) => readPixels(bytes, "a.mrc.gz")],
    ["readMrc", async (bytes: Uint8Array) => readMrc(bytes, "a.mrc.gz")],
  ])("%s: by its header's promise", async (_name, read) => {
    await expect(read(bomb(header, 5_000_000))).rejects.toThrow(
      /^a.mrc.gz: gzip: found "\d+ bytes and more", expected at most 1264 bytes from a file of \d+$/,
    );
  });

  test("without a promise by a bound of 256 MiB, or a hundred times the packed bytes", () => {
    const part = new Uint8Array(2 ** 26);
    const collected = new Unpacked(1000, "a.star.gz", "gzip");
    for (let i = 0; i < 4; i++) collected.add(part);
    expect(() => collected.add(part.subarray(0, 1))).toThrow(
      'a.star.gz: gzip: found "268435457 bytes and more", expected at most 268435456 bytes from a file of 1000',
    );
    const large = new Unpacked(3_000_000, "a.star.gz", "gzip");
    for (let i = 0; i < 4; i++) large.add(part);
    large.add(new Uint8Array(300_000_000 - 2 ** 28));
    expect(() => large.add(part.subarray(0, 1))).toThrow("at most 300000000 bytes");
  });

  test("a promise that no array can hold is refused before anything is kept", () => {
    const collected = new Unpacked(1000, "a.mrc.gz", "gzip", () => 2 ** 32 + 1024);
    expect(() => collected.add(new Uint8Array(1024))).toThrow(
      'a.mrc.gz: gzip: found "4294968320 bytes, from the header", expected at most 4294967296 bytes: unpack it first',
    );
  });

  test("a text longer than a string can be", () => {
    // its length alone is looked at: the bytes are never touched
    const endless = new Uint8Array(0x20000000);
    expect(() => decodeText(endless, "a.star")).toThrow(
      'a.star: text: found "536870912 bytes", expected at most 536870888',
    );
  });
});

test("the name says how a file is packed", () => {
  const bytes = content();
  expect([...pack(bytes, "a.mrc.gz").subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  expect(() => pack(bytes, "a.mrc.BZ2")).toThrow("a.mrc.BZ2: found a name in .bz2, expected .gz or neither");
  expect(pack(bytes, "a.mrc")).toBe(bytes);
});

test("readers take packed files", async () => {
  const data = new Float32Array([1, 2, 3, 4]);
  const packed = gzip(writeMrc({ data, shape: [1, 2, 2], voxelSize: 1.5 }));
  expect(readMrc(packed, "a.mrc.gz").data).toEqual(data);
  expect(await readImage(packed, "a.mrc.gz")).toEqual({ image: { data, shape: [2, 2] }, pixelSize: 1.5 });
  expect(readMrc(gzip(writeMrc({ data, shape: [4, 1, 1], voxelSize: 1 })), "a.mrcs.gz").isStack).toBe(true);
  expect(
    parseStar(decodeText(gzip(new TextEncoder().encode("data_x\n_a 1\n")), "a"), "a")
      .table("x")
      .strings("a"),
  ).toEqual(["1"]);
});

test("a model is mmCIF by its name or its first words", () => {
  const cif =
    "# made by hand\ndata_X\nloop_\n_atom_site.type_symbol\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nC 1 2 3\n";
  const encode = (text: string) => new TextEncoder().encode(text);
  expect(readStructure(encode(cif), "x").atoms).toHaveLength(1);
  const pdb = "ATOM      1  CA  ALA A   5      11.104   6.134  -6.504  0.50 17.25           C  ";
  expect(readStructure(gzip(encode(pdb)), "x.ent.gz").atoms).toHaveLength(1);
  expect(() => readStructure(encode(pdb), "x.cif")).toThrow("x.cif: line 1: found");
});

describe.skipIf(!hasSharedData)("a real model (needs ../shared/data)", () => {
  test("GroEL, gzip: its assembly has all 28 chains, though their list goes on without AND CHAINS", () => {
    const structure = readStructure(sharedBytes("maps/1MNF_GroEL.pdb.gz"), "1MNF.pdb.gz");
    const chains = applyAssembly(structure, selectAtoms(structure.atoms)).map(({ chain }) => chain);
    expect(new Set(chains).size).toBe(28);
    expect(structure.assemblies[0]!.operations).toHaveLength(1);
  });
});
