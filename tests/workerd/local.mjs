// A local workerd with its own storage, and the verbs of the API. Every call has an end: a broken object may never answer.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { modules, secrets } from '../workerd.mjs';

const root = new URL('../../', import.meta.url);
const { Miniflare } = createRequire(createRequire(new URL('package.json', root)).resolve('wrangler'))('miniflare');

/** What opens everything on this machine. */
export const ADMIN = secrets.ADMIN_SECRET;

const TIMEOUT_MS = 30_000;

/** A fresh folder that goes when the test does. */
export function folder(t) {
  const dir = mkdtempSync(join(tmpdir(), 'fourfold-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** An object of the right name that takes its time. */
const SLOW = `export class System { async fetch() { await scheduler.wait(60_000); return new Response('late'); } }
export default { fetch() { return new Response('this worker has objects only'); } };`;

/** An object of the right name that says what it was asked. */
const ECHO = `export class System { fetch(request) { return Response.json({ path: new URL(request.url).pathname, headers: Object.fromEntries(request.headers) }); } }
export default { fetch() { return new Response('this worker has objects only'); } };`;

/** Whoever looks after messages that nobody took: it writes them down in the log. */
const MORGUE = `export default { queue(batch) { for (const { body } of batch.messages) console.log('nobody took ' + JSON.stringify(body)); } };`;

/** An object over the same storage that runs the SQL it is sent. */
const SURGEON = `import { DurableObject } from 'cloudflare:workers';
export class System extends DurableObject {
  async fetch(request) { return Response.json(this.ctx.storage.sql.exec(await request.text()).toArray()); }
}
export default { fetch: (request, env) => env.SYSTEMS.getByName(new URL(request.url).pathname.slice(1)).fetch(request) };`;

/**
 * The Worker, with a System whose WebAssembly traps where a request says so: the clock, which Rust asks in the middle of
 * its work, is then an instruction that can not be executed. `x-trap` is `object`, for this very request, or what comes
 * next: `alarm`, `queue` or `socket`.
 */
const TRAP = [
  {
    type: 'ESModule',
    path: 'trap.js',
    contents: `import worker, * as objects from './entry.js';
import unreachable from './unreachable.wasm';
const Clock = Date;
let isArmed = false;
globalThis.Date = class extends Clock {
  constructor(...given) {
    super(...given);
    if (!isArmed) return;
    isArmed = false;
    new WebAssembly.Instance(unreachable).exports.t();
  }
};
const next = new Set();
let isQueued = false;
export class System extends objects.System {
  fetch(request) {
    const trap = request.headers.get('x-trap');
    isArmed = trap === 'object' || isQueued;
    isQueued = false;
    if (trap !== null && trap !== 'object') next.add(trap);
    return super.fetch(request);
  }
  async alarm() {
    isArmed = next.delete('alarm');
    console.log('an alarm rings' + (isArmed ? ' and traps' : ''));
    await super.alarm();
    console.log('an alarm has rung');
  }
  webSocketMessage(...given) {
    isArmed = next.delete('socket');
    return super.webSocketMessage(...given);
  }
}
export const Registry = objects.Registry;
export default {
  ...worker,
  queue(...given) {
    isQueued = next.delete('queue');
    return worker.queue(...given);
  },
};`,
  },
  // One function, t, of one instruction: unreachable.
  {
    type: 'CompiledWasm',
    path: 'unreachable.wasm',
    contents: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11]),
  },
];

/**
 * The Worker, with a System to which a request comes as long ago as it says (`x-ago`: Rust asks for the time while it
 * works), and whose answer is on its way for as long as it says (`x-late`).
 */
const AGO = `import worker, * as objects from './entry.js';
const Clock = Date;
let agoMs = 0;
globalThis.Date = class extends Clock {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(Clock.now() - agoMs);
  }
  static now() {
    return Clock.now() - agoMs;
  }
};
export class System extends objects.System {
  async fetch(request) {
    agoMs = Number(request.headers.get('x-ago') ?? 0);
    const answer = await super.fetch(request);
    agoMs = 0;
    await scheduler.wait(Number(request.headers.get('x-late') ?? 0));
    return answer;
  }
}
export const Registry = objects.Registry;
export default worker;`;

/** The Worker, with a Registry that writes down in the log what it was asked, and in which trace. */
const HEARD = `import worker, * as objects from './entry.js';
export const System = objects.System;
export class Registry extends objects.Registry {
  async fetch(request) {
    const [order] = Object.keys(await request.clone().json());
    console.log('the registry hears ' + order + ' of ' + request.headers.get('traceparent'));
    return super.fetch(request);
  }
}
export default worker;`;

/** Runs SQL on the storage of the system `id`; its rows. Nobody else may have the storage open. */
export async function operate(t, dir, id, statement) {
  const surgeon = await start(t, dir, { script: SURGEON });
  const rows = await surgeon.must('POST', `/main/${id}`, statement);
  await surgeon.stop();
  return rows;
}

/**
 * workerd over the storage in `dir`. With `slow`, the front meets objects that do not answer in time; with `echo`, such
 * that say what they were asked.
 */
export async function start(t, dir, { bindings = {}, slow = false, echo = false, trap = false, ago = false, heard = false, script } = {}) {
  const children = () =>
    execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, name]) => name === 'workerd')
      .map(([pid]) => Number(pid));
  const before = new Set(children());
  const logs = [];
  const worker = {
    name: 'fourfold',
    compatibilityDate: '2026-04-01',
    modules: script === undefined ? [...(trap ? TRAP : []), ...(ago ? [{ type: 'ESModule', path: 'ago.js', contents: AGO }] : []), ...(heard ? [{ type: 'ESModule', path: 'heard.js', contents: HEARD }] : []), ...modules()] : [{ type: 'ESModule', path: 'index.js', contents: script }],
    bindings: { ...secrets, ...bindings },
    ...(script === undefined && {
      queueProducers: { INGEST: 'ingest' },
      queueConsumers: { ingest: { maxBatchSize: 10, maxBatchTimeout: 0.2, maxRetries: 2, deadLetterQueue: 'refused' } },
    }),
    durableObjects: {
      SYSTEMS: { className: 'System', useSQLite: true, scriptName: slow || echo ? 'other' : undefined },
      ...(script === undefined && { REGISTRY: { className: 'Registry', useSQLite: true } }),
    },
  };
  const other = { name: 'other', compatibilityDate: '2026-04-01', modules: true, script: slow ? SLOW : ECHO };
  other.durableObjects = { SYSTEMS: { className: 'System', useSQLite: true } };
  const morgue = { name: 'morgue', compatibilityDate: '2026-04-01', modules: true, script: MORGUE };
  morgue.queueConsumers = { refused: { maxBatchSize: 10, maxBatchTimeout: 0.2 } };
  const mf = new Miniflare({
    cf: false,
    host: '127.0.0.1',
    port: 0,
    workers: [worker, ...(slow || echo ? [other] : []), ...(script === undefined ? [morgue] : [])],
    durableObjectsPersist: dir,
    unsafeTriggerHandlers: true,
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => createInterface(stream).on('line', (line) => logs.push(line))),
  });
  let open = true;
  const stop = async () => {
    if (open) {
      open = false;
      await mf.dispose();
    }
  };
  t.after(stop);
  const origin = (await mf.ready).origin;
  const pid = children().find((child) => !before.has(child));

  /**
   * What every request shows, unless it shows something else: the admin's secret. `undefined` shows nothing. An answer is
   * taken as it is: Miniflare would compress it inside workerd, where Cloudflare does so outside of the Worker.
   */
  const shown = { authorization: `Bearer ${ADMIN}`, 'accept-encoding': 'identity' };
  /** The response to a request. */
  const request = (path, { headers = {}, ...init } = {}) => {
    const all = Object.entries({ ...shown, ...headers }).filter(([, value]) => value !== undefined);
    return fetch(origin + path, { headers: all, signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  };
  /** Status, headers and parsed body of a request. `body` is sent as it is if it is text or bytes. */
  const call = async (method, path, body, headers = {}) => {
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const response = await request(path, {
      method,
      headers,
      body: isRaw ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json$/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, json: isJson && text ? JSON.parse(text) : undefined };
  };
  /** The parsed body of a request that must succeed. */
  const must = async (...request) => {
    const { status, text, json } = await call(...request);
    if (status >= 300) throw new Error(`${request[0]} ${request[1]} answered ${status}: ${text}`);
    return json;
  };
  return {
    origin,
    pid,
    /** What workerd wrote so far, line by line. */
    logs,
    /** Puts a message into the queue of bulk ingestion. */
    enqueue: async (message) => (await mf.getQueueProducer('INGEST', 'fourfold')).send(message),
    shown,
    request,
    call,
    must,
    stop,
    create: (id, schema) => must('PUT', `/v1/systems/${id}`, schema),
    send: async (id, frames) => (await must('POST', `/v1/systems/${id}/frames`, { frames })).verdicts,
    describe: (id) => must('GET', `/v1/systems/${id}`),
    anomalies: async (id) => (await must('GET', `/v1/systems/${id}/anomalies`)).anomalies,
    /** SIGKILL, as a machine that loses its power. */
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await stop();
    },
  };
}

/** `count` frames of `width` streams from the minute `from`: daily waves with a seeded noise, some gaps, some jumps. */
export function frames(width, from, count) {
  return Array.from({ length: count }, (_, place) => {
    const minute = from + place;
    const values = {};
    for (let stream = 0; stream < width; stream++) {
      const noise = Math.sin(minute * 12.9898 + stream * 78.233) * 43758.5453;
      const value = Math.sin((minute + stream * 40) / 229) * 10 + (noise - Math.floor(noise));
      values[`s${stream}`] = (minute + stream) % 37 === 0 ? null : minute % 211 === 210 ? value + 60 : value;
    }
    return { t: 1_700_000_000_000 + minute * 60_000, values };
  });
}

/** A schema for `frames`. */
export const schema = (width) => ({ streams: Array.from({ length: width }, (_, stream) => `s${stream}`) });

/** Asks again until the answer is `enough`. */
export async function until(ask, enough, patience_ms = 20_000) {
  const began = performance.now();
  for (;;) {
    const said = await ask();
    if (enough(said)) return said;
    if (performance.now() - began > patience_ms) throw new Error(`waited in vain; the last answer: ${JSON.stringify(said)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
