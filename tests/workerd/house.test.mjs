// What a system does by itself when its alarm rings: silence is told, and the house is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, frames, operate, schema, start, until } from './local.mjs';

const MINUTE_MS = 60_000;

test('an outage is told while nothing arrives', async (t) => {
  const api = await start(t, folder(t), { ago: true });
  await api.create('a', schema(2));
  // Habits take a week to learn, a sender's rhythm a few frames: each comes when it was measured, the newest three minutes
  // ago.
  const rows = frames(2, 0, 12_040);
  const shift = Date.now() - 3 * MINUTE_MS - rows[11_999].t;
  rows.forEach((row) => (row.t += shift));
  await api.send('a', rows.slice(0, 6000));
  await api.send('a', rows.slice(6000, 11_990));
  const send = (row) => api.must('POST', '/v1/systems/a/frames', { frames: [row] }, { 'x-ago': String(Date.now() - row.t) });
  for (const row of rows.slice(11_990, 12_000)) await send(row);
  // The second frame that does not come is overdue two minutes after the last one: the alarm rings at once.
  const silent = (list) => list.some((episode) => episode.cause === 'all_silent');
  const list = await until(() => api.anomalies('a'), silent);
  assert.equal(list.filter((episode) => episode.cause === 'all_silent').length, 1);
  assert.equal((await api.describe('a')).frames, 12_000);
  // It speaks again: the episode ends, and the frames are judged.
  assert.equal((await api.send('a', rows.slice(12_000))).length, 40);
});

test('history that is filled in rings no alarm', async (t) => {
  const dir = folder(t);
  const api = await start(t, dir);
  await api.create('a', schema(2));
  await api.send('a', frames(2, 0, 6000));
  await api.send('a', frames(2, 6000, 6000));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok((await api.anomalies('a')).every((episode) => episode.cause === null));
});

test('what is past its time goes, statistics stay, and nothing else changes', async (t) => {
  const dir = folder(t);
  const calm = await start(t, folder(t));
  await calm.create('a', schema(3));
  const expected = await calm.send('a', frames(3, 0, 900));
  const listed = (await calm.anomalies('a')).map(({ id }) => id);
  await calm.stop();

  const kept = { ROUND_MS: '300', RAW_KEPT_MS: '100', VERDICTS_KEPT_MS: '100', ARCHIVED_AFTER_MS: '100' };
  let api = await start(t, dir, { bindings: kept });
  await api.create('a', schema(3));
  for (let from = 0; from < 800; from += 100) await api.send('a', frames(3, from, 100));
  const count = async () => (await api.must('GET', '/v1/systems/a/frames')).frames.length;
  await until(count, (left) => left === 0);
  const { stats } = await api.must('GET', '/v1/systems/a/stats?by=day');
  assert.equal(stats.reduce((sum, day) => sum + day.frames, 0), 800);
  const archived = (await api.must('GET', '/v1/systems/a/anomalies?archived=true')).anomalies.map(({ id }) => id);
  assert.ok(archived.length > 0 && archived.every((id) => listed.includes(id)));
  const repeat = await api.call('POST', '/v1/systems/a/frames', { frames: frames(3, 5, 1) });
  assert.deepEqual([repeat.status, repeat.json.code], [409, 'frame.time-went-back']);
  await api.kill();
  api = await start(t, dir);
  assert.deepEqual(await api.send('a', frames(3, 800, 100)), expected.slice(800));
});

test('a forgotten system leaves nothing behind', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 300));
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 204);
  assert.equal((await api.call('GET', '/v1/systems/a')).status, 404);
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 404);
  await api.stop();
  const tables = await operate(t, dir, 'a', "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'");
  assert.deepEqual(tables, []);
  api = await start(t, dir);
  assert.equal((await api.create('a', schema(3))).frames, 0);
});

test('raw data is small', async (t) => {
  const dir = folder(t);
  const api = await start(t, dir, { bindings: { ROUND_MS: '300' } });
  // What sensors say: few digits, slow waves, counts, places, gaps.
  const random = (n) => Math.abs(Math.sin(n * 12.9898) * 43758.5453) % 1;
  const kinds = [
    (at, noise) => Math.round(600 + 80 * Math.sin(at / 229) + 40 * noise) / 10,
    (at, noise) => Math.round(2000 * noise * noise),
    (at, noise) => Math.round(52_520_000 + 900 * Math.sin(at / 90) + 40 * noise) / 1e6,
    (at, noise) => (noise > 0.4 ? null : Math.round(noise * 1000) / 100),
    (at) => Math.max(0, 100 - (at % 96)),
    (at, noise) => (noise > 0.8 ? 1 : 0),
  ];
  const rows = Array.from({ length: 1200 }, (_, at) => ({
    t: 1_700_000_000_000 + at * 300_000,
    values: Object.fromEntries(
      Array.from({ length: 30 }, (_, stream) => [`s${stream}`, kinds[stream % 6](at, random(at * 31 + stream))]),
    ),
  }));
  await api.create('a', schema(30));
  for (let from = 0; from < 1200; from += 100) await api.send('a', rows.slice(from, from + 100));
  const before = await api.must('GET', '/v1/systems/a/frames');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual((await api.must('GET', '/v1/systems/a/frames')).frames, before.frames, 'to the last bit');
  assert.deepEqual(before.frames.map(({ values }) => values), rows.map(({ values }) => values));
  await api.stop();
  const [{ bytes, frames: packed }] = await operate(
    t,
    dir,
    'a',
    'SELECT sum(length(rows)) AS bytes, max(frames) AS frames FROM log WHERE packed = 1',
  );
  assert.ok(packed >= 512, `${packed} frames are packed`);
  assert.ok(bytes / packed / 30 < 3, `${bytes / packed / 30} bytes a value`);
});
