import type { OptionSet } from "../shared/options/option.js";
import type { Stage } from "./stage.js";

/**
 * What the results of each stage depend on, as one text: program, command, options that decide results, contents of the files from
 * outside, and the keys of the stages before it. Equal keys mean equal results. Paths do not count: a project may be moved.
 *
 * @param contents SHA-256 of the inputs of all stages, by path
 */
export async function stageKeys(
  stages: readonly Stage[],
  optionsOf: (command: string) => OptionSet,
  { program, contents }: { readonly program: string; readonly contents: ReadonlyMap<string, string> },
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const stage of stages) {
    const set = optionsOf(stage.command);
    const deciding = Object.entries(stage.options).filter(([name]) => set[name]?.role === "result");
    const inputs = stage.inputs.map((path) => contents.get(path)!);
    const before = stage.needs.map((name) => keys.get(name));
    const text = JSON.stringify([program, stage.command, Object.fromEntries(deciding), inputs, before]);
    keys.set(stage.name, await digest(text));
  }
  return keys;
}

/** SHA-256 in hexadecimal. */
async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
