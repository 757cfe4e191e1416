// A page that runs the scenario, and what it found.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { serveFiles } from "../files.mjs";

/** The strictest policy under which the package has to run. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types fourfold",
].join("; ");

export const PAGE = `<!doctype html><meta charset="utf-8"><title>consumer</title><script type="module" src="/main.js"></script>`;

/** A module that runs the scenario with what `from` gives. */
export const mainOf = (from, options = "") => `
import * as fourfold from ${JSON.stringify(from)};
import { scenario } from "./scenario.mjs";
globalThis.outcome = await scenario({ ...fourfold${options} }).catch((error) => ({ failed: error.stack }));`;

/** The files that every consumer has. */
export async function sharedFiles() {
  const text = (name) => readFile(new URL(name, import.meta.url), "utf8");
  return { "frames.mjs": await text("frames.mjs"), "scenario.mjs": await text("scenario.mjs") };
}

/** What Node finds. */
export async function foundByNode(folder) {
  const { scenario } = await import("./scenario.mjs");
  const outcome = await scenario(createRequire(join(folder, "any.js"))("fourfold"));
  return JSON.parse(JSON.stringify(outcome));
}

/** Visits a page until it has found something. Whatever it asks of another host is refused. */
export async function visit(browser, address) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  await page.route((url) => url.origin !== new URL(address).origin, (route) => route.abort());
  try {
    await page.goto(address);
    await page.waitForFunction(() => globalThis.outcome !== undefined, null, { timeout: 30_000 });
    return { outcome: await page.evaluate(() => globalThis.outcome), complaints };
  } catch (error) {
    throw new Error(`${error.message}\n${complaints.join("\n")}`);
  } finally {
    await page.close();
  }
}

/** Serves a folder under the policy, for as long as `use` takes. */
export async function underPolicy(folder, pages, use) {
  const { url, stop } = await serveFiles(folder, { pages, headers: { "content-security-policy": POLICY } });
  try {
    return await use(`${url}/`);
  } finally {
    await stop();
  }
}
