// The package in a real Chromium, as a site without a bundler serves it, under a strict policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchChromium } from "../chromium.mjs";
import { PAGE, foundByNode, mainOf, sharedFiles, underPolicy, visit } from "./page.mjs";
import { project } from "./project.mjs";

const ENTRY = "/node_modules/fourfold/dist/browser.js";
const INLINE = "/node_modules/fourfold/dist/inline.js";
const BLANK = `<!doctype html><meta charset="utf-8"><title>consumer</title><script type="module" src="/in-worker.js"></script>`;
/** A page's own worker, which imports the package. */
const IN_WORKER = `
const policy = trustedTypes.createPolicy("fourfold", { createScriptURL: (address) => address });
const worker = new Worker(policy.createScriptURL("/own-worker.js"), { type: "module" });
worker.onmessage = ({ data }) => (globalThis.outcome = data);`;
const OWN_WORKER = `${mainOf(ENTRY)}\npostMessage(globalThis.outcome);`;

let browser, folder, expected;

before(async () => {
  folder = await project({ ...(await sharedFiles()), "in-worker.js": IN_WORKER, "own-worker.js": OWN_WORKER });
  expected = await foundByNode(folder);
  browser = await launchChromium();
});
after(() => browser?.close());

const cases = {
  "a module script": { "/": PAGE, "/main.js": mainOf(ENTRY) },
  "the inline entry, which asks for no file": { "/": PAGE, "/main.js": mainOf(INLINE, ", createWorkerEngine: undefined") },
  "a Web Worker": { "/": BLANK },
};
for (const [name, pages] of Object.entries(cases)) {
  test(name, async () => {
    const { outcome, complaints } = await underPolicy(folder, pages, (address) => visit(browser, address));
    const worker = name.includes("inline") ? null : expected.worker;
    assert.deepEqual(outcome, { ...expected, worker });
    assert.deepEqual(complaints.filter((text) => !text.includes("favicon")), []);
  });
}
