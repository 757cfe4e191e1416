// The hosts that are no browser, from their npm packages.

import { join } from "node:path";

const NEWEST = `node-${process.platform}-${process.arch}`;

/** What a project needs so that it has them. */
export const HOSTS = { [NEWEST]: "latest", deno: "2.9.6", bun: "1.4.5" };

/** How each of them runs a file of a project: the program, and what it has to be told. */
export const programs = (folder) => ({
  node: ["node", []],
  newest: [join(folder, "node_modules", NEWEST, "bin/node"), []],
  deno: [join(folder, "node_modules/.bin/deno"), ["run", "--quiet", "--no-prompt", "--allow-read=."]],
  bun: [join(folder, "node_modules/.bin/bun"), []],
});
