// Writes docs/commands.md from the declarations of the commands, in the built package.
import { writeFileSync } from "node:fs";
import { entries } from "../dist/cli/commands/index.js";
import { commandsPage } from "../dist/cli/commands-page.js";

writeFileSync(new URL("../docs/commands.md", import.meta.url), commandsPage(entries));
