// A fresh folder with the packed tarball installed in it, as a stranger would have it.

import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const exec = promisify(execFile);

/** Runs a program; a failure shows everything that it said. */
export async function run(program, args, cwd) {
  try {
    return (await exec(program, args, { cwd, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`);
  }
}

let packed;

/** The tarball, made once per test file, in a folder of its own. */
export function tarball() {
  packed ??= (async () => {
    const folder = await temporary();
    const name = await run("npm", ["pack", "--silent", "--pack-destination", folder, join(ROOT, "dist/npm")], ROOT);
    return join(folder, name.trim());
  })();
  return packed;
}

/** A new project of these files with the package installed; nothing is fetched unless it has other dependencies. */
export async function project(files, { manifest = {} } = {}) {
  const folder = await temporary();
  const packageJson = { name: "consumer", private: true, type: "module", ...manifest };
  for (const [name, text] of Object.entries({ "package.json": JSON.stringify(packageJson), ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const offline = manifest.devDependencies ? "--prefer-offline" : "--offline";
  await run("npm", ["install", "--no-audit", "--no-fund", offline, await tarball()], folder);
  return folder;
}

async function temporary() {
  const folder = await mkdtemp(join(tmpdir(), "fourfold-package-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
