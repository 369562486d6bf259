import {
  type CommandSpec,
  countOption,
  pathOption,
  pathsOption,
  switchOption,
} from "../shared/options/option.js";

export const viewOptions = {
  paths: pathsOption({
    help: "folders and files to show; nothing outside them is read",
    otherwise: "the working folder",
    positional: true,
  }),
  port: countOption(
    { from: 1, to: 65_535 },
    {
      value: "n",
      help: "port on this machine",
      otherwise: "8410, or the next that is free",
      role: "machine",
    },
  ),
  edit: switchOption({
    help: "let picks be corrected and saved; without it nothing is written",
    fallback: false,
    role: "machine",
  }),
  export: pathOption({
    value: "dir",
    help:
      "write a page that simulates micrographs of the named map, with the noise of the named models, for any web " +
      "server to show, and end",
  }),
} as const;

export const viewCommand: CommandSpec<typeof viewOptions> = {
  name: "view",
  summary: "Look at micrographs, labels, tables, curves and maps in a browser.",
  options: viewOptions,
  notes: `
Prints an address for a browser on this machine and, for one on another machine, the line of ssh that leads here. The address holds
a secret: whoever has it sees the folders. Only this machine can connect, and nothing is loaded from the network. Ends with Ctrl-C.
Example: cryogem view synthetic simulated picks/picks.star`,
};
