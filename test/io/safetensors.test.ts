import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors, type Safetensor, writeSafetensors } from "../../src/io/safetensors.js";

const f32 = (...values: number[]): Safetensor => ({
  dtype: "F32",
  shape: [values.length],
  data: new Float32Array(values),
});

/** A file with this header, whatever it says, and a body. */
function file(header: unknown, body: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + body);
  out[0] = json.length;
  out[1] = json.length >> 8;
  out.set(json, 8);
  return out;
}

test("a file as the specification describes it", () => {
  const bytes = file(
    { a: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] }, __metadata__: { k: "v" } },
    8,
  );
  bytes.set(new Uint8Array(new Float32Array([1.5, -2]).buffer), bytes.length - 8);
  const { tensors, metadata } = readSafetensors(bytes, "m.safetensors");
  expect(tensors.get("a")).toEqual({ dtype: "F32", shape: [1, 2], data: new Float32Array([1.5, -2]) });
  expect(metadata).toEqual({ k: "v" });
});

test("what is written is 8-byte aligned and read back, values that are no numbers among them", () => {
  const tensor: fc.Arbitrary<Safetensor> = fc.oneof(
    fc.float32Array().map((data) => ({ dtype: "F32" as const, shape: [data.length], data })),
    fc.float64Array().map((data) => ({ dtype: "F64" as const, shape: [1, data.length], data })),
    fc.int32Array().map((data) => ({ dtype: "I32" as const, shape: [data.length, 1], data })),
    fc.uint8Array().map((data) => ({ dtype: "U8" as const, shape: [data.length], data })),
  );
  const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }),
      fc.dictionary(name, name),
      (entries, metadata) => {
        const bytes = writeSafetensors(entries, metadata);
        expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
        const back = readSafetensors(bytes, "m.safetensors");
        expect(new Map([...back.tensors].toSorted())).toEqual(new Map(entries.toSorted()));
        expect({ ...back.metadata }).toEqual({ ...metadata });
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

test("the same content gives the same bytes", () => {
  const write = () =>
    writeSafetensors(
      [
        ["a", f32(1, 2)],
        ["b", f32(3)],
      ],
      { step: "7" },
    );
  expect(write()).toEqual(write());
});

describe("lying headers are refused", () => {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  test.each([
    ["too short", new Uint8Array(7), "file size: found 7"],
    ["a header beyond the end", new Uint8Array(8).fill(255), "first 8 bytes (header length)"],
    ["no JSON", file("nonsense", 0), "header: found"],
    ["a list", file([], 0), "header: found"],
    ["an unknown type", file({ a: { ...entry, dtype: "F3" } }, 8), 'a, dtype: found "F3", expected F32'],
    ["a name of Object's own", file({ a: { ...entry, dtype: "constructor" } }, 8), "a, dtype"],
    ["a negative count", file({ a: { ...entry, shape: [-2] } }, 8), "a, shape: found [-2]"],
    ["a huge shape", file({ a: { ...entry, shape: [2 ** 40, 2 ** 40] } }, 8), "a, data_offsets"],
    ["offsets beyond the end", file({ a: entry }, 4), "a, data_offsets: found [0,8], expected at most 4"],
    ["a gap", file({ a: { ...entry, data_offsets: [4, 12] } }, 12), "to start at 0"],
    [
      "an overlap",
      file({ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12),
      "b, data_offsets: found [4,12], expected to start at 8",
    ],
    ["bytes left over", file({ a: entry }, 9), "file size"],
    ["metadata of numbers", file({ __metadata__: { a: 1 } }, 0), "__metadata__"],
  ])("%s", (_name, bytes, message) => {
    expect(() => readSafetensors(bytes, "m.safetensors")).toThrow(message);
  });

  test("writing checks shapes and names", () => {
    expect(() => writeSafetensors([["a", { ...f32(1, 2), shape: [3] } as Safetensor]])).toThrow("2 elements");
    expect(() =>
      writeSafetensors([
        ["a", f32(1)],
        ["a", f32(2)],
      ]),
    ).toThrow("a new name");
  });
});
