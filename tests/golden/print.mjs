// Prints the golden cases as one JavaScript host judges them: node tests/golden/print.mjs node|chromium|workerd FOLDER

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { launchChromium } from "../chromium.mjs";
import { serveFiles } from "../files.mjs";
import { secrets, startWorkerd } from "../workerd.mjs";
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
  return Promise.all(cases.map((one) => replay(one, withPackage(Engine, one.preset))));
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
      return Promise.all(cases.map((one) => replay(one, withPackage(Engine, one.preset))));
    }, cases);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Frames through the Worker over HTTP, events through the package inside the runtime. */
async function workerd(cases) {
  const of = (asked) => cases.filter(({ kind }) => kind === asked);
  const byKind = { frames: await worker(of("frames")), events: await runtime(of("events")) };
  return cases.map(({ kind }) => byKind[kind].shift());
}

async function runtime(cases) {
  const entryFile = JSON.stringify(join(PACKAGE, await entry("workerd")));
  const source = `
    import { Engine } from ${entryFile};
    import { replay, withPackage } from "./tests/golden/replay.mjs";
    export default {
      async fetch(request) {
        const one = await request.json();
        return new Response(await replay(one, withPackage(Engine, one.preset)));
      },
    };`;
  const options = { bundle: true, format: "esm", write: false, external: ["*.wasm"], stdin: { contents: source, resolveDir: ROOT } };
  const { outputFiles } = await build(options);
  const modules = [
    { type: "ESModule", path: "index.js", contents: outputFiles[0].text },
    { type: "CompiledWasm", path: "fourfold.wasm", contents: await readFile(join(PACKAGE, "dist/fourfold.wasm")) },
  ];
  const miniflare = new Miniflare({ cf: false, host: "127.0.0.1", port: 0, compatibilityDate: "2026-04-01", modules });
  try {
    const texts = [];
    for (const one of cases) {
      const response = await miniflare.dispatchFetch("http://golden/", { method: "POST", body: JSON.stringify(one) });
      if (!response.ok) throw new Error(`${one.name}: ${response.status} ${await response.text()}`);
      texts.push(await response.text());
    }
    return texts;
  } finally {
    await miniflare.dispose();
  }
}

/** Frames go in batches, cut where a tick comes between. */
async function worker(cases) {
  const BATCH = 250;
  const server = await startWorkerd();
  const send = async (method, path, body) => {
    const options = { method, body: JSON.stringify(body), headers: { "content-type": "application/json", authorization: `Bearer ${secrets.ADMIN_SECRET}` } };
    const response = await fetch(server.url + path, { ...options, signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const judgedBy = (id, names) => async (made) => {
    await send("PUT", `/v1/systems/${id}`, { preset: id });
    const answers = [];
    let frames = [];
    const flush = async () => {
      if (frames.length === 0) return;
      const { verdicts } = await send("POST", `/v1/systems/${id}/frames`, { frames });
      answers.push(...verdicts.map((verdict) => ({ verdicts: [verdict] })));
      frames = [];
    };
    for (const { t, values } of made) {
      if (values === undefined || frames.length === BATCH) await flush();
      if (values === undefined) {
        const { verdict } = await send("POST", `/v1/systems/${id}/tick`, { now: t });
        answers.push({ verdicts: verdict ? [verdict] : [] });
      }
      // JSON has no NaN and no infinity: they go as null, which is a gap too.
      else frames.push({ t, values: Object.fromEntries(names.map((name, place) => [name, values[place]])) });
    }
    await flush();
    return answers;
  };
  try {
    const texts = [];
    for (const one of cases) {
      const names = one.preset.streams.map((stream) => stream.name);
      texts.push(await replay(one, judgedBy(one.name, names)));
    }
    return texts;
  } finally {
    await server.stop();
  }
}

const [target, folder] = process.argv.slice(2);
const presets = join(ROOT, "core/presets");
const names = (await readdir(presets)).map((file) => file.replace(/\.json$/, ""));
const cases = [];
for (const name of names) {
  const preset = JSON.parse(await readFile(join(presets, `${name}.json`), "utf8"));
  cases.push({ name, kind: "frames", preset }, { name, kind: "events", preset });
}
const texts = await { node, chromium, workerd }[target](cases);
const fileOf = ({ name, kind }) => (kind === "frames" ? `${name}.txt` : `${name}.${kind}.txt`);
await Promise.all(texts.map((text, place) => writeFile(join(folder, fileOf(cases[place])), text)));
