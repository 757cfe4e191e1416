// A static server for dist/web and a browser that looks at it: what every browser test starts from.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchChromium as launch } from '../chromium.mjs';
import { serveFiles } from '../files.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const artefacts = join(root, 'tests/artefacts');
mkdirSync(artefacts, { recursive: true });

/** Serves dist/web on a free port. */
export async function serve() {
  const { url, stop } = await serveFiles(join(root, 'dist/web'));
  return { origin: url, close: stop };
}

export { launch };

/** What every test of a file works with: a server and a browser of its own. */
export let server;
export let browser;

/** Starts both before a file's tests and ends both after them. */
export function withBrowser(launching = launch) {
  before(async () => {
    server = await serve();
    browser = await launching();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
}

/** Opens the page in a context of its own and keeps an eye on what it asks for and complains about. */
export async function open(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const foreign = [];
  const complaints = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(origin);
  await page.locator('[data-test=home]').waitFor();
  return { page, context, foreign, complaints };
}

/** Waits until everything is judged and gives the digest of all verdicts. */
export async function judged(page, timeout = 15_000) {
  const workspace = page.locator('[data-test=workspace]:not([data-digest=""])');
  await workspace.waitFor({ timeout });
  return workspace.getAttribute('data-digest');
}

/** The tasks of the threads of this name in a trace: those of any page's main thread. */
export function tasks(trace, name = 'CrRendererMain') {
  const { traceEvents } = JSON.parse(trace.toString());
  const thread = (event) => `${event.pid}:${event.tid}`;
  const named = new Set(traceEvents
    .filter((event) => event.name === 'thread_name' && event.args.name === name).map(thread));
  return traceEvents.filter((event) => named.has(thread(event)) && event.name.endsWith('RunTask'));
}

/** The longest of them, in milliseconds. */
export function longestTask(trace) {
  const all = tasks(trace);
  const most = (field) => Math.round(Math.max(0, ...all.map((task) => task[field] ?? 0)) / 1000);
  return { cpu: most('tdur'), wall: most('dur') };
}

/** First and last abnormal moment of every episode in the list. */
export const episodes = (page) =>
  page.locator('[data-test=episode]').evaluateAll((items) =>
    items.map((item) => ({ from: Number(item.dataset.opened), to: Number(item.dataset.last), text: item.textContent })));

/** A file as the file picker takes it. */
export const csv = (name, text, mimeType = 'text/csv') => ({ name, mimeType, buffer: Buffer.from(text) });

/** A table of `rows` minutes with waves and noise, from a seed; `spike` is a row where the first stream jumps. */
export function table({ rows, streams = 4, spike = -1 }) {
  let seed = 12345;
  const noise = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const start = Date.UTC(2024, 0, 1);
  const lines = [['time', ...Array.from({ length: streams }, (_, n) => `stream_${n + 1}`)].join(',')];
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: streams }, (_, n) =>
      (20 + n + 3 * Math.sin(row / (40 + n)) + noise() + (row === spike && n === 0 ? 60 : 0)).toFixed(3));
    lines.push([new Date(start + row * 60_000).toISOString(), ...values].join(','));
  }
  return { text: lines.join('\n'), at: (row) => start + row * 60_000 };
}
