// A Python with exactly the pinned rivals, in .fourfold/river; made once.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const venv = join(here, "../../../.fourfold/river");

/** The path of a Python that has what requirements.txt names. */
export function python() {
  const wanted = join(here, "requirements.txt");
  const installed = join(venv, "requirements.txt");
  const program = join(venv, "bin/python");
  const isFresh = existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(wanted, "utf8");
  if (!isFresh) {
    console.error("installing the rivals (once) ...");
    mkdirSync(dirname(venv), { recursive: true });
    execFileSync("python3", ["-m", "venv", venv]);
    execFileSync(program, ["-m", "pip", "install", "--quiet", "--requirement", wanted], { stdio: "inherit" });
    copyFileSync(wanted, installed);
  }
  return program;
}
