/** Counts what is allocated through typed arrays while a function runs, and stops it where that passes a limit. */

const NAMES = [
  "Int8Array",
  "Uint8Array",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

type TypedArrayClass = new (...given: readonly unknown[]) => ArrayBufferView;

let allocated = 0;
let limit = Number.POSITIVE_INFINITY;

/** Not one of the program's own errors, so that a test sees it as a failure. */
export class TooMuchMemory extends Error {}

/** Puts counting constructors in place of the global ones, for good: call it once, at the top of a test file. */
export function countAllocations(): void {
  for (const name of NAMES) {
    const original = globalThis[name] as unknown as TypedArrayClass & { readonly BYTES_PER_ELEMENT: number };
    const counting: TypedArrayClass = new Proxy(original, {
      construct(target, given, newTarget) {
        const [first] = given;
        const length = typeof first === "number" ? first : ArrayBuffer.isView(first) ? lengthOf(first) : 0;
        allocated += length * original.BYTES_PER_ELEMENT;
        if (allocated > limit) throw new TooMuchMemory(`${allocated} bytes, more than ${limit}`);
        return Reflect.construct(target, given, newTarget === counting ? target : newTarget) as object;
      },
    });
    Object.defineProperty(globalThis, name, { value: counting, configurable: true, writable: true });
  }
}

const lengthOf = (view: ArrayBufferView): number => ("length" in view ? Number(view.length) : 0);

/** Runs a function that may allocate `bytes` in all and no more. */
export async function withinMemory<T>(bytes: number, run: () => T | Promise<T>): Promise<T> {
  allocated = 0;
  limit = bytes;
  try {
    return await run();
  } finally {
    limit = Number.POSITIVE_INFINITY;
  }
}
