import { inside } from "../../dataset/layout.js";
import type { Project } from "../../jobs/project/file.js";
import type { ReportStep } from "../data.js";

/** What to do after a first map. */
export function stepsFromMap({ folder, settings, path }: Project): readonly ReportStep[] {
  const at = (name: string): string => inside(folder, name);
  return [
    {
      text:
        "Look for structure that is not in the data: the same loop on micrographs whose phases are random, and on " +
        "noise of their spectra. Its maps must not correlate with the given one beyond the low-pass filter.",
      line: `cryogem control --project ${path}${isBeside(folder, path) ? "" : ` --out ${folder}`}`,
    },
    {
      text: "Map the local resolution, and the resolution by direction:",
      line:
        `cryogem postprocess ${at("refined/half1.mrc")} ${at("refined/half2.mrc")} --mask ${at("mask.mrc")} ` +
        `--local-resolution --anisotropy --out ${at("local/map")}`,
    },
    ...(settings.add?.includes("classify2d")
      ? []
      : [
          {
            text: "Average the particles by their views, to see which picks are none. The project does it with `add: [classify2d]`.",
            line:
              `cryogem classify2d --particles ${at("particles/stack.star")} --particle-diameter ` +
              `${Math.round(1.15 * settings.particleDiameter)} --out ${at("classes")}`,
          },
        ]),
    {
      text: "Take the refined particles to RELION, or refine them further here from their poses.",
      line:
        `cryogem refine --particles ${at("refined/run_data.star")} --reference ${at("refined/map.mrc")} ` +
        `--given-poses --mask ${at("mask.mrc")} --symmetry ${settings.symmetry} --out ${at("refined-further")}`,
    },
  ];
}

/** Whether a project's results lie beside its file, where a command looks for them. */
const isBeside = (folder: string, path: string): boolean =>
  folder === (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
