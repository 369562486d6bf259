import type { checkOptions } from "../../../jobs/check/options.js";
import { checkProject, findingLines, judgeOwnFits } from "../../../jobs/check/run.js";
import { findProjectFiles } from "../../../jobs/project/data.js";
import { readProject } from "../../../jobs/project/file.js";
import { writeCheckPage } from "../../../report/check.js";
import type { Run } from "../../command.js";
import { expandMicrographs } from "../../project.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem check`. */
export const run: Run<typeof checkOptions> = async (options, context) => {
  const { files, report } = context;
  const changes = options.out === undefined ? {} : { out: options.out };
  const project = await readProject(options.project, changes, files);
  const found = await findProjectFiles(project, files, expandMicrographs);
  const { findings: fits } = await judgeOwnFits(project, found, files);
  const result = await withWorkers(options.workers, (workers) =>
    checkProject(project, found, { ...context, workers }, fits),
  );
  const lines = findingLines(result.findings);
  for (const line of lines) report.warn(line);
  const page = await writeCheckPage(project, result, context);
  const { length } = result.micrographs;
  const count = lines.length;
  report.note(
    `${length} micrographs looked at, ` +
      `${count === 0 ? "nothing is wrong with them" : `${count} ${count === 1 ? "finding" : "findings"}`}: ${page}`,
  );
  return { page, findings: result.findings };
};
