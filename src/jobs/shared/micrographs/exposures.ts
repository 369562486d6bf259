/**
 * What motion correction adds to the name of an exposure for its several sums, half sums and power spectra: RELION (noDW, PS, EVN, ODD),
 * MotionCor2 (DW, DWS), cryoSPARC (patch_aligned, patch_aligned_doseweighted); scripts around CTFFIND name its pictures so (ctf).
 */
const ADDED = /_(noDW|PS|EVN|ODD|DWS?|patch_aligned|patch_aligned_doseweighted|ctf|Ctf|CTF)$/;

const exposureOf = (path: string): string => path.replace(/\.[^./\\]*$/, "").replace(ADDED, "");

/**
 * What is to be said of files that are several versions of one exposure: they are no micrographs of their own, and one of them may be
 * learned from while another is held out. Undefined where each exposure has one file.
 */
export function severalVersions(paths: readonly string[]): string | undefined {
  const versions = new Map<string, string[]>();
  for (const path of paths) {
    const exposure = exposureOf(path);
    versions.set(exposure, [...(versions.get(exposure) ?? []), path]);
  }
  const several = [...versions.values()].filter((files) => files.length > 1);
  if (several.length === 0) return undefined;
  return `${several.length} of ${versions.size} exposures have several files, as ${several[0]!.join(", ")}`;
}

/** What to do where exposures have several files. */
export const ONE_VERSION =
  "Name one kind of them, as by a pattern: the others are the same exposures, or their power spectra.";
