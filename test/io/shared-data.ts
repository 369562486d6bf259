import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../shared/data/", import.meta.url);

/** Real data beside the checkout; tests that need it are skipped, and say so, where it is missing. */
export const hasSharedData = existsSync(ROOT);

export const sharedBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, ROOT)));
export const sharedText = (name: string): string => readFileSync(new URL(name, ROOT), "utf8");
export const sharedPath = (name: string): string => fileURLToPath(new URL(name, ROOT));

/** Files of a folder by the end of their names, as names that the functions above take. */
export const sharedNames = (folder: string, extension: string): string[] =>
  hasSharedData
    ? readdirSync(new URL(`${folder}/`, ROOT), { recursive: true })
        .map((name) => `${folder}/${name}`)
        .filter((name) => name.endsWith(extension))
        .toSorted()
    : [];

const CASES = new URL("../../../shared/cases/", import.meta.url);

/** Small files on which the program once was wrong, beside the checkout; tests make their own and try these as well. */
export const hasSharedCases = existsSync(CASES);

export const caseBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, CASES)));
export const casePath = (name: string): string => fileURLToPath(new URL(name, CASES));
