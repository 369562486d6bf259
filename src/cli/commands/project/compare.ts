import type { compareOptions } from "../../../jobs/compare/options.js";
import { compareTranslators } from "../../../jobs/compare/run.js";
import { writeComparePage } from "../../../report/compare.js";
import type { Run } from "../../command.js";
import { withProjectContext } from "../../project.js";

/** The work of `cryogem compare`. */
export const run: Run<typeof compareOptions> = async (options, context) =>
  withProjectContext(context, undefined, async (project) => {
    const writePage = (finished: Parameters<typeof writeComparePage>[0]) =>
      writeComparePage(finished, context.files);
    const { comparison, page } = await compareTranslators(options, { ...project, writePage });
    context.report.note(`\n${page}: open it in a browser`);
    return { page, rows: comparison.rows.length };
  });
