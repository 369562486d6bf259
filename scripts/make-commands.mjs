// Writes docs/reference/commands.md and the man page from the declarations of the commands, in the built package.
import { writeFileSync } from "node:fs";
import { entries } from "../dist/cli/commands/index.js";
import { commandsPage } from "../dist/cli/commands-page.js";
import { manPage } from "../dist/cli/man-page.js";

writeFileSync(new URL("../docs/reference/commands.md", import.meta.url), commandsPage(entries));
writeFileSync(new URL("../docs/reference/cryogem.1", import.meta.url), manPage(entries));
