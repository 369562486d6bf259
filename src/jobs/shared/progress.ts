import type { Progress, Report } from "../../core/ports.js";

/**
 * Tells a report how far a stage has come: once at its beginning, and at every call of what is returned.
 *
 * @param stage its name, the number of its units, and how many are done already (default 0)
 * @returns adds to what is done: one unit, or as many as are given
 */
export function startProgress(
  report: Report,
  { done = 0, ...stage }: Omit<Progress, "done"> & { readonly done?: number },
): (more?: number) => void {
  let sum = done;
  const tell = (): void => report.progress({ ...stage, done: sum });
  tell();
  return (more = 1) => {
    sum += more;
    tell();
  };
}
