// Prints the golden cases as one JavaScript host judges them: node tests/golden/print.mjs node|chromium|workerd FOLDER

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { launchChromium } from "../chromium.mjs";
import { serveFiles } from "../files.mjs";
import { startWorkerd } from "../workerd.mjs";
import { replay, withPackage } from "./replay.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGE = join(ROOT, "dist/npm");

async function entry(condition) {
  const { exports } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  const found = exports["."][condition];
  return (found.import ?? found).default;
}

/** In this very process. */
async function node(cases) {
  const { Engine } = await import(pathToFileURL(join(PACKAGE, await entry("node"))));
  return Promise.all(cases.map(([name, preset]) => replay(name, preset, withPackage(Engine, preset))));
}

/** In a page, which imports the package as a site without a bundler does. */
async function chromium(cases) {
  const imports = { fourfold: join("/dist/npm", await entry("browser")) };
  const page = `<!doctype html><meta charset="utf-8"><title>golden</title>
    <script type="importmap">${JSON.stringify({ imports })}</script>`;
  const server = await serveFiles(ROOT, { pages: { "/": page } });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(`${server.url}/`);
    return await tab.evaluate(async (cases) => {
      const { Engine } = await import("fourfold");
      const { replay, withPackage } = await import("/tests/golden/replay.mjs");
      return Promise.all(cases.map(([name, preset]) => replay(name, preset, withPackage(Engine, preset))));
    }, cases);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Over HTTP. Frames go in batches, cut where a tick comes between. */
async function workerd(cases) {
  const BATCH = 250;
  const server = await startWorkerd();
  const send = async (method, path, body) => {
    const options = { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(server.url + path, { ...options, signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const judgedBy = (id, names) => async (made) => {
    await send("PUT", `/v1/systems/${id}`, { preset: id });
    const verdicts = [];
    let frames = [];
    const flush = async () => {
      if (frames.length > 0) verdicts.push(...(await send("POST", `/v1/systems/${id}/frames`, { frames })).verdicts);
      frames = [];
    };
    for (const { t, values } of made) {
      if (values === undefined || frames.length === BATCH) await flush();
      if (values === undefined) verdicts.push((await send("POST", `/v1/systems/${id}/tick`, { now: t })).verdict);
      // JSON has no NaN and no infinity: they go as null, which is a gap too.
      else frames.push({ t, values: Object.fromEntries(names.map((name, place) => [name, values[place]])) });
    }
    await flush();
    return verdicts;
  };
  try {
    const texts = [];
    for (const [name, preset] of cases) {
      const names = preset.streams.map((stream) => stream.name);
      texts.push(await replay(name, preset, judgedBy(name, names)));
    }
    return texts;
  } finally {
    await server.stop();
  }
}

const [target, folder] = process.argv.slice(2);
const presets = join(ROOT, "core/presets");
const names = (await readdir(presets)).map((file) => file.replace(/\.json$/, ""));
const cases = await Promise.all(
  names.map(async (name) => [name, JSON.parse(await readFile(join(presets, `${name}.json`), "utf8"))]),
);
const texts = await { node, chromium, workerd }[target](cases);
await Promise.all(texts.map((text, place) => writeFile(join(folder, `${names[place]}.txt`), text)));
