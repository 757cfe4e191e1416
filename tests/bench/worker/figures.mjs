// What the Worker costs, in a real workerd, with a Python service beside it: node tests/bench/worker/figures.mjs [PART ..]

import { closeSync, fdatasyncSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { folder, frames, schema, start } from '../../workerd/local.mjs';
import { crashes } from '../../workerd/crash.mjs';
import { attack } from '../../workerd/malformed.mjs';
import { startPeer } from './peer.mjs';
import { strange } from './stranger.mjs';
import { wire } from './wire.mjs';

const WIDTH = 30;
const COLUMNS = 'application/vnd.fourfold.columns';
const build = new URL('../../../worker/build/', import.meta.url);

const ends = [];
const t = { after: (end) => ends.push(end) };
const rows = [];
const say = (what, is, unit, most, digits = 1) => {
  const verdict = most === undefined ? '' : (most < 0 ? is >= -most : is <= most) ? 'reached' : 'missed';
  const aim = most === undefined ? '' : `${most < 0 ? 'at least' : 'at most'} ${Math.abs(most)}`;
  rows.push([what, `${is.toFixed(digits)} ${unit}`, aim, verdict]);
  console.error(`  ${rows.at(-1).join('   ')}`);
};
const share = (numbers, part) => [...numbers].sort((one, other) => one - other)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

/** The CPU time of a process in milliseconds, and what it holds in megabytes; only Linux says. */
const cpuMs = (pid) => readdirSync(`/proc/${pid}/task`)
  .reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
const heldMb = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

/** Frames as the npm package's columns. */
function columns(from, count) {
  const all = frames(WIDTH, from, count);
  const bytes = new ArrayBuffer(16 + 8 * count * (1 + WIDTH));
  new Uint8Array(bytes, 0, 4).set(new TextEncoder().encode('4fr1'));
  new Uint32Array(bytes, 4, 3).set([count, WIDTH, 0]);
  new Float64Array(bytes, 16).set([...all.map((one) => one.t), ...all.flatMap(({ values }) => Object.values(values).map((value) => value ?? NaN))]);
  return new Uint8Array(bytes);
}

async function timed(act) {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** One frame at a time, fifty a second, each on the disk before it is answered. */
async function single() {
  const dir = folder(t);
  const api = await start(t, dir);
  await api.create('one', schema(WIDTH));
  await api.send('one', frames(WIDTH, 0, 1000));
  const bodies = Array.from({ length: 1000 }, (_, place) => JSON.stringify({ frames: frames(WIDTH, 1000 + place, 1) }));
  const { ask, close } = wire(api.origin, { ...api.shown, 'content-type': 'application/json' });
  const RATE_MS = 20;
  const paced = async (count, act) => {
    const [took, began] = [[], performance.now()];
    for (let place = 0; place < count; place++) {
      const wait = began + place * RATE_MS - performance.now();
      if (wait > 0) await sleep(wait);
      took.push(await act(place));
    }
    return took;
  };
  // What a machine that naps between requests takes for nothing at all.
  const nothing = await paced(200, () => ask('GET', '/healthz'));
  say('/healthz, which does nothing, 50/s: p50', share(nothing, 0.5), 'ms');
  const took = await paced(bodies.length, (place) => ask('POST', '/v1/systems/one/frames', bodies[place]));
  say('one frame of 30, durable, 50/s: p50', share(took, 0.5), 'ms', 4);
  say('one frame of 30, durable, 50/s: p99', share(took, 0.99), 'ms', 20);
  // The disk has slow moments of its own.
  const disk = openSync(join(dir, 'page'), 'w');
  const synced = await paced(1000, (place) => timed(() => (writeSync(disk, new Uint8Array(4096), 0, 4096, place * 4096), fdatasyncSync(disk))));
  closeSync(disk);
  say('one page on this disk, 50/s: p50', share(synced, 0.5), 'ms');
  say('one page on this disk, 50/s: p99', share(synced, 0.99), 'ms');
  close();
  await api.stop();
}

/** A thousand frames at once, as JSON and as columns. */
async function batches() {
  const api = await start(t, folder(t));
  await api.create('many', schema(WIDTH));
  let from = 0;
  const next = () => (from += 1000) - 1000;
  for (const [name, most, send] of [
    ['JSON', 150, (from) => { const body = JSON.stringify({ frames: frames(WIDTH, from, 1000) }); return () => api.must('POST', '/v1/systems/many/frames', body); }],
    ['binary', 60, (from) => { const body = columns(from, 1000); return () => api.must('POST', '/v1/systems/many/frames', body, { 'content-type': COLUMNS, accept: COLUMNS }); }],
  ]) {
    const took = [];
    for (let round = 0; round < 12; round++) {
      const post = send(next());
      const ms = await timed(post);
      if (round >= 2) took.push(ms);
    }
    say(`1,000 frames of 30, ${name}: median`, share(took, 0.5), 'ms', most);
  }
  await api.stop();
}

/** What each way in and out costs: only the forms of the data differ. */
async function forms() {
  const api = await start(t, folder(t));
  for (const [name, body, type, accept] of [
    ['JSON in, JSON out', (from) => JSON.stringify({ frames: frames(WIDTH, from, 60) }), 'application/json', 'application/json'],
    ['JSON in, binary out', (from) => JSON.stringify({ frames: frames(WIDTH, from, 60) }), 'application/json', COLUMNS],
    ['binary in, binary out', (from) => columns(from, 60), COLUMNS, COLUMNS],
  ]) {
    const id = name.replace(/\W+/g, '-');
    await api.create(id, schema(WIDTH));
    await api.send(id, frames(WIDTH, 0, 3000));
    const { warm } = await sixties(api, id, body, { 'content-type': type, accept });
    say(`60 frames of 30, ${name}: CPU`, warm, 'ms', 10, 2);
  }
  await api.stop();
}

/** The CPU time of batches of sixty frames: while V8 still compiles the code beside them, and when it has. */
async function sixties(api, id, body, headers = {}) {
  const ROUNDS = 60;
  const ask = async (begin) => {
    const bodies = Array.from({ length: ROUNDS }, (_, round) => body(begin + round * 60));
    const before = cpuMs(api.pid);
    for (const one of bodies) await api.must('POST', `/v1/systems/${id}/frames`, one, headers);
    return (cpuMs(api.pid) - before) / ROUNDS;
  };
  return { fresh: await ask(3000), warm: await ask(3000 + ROUNDS * 60) };
}

/** What a batch that fits the free plan costs its CPU, front and object together. */
async function cpu() {
  const api = await start(t, folder(t));
  await api.create('small', schema(WIDTH));
  await api.send('small', frames(WIDTH, 0, 3000));
  const { fresh, warm } = await sixties(api, 'small', (from) => JSON.stringify({ frames: frames(WIDTH, from, 60) }));
  say('60 frames of 30, explanations included: CPU', warm, 'ms', 10, 2);
  say('the same just after the start, V8 compiling', fresh, 'ms', undefined, 2);
  await api.stop();
}

/** The same batches to both services, in turns; to ours as columns, too. */
async function peer() {
  const api = await start(t, folder(t));
  const other = await startPeer(folder(t));
  t.after(other.stop);
  const BATCH = 500;
  const names = schema(WIDTH);
  await api.create('race', names);
  const post = async (path, method, body) => {
    const response = await fetch(other.origin + path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  };
  await post('/v1/systems/race', 'PUT', names);
  await api.create('columns', names);
  const ours = { took: [], cpu: 0 };
  const packed = { took: [], cpu: 0 };
  const theirs = { took: [], cpu: 0 };
  // As many as V8 needs to compile what it runs; Python has nothing to wait for.
  const WARM = 8;
  const ROUNDS = 6;
  for (let round = 0; round < WARM + ROUNDS; round++) {
    const sent = { frames: frames(WIDTH, round * BATCH, BATCH) };
    const bytes = columns(round * BATCH, BATCH);
    for (const [side, pid, act] of [
      [ours, api.pid, () => api.must('POST', '/v1/systems/race/frames', sent)],
      [packed, api.pid, () => api.must('POST', '/v1/systems/columns/frames', bytes, { 'content-type': COLUMNS, accept: COLUMNS })],
      [theirs, other.pid, () => post('/v1/systems/race/frames', 'POST', sent)],
    ]) {
      const before = cpuMs(pid);
      const ms = await timed(act);
      if (round >= WARM) (side.took.push(ms), (side.cpu += cpuMs(pid) - before));
    }
  }
  const rate = ({ took }) => (BATCH * 1000) / share(took, 0.5);
  const cost = ({ cpu }) => cpu / (ROUNDS * BATCH);
  say(`frames of 30 a second, JSON, batches of ${BATCH}`, rate(ours), '/s', undefined, 0);
  say('the same, as columns', rate(packed), '/s', undefined, 0);
  say('FastAPI + River + SQLite, JSON', rate(theirs), '/s', undefined, 0);
  say('ratio by the clock, JSON', rate(ours) / rate(theirs), 'x', -20);
  say('ratio by the clock, columns', rate(packed) / rate(theirs), 'x', -20);
  say('CPU a frame, JSON', cost(ours), 'ms', undefined, 3);
  say('FastAPI + River + SQLite, JSON', cost(theirs), 'ms', undefined, 3);
  say('ratio by CPU, JSON, which a busy machine leaves alone', cost(theirs) / cost(ours), 'x', -20);
  other.stop();
  await api.stop();
}

/** An object that was evicted, with thirty days of history. */
async function cold() {
  const dir = folder(t);
  let api = await start(t, dir);
  for (const id of ['warm', 'cold']) await api.create(id, schema(WIDTH));
  const FIVE = 5;
  const history = frames(WIDTH, 0, 8640).map(({ t, values }, place) => ({ t: t + place * (FIVE - 1) * 60_000, values }));
  for (let from = 0; from < history.length; from += 60) await api.send('cold', history.slice(from, from + 60));
  const last = history.at(-1);
  const took = [];
  for (let round = 1; round <= 7; round++) {
    await api.stop();
    api = await start(t, dir);
    // Another object warms what all objects share.
    await api.send('warm', frames(WIDTH, round * 10, 10));
    took.push(await timed(() => api.send('cold', [{ t: last.t + round * FIVE * 60_000, values: last.values }])));
  }
  say('first frame of a cold object, 30 days of history', share(took, 0.5), 'ms', 50);
  await api.stop();
}

/** Five hundred systems for a minute, and one key that asks for too much. */
async function many() {
  const SYSTEMS = 500;
  const SECONDS = Number(process.env.SECONDS ?? 60);
  const CLIENTS = 8;
  const NARROW = 10;
  const api = await start(t, folder(t));
  const systems = Array.from({ length: SYSTEMS }, (_, place) => ({ id: `s${place}`, sent: 0 }));
  for (let from = 0; from < SYSTEMS; from += 20) await Promise.all(systems.slice(from, from + 20).map(({ id }) => api.create(id, schema(NARROW))));
  const greedy = await api.must('POST', '/v1/keys', { name: 'greedy', scopes: ['read'], limit: { per_s: 5, burst: 5 } });
  const end = Date.now() + SECONDS * 1000;
  const statuses = new Map();
  const count = (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  let turn = 0;
  let taken = 0;
  const held = [];
  const client = async () => {
    while (Date.now() < end) {
      const one = systems[turn++ % SYSTEMS];
      if (one.isBusy) continue;
      one.isBusy = true;
      const answer = await api.call('POST', `/v1/systems/${one.id}/frames`, { frames: frames(NARROW, one.sent, 5) });
      count(answer.status);
      if (answer.status === 200) (one.sent += 5), (taken += 5);
      one.isBusy = false;
    }
  };
  let lies = 0;
  let refused = 0;
  const glutton = async () => {
    const headers = { authorization: `Bearer ${greedy.key}` };
    while (Date.now() < end) {
      const answer = await api.call('GET', '/v1/systems?limit=1', undefined, headers);
      if (answer.status !== 429) continue;
      refused += 1;
      await sleep(Number(answer.headers.get('retry-after')) * 1000);
      const again = await api.call('GET', '/v1/systems?limit=1', undefined, headers);
      if (again.status !== 200) lies += 1;
    }
  };
  const watch = async () => {
    while (Date.now() < end) {
      held.push(heldMb(api.pid));
      await sleep(1000);
    }
  };
  await Promise.all([...Array.from({ length: CLIENTS }, client), glutton(), watch()]);
  let lost = 0;
  for (const { id, sent } of systems) lost += Math.abs((await api.describe(id)).frames - sent);
  const faults = [...statuses].filter(([status]) => status !== 200).reduce((sum, [, number]) => sum + number, 0);
  say(`${SYSTEMS} systems, ${SECONDS} s: frames a second`, taken / SECONDS, '/s', undefined, 0);
  say(`${SYSTEMS} systems: answers other than 200`, faults, '', 0, 0);
  say(`${SYSTEMS} systems: frames lost or too many`, lost, '', 0, 0);
  const third = Math.floor(held.length / 3);
  say(`${SYSTEMS} systems: memory at the end / after a third`, held.at(-1) / held[third], 'x', 1.25, 2);
  say(`${SYSTEMS} systems: memory at the end`, held.at(-1), 'MB');
  say(`429 told in vain (of ${refused})`, lies, '', 0, 0);
  await api.stop();
}

/** Two hundred crashes. */
async function crash() {
  const ROUNDS = Number(process.env.CRASHES ?? 200);
  const { frames: sent, cut } = await crashes(t, ROUNDS, Number(process.env.SEED ?? 1));
  say(`${ROUNDS} crashes, ${sent} frames, ${cut} requests cut off: lost, double or other bits`, 0, '', 0, 0);
}

/** Ten thousand wrong requests, and as many as a stranger makes of the document in a while. */
async function malformed() {
  const COUNT = Number(process.env.COUNT ?? 10_000);
  const SECONDS = Number(process.env.SECONDS ?? 120);
  const api = await start(t, folder(t));
  const { codes, faults, odd, changed } = await attack(api, COUNT, Number(process.env.SEED ?? 1));
  const name = `${COUNT} wrong requests, ${codes.size} kinds of problems`;
  say(`${name}: faults of the server`, faults.length, '', 0, 0);
  say(`${name}: answers that are no such problem`, odd.length, '', 0, 0);
  say(`${name}: changes of the state`, Number(changed), '', 0, 0);
  const { asked, found, said } = await strange(api, folder(t), SECONDS, Number(process.env.SEED ?? 1));
  say(`Schemathesis, ${asked} requests: promises that do not hold`, found, '', 0, 0);
  for (const fault of [...faults, ...odd].slice(0, 10)) console.error(fault);
  if (found > 0) console.error(said);
  await api.stop();
}

function weight() {
  const packed = ['index_bg.wasm', 'index.js'].map((file) => gzipSync(readFileSync(new URL(file, build)), { level: 9 }).length);
  say('wasm and glue, gzip', packed.reduce((sum, bytes) => sum + bytes, 0) / 1024, 'kB', 1024);
}

const PARTS = { weight, single, batches, cpu, forms, peer, cold, malformed, crash, many };
const asked = process.argv.slice(2);
const unknown = asked.find((part) => !(part in PARTS));
if (unknown) throw new Error(`there is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
try {
  for (const part of asked.length > 0 ? asked : Object.keys(PARTS)) {
    console.error(part);
    await PARTS[part]();
  }
} finally {
  for (const end of ends.reverse()) await end();
}
const widths = [0, 1, 2].map((place) => Math.max(...rows.map((row) => row[place].length)));
for (const row of rows) console.log(row.map((cell, place) => (place === 1 ? cell.padStart(widths[1]) : cell.padEnd(widths[place] ?? 0))).join('   '));
if (rows.some((row) => row[3] === 'missed')) console.log('\nAims are missed where the machine is slow or busy, too: ratios travel, times do not.');
process.exit(0);
