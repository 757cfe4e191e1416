// Folders over HTTP, as any static host would serve them.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/**
 * Serves `folder`; `pages` are texts by path that go before its files; `zips` compresses what there is more than a little
 * of, once. Answers `{ url, stop }`.
 */
export async function serveFiles(folder, { pages = {}, headers = {}, zips = false } = {}) {
  const zipped = new Map();
  const zip = (path, body) => zipped.get(path) ?? zipped.set(path, gzipSync(body)).get(path);
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://any").pathname));
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const body = pages[path] ?? (await readFile(join(folder, file)).catch(() => undefined));
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const isZipped = zips && body?.length > 1024 && type !== "image/png";
    const encoding = isZipped ? { "content-encoding": "gzip" } : {};
    const status = body === undefined ? 404 : 200;
    response.writeHead(status, { "content-type": type, ...encoding, ...headers }).end(isZipped ? zip(path, body) : body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => (server.closeAllConnections(), new Promise((closed) => server.close(closed)));
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
