// The Worker in a real workerd, with its embedded SQLite and the web app's files: as worker/wrangler.toml describes it.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

// Miniflare and its TOML reader come with wrangler, and only wrangler says where they are.
const wrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Miniflare } = wrangler("miniflare");

/** The secrets of a local run. They are public, and the Worker takes them on localhost only. */
export const secrets = Object.fromEntries(
  [...readFileSync(`${ROOT}worker/.dev.vars`, "utf8").matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]),
);

/** The Worker's own modules, the way in first. */
export const modules = () =>
  [["ESModule", "entry.js"], ["ESModule", "build/index.js"], ["CompiledWasm", "build/index_bg.wasm"]].map(([type, path]) => ({
    type,
    path,
    contents: readFileSync(`${ROOT}worker/${path}`),
  }));

/** The parts of wrangler.toml that a local run needs. Its shape is ours, so a few patterns read it. */
async function configuration() {
  const text = await readFile(`${ROOT}worker/wrangler.toml`, "utf8");
  const one = (pattern) => text.match(pattern)?.[1];
  const [, vars = ""] = text.split(/^\[vars\]$/m);
  const objects = [...text.matchAll(/^\[\[durable_objects\.bindings\]\]\nname = "(\w+)"\nclass_name = "(\w+)"/gm)];
  if (objects.length === 0) throw new Error("worker/wrangler.toml names no durable objects");
  return {
    compatibilityDate: one(/^compatibility_date = "(.+)"/m),
    objects: Object.fromEntries(objects.map(([, name, className]) => [name, { className, useSQLite: true }])),
    workerFirst: JSON.parse(one(/^run_worker_first = (\[.*\])/m) ?? "[]"),
    vars: Object.fromEntries([...vars.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value])),
  };
}

/**
 * Starts it. `port` 0 takes a free one; `persist` is a folder that outlives the run, without it all is forgotten;
 * `assets` is a folder of files; `vars` replace those of wrangler.toml.
 */
export async function startWorkerd({ port = 0, persist, assets, vars = {}, quiet = true } = {}) {
  const { compatibilityDate, objects, workerFirst, vars: configured } = await configuration();
  const miniflare = new Miniflare({
    name: "fourfold",
    host: "127.0.0.1",
    port,
    cf: false,
    compatibilityDate,
    modules: modules(),
    bindings: { ...configured, ...secrets, ...vars },
    durableObjects: objects,
    durableObjectsPersist: persist ? `${persist}/objects` : undefined,
    assets: assets && {
      directory: assets,
      routerConfig: { has_user_worker: true, static_routing: { user_worker: workerFirst } },
    },
    // A panic prints pages of stack; whoever debugs one asks for it.
    handleRuntimeStdio: quiet ? (out, error) => (out.resume(), error.resume()) : undefined,
  });
  const url = await miniflare.ready;
  return { url: url.origin, miniflare, stop: () => miniflare.dispose() };
}
