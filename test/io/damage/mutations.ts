import fc from "fast-check";

/** A change to the bytes of a file. */
export type Mutation = (bytes: Uint8Array) => Uint8Array;

/** Numbers that headers lie with. */
const EXTREMES = [
  ...[0, 1, -1, 2, 3, 5, 8, 32773, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff],
  ...[65536, 1e6, 2e7, 1e8, 0x7fffffff, -0x80000000, 0x40000000, 0x10000000],
];

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
/** A place that favours the beginning of a file, where headers are. */
const headPlace = place.map((p) => p ** 4);
const anywhere = fc.oneof(place, headPlace);
const indexIn = (bytes: Uint8Array, p: number): number => Math.floor(p * bytes.length);

const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
};

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const flipBit = fc.tuple(anywhere, fc.nat(7)).map(
  ([p, bit]): Mutation =>
    (bytes) =>
      changed(bytes, (copy) => {
        copy[indexIn(copy, p)]! ^= 1 << bit;
      }),
);
const setByte = fc.tuple(anywhere, fc.nat(255)).map(
  ([p, value]): Mutation =>
    (bytes) =>
      changed(bytes, (copy) => {
        copy[indexIn(copy, p)] = value;
      }),
);
/** A 16 or 32-bit word of either order, on its own boundary. */
const setWord = fc.tuple(anywhere, fc.constantFrom(...EXTREMES), fc.boolean(), fc.constantFrom(2, 4)).map(
  ([p, value, littleEndian, width]): Mutation =>
    (bytes) =>
      changed(bytes, (copy) => {
        const at = Math.floor(indexIn(copy, p) / width) * width;
        if (at + width > copy.length) return;
        const view = new DataView(copy.buffer, copy.byteOffset);
        if (width === 2) view.setInt16(at, value, littleEndian);
        else view.setInt32(at, value, littleEndian);
      }),
);
const truncate = anywhere.map(
  (p): Mutation =>
    (bytes) =>
      bytes.slice(0, indexIn(bytes, p)),
);
const cutOut = fc.tuple(anywhere, fc.integer({ min: 1, max: 40 })).map(
  ([p, length]): Mutation =>
    (bytes) =>
      join(bytes.subarray(0, indexIn(bytes, p)), bytes.subarray(indexIn(bytes, p) + length)),
);
const repeat = fc.tuple(anywhere, fc.integer({ min: 1, max: 60 })).map(
  ([p, length]): Mutation =>
    (bytes) =>
      join(bytes.subarray(0, indexIn(bytes, p) + length), bytes.subarray(indexIn(bytes, p))),
);
const insert = fc.tuple(anywhere, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
  ([p, inserted]): Mutation =>
    (bytes) =>
      join(bytes.subarray(0, indexIn(bytes, p)), inserted, bytes.subarray(indexIn(bytes, p))),
);
/** Words that mean something to the text formats, and numbers that are too large for anything. */
const insertText = fc
  .tuple(
    anywhere,
    fc.constantFrom(
      "data_",
      "loop_\n",
      "_rlnX ",
      "\n;",
      '"',
      "'",
      "#",
      "\n",
      "\t",
      "-",
      "1e999",
      "99999999999",
      "{",
      "]",
      ",",
      "nan",
      "(1-9999999)",
    ),
  )
  .map(
    ([p, text]): Mutation =>
      (bytes) =>
        join(
          bytes.subarray(0, indexIn(bytes, p)),
          new TextEncoder().encode(text),
          bytes.subarray(indexIn(bytes, p)),
        ),
  );

/** Another number in place of one that stands in the file as text. */
const setNumber = fc
  .tuple(anywhere, fc.constantFrom("", "-", "1e"), fc.constantFrom(...EXTREMES, 1e11, 1e16, 0.5))
  .map(
    ([p, prefix, value]): Mutation =>
      (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        const numbers = [...text.matchAll(/\d+/g)];
        const found = numbers[Math.floor(p * numbers.length)];
        if (!found) return bytes;
        const end = found.index + found[0].length;
        return join(
          bytes.subarray(0, found.index),
          new TextEncoder().encode(prefix + value),
          bytes.subarray(end),
        );
      },
  );

const step = fc.oneof(
  { weight: 4, arbitrary: setWord },
  { weight: 3, arbitrary: setNumber },
  ...[flipBit, setByte, truncate, cutOut, repeat, insert, insertText].map((arbitrary) => ({
    weight: 1,
    arbitrary,
  })),
);

/** A mutation, or two to four one after the other. */
export const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.array(step, { minLength: 2, maxLength: 4 }).map(
      (steps): Mutation =>
        (bytes) =>
          steps.reduce((current, mutate) => mutate(current), bytes),
    ),
  },
);
