// A real Chromium: the one in $CHROME, which `cargo xtask test` sets, or the first that is installed.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function program() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = process.env.CHROME ?? folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync);
  if (!found) throw new Error("there is no Chrome or Chromium: install one, or name it in $CHROME");
  return found;
}

/** Launches it. `args` are added to those that it needs in containers, where root has no sandbox and /dev/shm is small. */
export function launchChromium({ args = [], ...options } = {}) {
  const needed = ["--no-sandbox", "--disable-dev-shm-usage"];
  return chromium.launch({ executablePath: program(), headless: true, args: [...needed, ...args], ...options });
}
