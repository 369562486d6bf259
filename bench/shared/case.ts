import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Options and float32 arrays for every side of a bench: options.json, and the values one after the other in values.bin. */
export function writeCase(
  folder: string,
  options: object,
  arrays: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: Float32Array;
  }[],
): void {
  const index = arrays.map(({ name, shape }) => ({ name, shape }));
  writeFileSync(join(folder, "options.json"), JSON.stringify({ options, arrays: index }));
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  writeFileSync(join(folder, "values.bin"), Buffer.concat(arrays.map(({ data }) => bytes(data))));
}
