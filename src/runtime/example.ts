import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of a bundled example, as short as it can be written from the working folder. */
export function examplePath(name: string): string {
  const absolute = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const fromHere = relative(process.cwd(), absolute);
  return fromHere.startsWith("..") ? absolute : fromHere;
}
