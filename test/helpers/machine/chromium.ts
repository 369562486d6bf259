import { existsSync } from "node:fs";

/** Where Chromium and its kin are installed; CRYOGEM_CHROMIUM names another place. */
const PLACES = [
  process.env["CRYOGEM_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** A browser that tests can drive; none on some machines. */
export const chromiumPath = PLACES.find((path) => path !== undefined && existsSync(path));
