import { FormatError } from "../../core/errors.js";

/** What the variables of a template stand for, by the word between XXX and XXX. */
export type TemplateValues = Readonly<Record<string, string | number | undefined>>;

/** What is submitted where a site has no script of its own. */
export const PLAIN_TEMPLATE = `#!/bin/bash
#SBATCH --job-name=XXXnameXXX
#SBATCH --ntasks=XXXmpinodesXXX
#SBATCH --cpus-per-task=XXXthreadsXXX
#SBATCH --output=XXXoutfileXXX
#SBATCH --error=XXXerrfileXXX

XXXcommandXXX
`;

/**
 * A script with its variables filled in, by the rules of RELION's submission scripts (relion.readthedocs.io, "Job queue").
 *
 * @param path of the template, for errors
 * @throws FormatError for a variable without a value, and for a script that does not call the command
 */
export function fillTemplate(template: string, values: TemplateValues, path: string): string {
  const lines = template.split("\n").map((line, i) =>
    line.replace(/XXX(\w+?)XXX/g, (variable, name: string) => {
      const value = values[name];
      if (value !== undefined) return String(value);
      throw new FormatError(path, `line ${i + 1}, ${variable}`, "no value", remedyOf(name, values));
    }),
  );
  if (!template.includes("XXXcommandXXX")) {
    throw new FormatError(
      path,
      "text",
      "no XXXcommandXXX",
      "a script that calls the command at this variable",
    );
  }
  return lines.join("\n");
}

function remedyOf(name: string, values: TemplateValues): string {
  if (/^extra\d+$/.test(name)) return `\`extra\` with at least ${name.slice("extra".length)} words`;
  if (name === "queue") return "`queue`, the partition";
  return `only ${Object.keys(values).join(", ")} and extra1, extra2 …`;
}

/** The interpreter of a script, with its arguments, from its first line. */
export const interpreterOf = (script: string): string =>
  /^#!\s*(.+)/.exec(script)?.[1]?.trim() ?? "/bin/bash";

/** Lines with which a script asks Slurm for what it needs: sbatch reads them up to the first line that is no comment. */
export function directivesOf(script: string): readonly string[] {
  const lines = script.split("\n");
  const end = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.slice(0, end < 0 ? undefined : end).filter((line) => line.startsWith("#SBATCH"));
}
