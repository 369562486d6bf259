import { CryoError } from "../../core/errors.js";

/** The result of some work; what a file has that makes it impossible is told, and the rest goes on without it. */
export async function told<T>(problems: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CryoError)) throw error;
    if (!problems.includes(error.message)) problems.push(error.message);
    return undefined;
  }
}
