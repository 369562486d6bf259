import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built program: `npm run build` comes before the tests that run it. */
export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What runs the built program in a folder, with words of a command line. */
export const programIn =
  (folder: string) =>
  (...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...words], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
