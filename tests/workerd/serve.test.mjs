// What `cargo xtask start` serves: app and API at one address, kept from run to run, and gone when it is told to stop.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { ADMIN, folder } from "./local.mjs";

const headers = { authorization: `Bearer ${ADMIN}` };

const SERVER = fileURLToPath(new URL("../../xtask/serve.mjs", import.meta.url));

/** Starts the server on a free port; `stop` sends it a signal and answers how it ended. */
async function serve(t, state) {
  const server = spawn(process.execPath, [SERVER, "0", state], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => server.kill("SIGKILL"));
  let said = "";
  for await (const piece of server.stdout.iterator({ destroyOnReturn: false })) {
    said += piece;
    if (said.includes("Ctrl-C")) break;
  }
  server.stdout.resume();
  const [url] = said.match(/http:\/\/localhost:\d+/);
  const get = (path, options) => fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  const stop = async (signal) => {
    const ended = once(server, "exit");
    server.kill(signal);
    return (await ended)[0];
  };
  return { get, stop };
}

test("app and API at one address, from run to run", async (t) => {
  const state = folder(t);
  const first = await serve(t, state);
  const page = await first.get("/");
  assert.match(page.headers.get("content-type"), /^text\/html/);
  const html = await page.text();
  assert.match(html, /<title>Fourfold/);
  const wasm = await first.get("/pkg/fourfold-web_bg.wasm");
  assert.equal(wasm.headers.get("content-type"), "application/wasm");
  assert.ok((await wasm.arrayBuffer()).byteLength > 10_000);
  assert.deepEqual(await (await first.get("/healthz")).json(), { status: "ok" });
  assert.equal((await first.get("/v1/nothing")).status, 404);
  const made = await first.get("/v1/systems/a", { method: "PUT", body: JSON.stringify({ preset: "iot" }), headers });
  assert.equal(made.status, 201);
  assert.equal(await first.stop("SIGINT"), 0);
  await assert.rejects(first.get("/healthz"));

  const second = await serve(t, state);
  assert.equal((await second.get("/v1/systems/a", { headers })).status, 200);
  assert.equal(await second.stop("SIGTERM"), 0);
  await assert.rejects(second.get("/healthz"));
});
