import { PRESETS } from "../../../translate/presets.js";

/** The defaults of both presets, as the help says them. */
export const byPreset = (name: keyof typeof PRESETS.fast): string => {
  const text = (value: unknown): string =>
    typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  return `fast: ${text(PRESETS.fast[name])}, paper: ${text(PRESETS.paper[name])}`;
};
