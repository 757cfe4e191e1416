// Frames out of a queue, and what is done once a day.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { folder, frames, schema, start, until } from './local.mjs';

test('queued frames are judged as those that are sent', async (t) => {
  const api = await start(t, folder(t));
  for (const id of ['sent', 'queued', 'events']) await api.create(id, schema(2));
  await api.send('sent', frames(2, 0, 200));
  await api.enqueue({ system: 'nobody', frames: frames(2, 0, 1) });
  await api.enqueue({ system: '../x', frames: [] });
  for (let from = 0; from < 200; from += 50) {
    await api.enqueue({ system: 'queued', frames: frames(2, from, 50) });
    for (let turn = 0; (await api.describe('queued')).frames < from + 50; turn++) {
      assert.ok(turn < 100, 'the queue does not get on');
      await sleep(100);
    }
  }
  // A message that comes twice, as queues have it, changes nothing.
  await api.enqueue({ tenant: 'main', system: 'queued', frames: frames(2, 150, 50) });
  await sleep(1000);
  assert.equal((await api.describe('queued')).frames, 200);
  const again = (id) => api.send(id, frames(2, 0, 200));
  assert.deepEqual(await again('queued'), await again('sent'));
  assert.deepEqual(await api.anomalies('queued'), await api.anomalies('sent'));
});

test('what is queued is counted, and what nobody takes is not lost', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  await api.enqueue({ system: 'a', frames: frames(2, 0, 40) });
  await api.enqueue(JSON.stringify({ system: 'a', frames: frames(2, 40, 5) }));
  const odd = [{ sistem: 'a', frames: [] }, 'no message at all', { system: 'a' }, { system: 'a', frames: [], events: [] }, 7];
  for (const message of odd) await api.enqueue(message);
  await until(() => api.describe('a'), ({ frames }) => frames === 45);
  await until(async () => (await api.call('GET', '/metrics')).text, (text) => text.includes('\nfourfold_frames_total 45\n'));
  // A refused message is tried three times, and then laid where somebody can look at it.
  const found = () => odd.filter((message) => api.logs.some((line) => line.includes(`nobody took ${JSON.stringify(message)}`)));
  await until(found, ({ length }) => length === odd.length, 60_000);
  const refusals = api.logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)).filter(({ message }) => message === 'a queued message was refused');
  assert.ok(refusals.length >= 3 * odd.length && refusals.every(({ level, detail }) => level === 'warn' && detail.length > 2));
});

test('expired keys go by themselves', async (t) => {
  const api = await start(t, folder(t));
  const acme = { 'x-fourfold-tenant': 'acme' };
  for (const headers of [{}, acme]) {
    await api.must('POST', '/v1/keys', { name: 'short', scopes: ['read'], expires: Date.now() + 500 }, headers);
    await api.must('POST', '/v1/keys', { name: 'long', scopes: ['read'], expires: Date.now() + 1e9 }, headers);
    await api.must('POST', '/v1/keys', { name: 'ever', scopes: ['read'] }, headers);
  }
  await sleep(600);
  const rung = await fetch(`${api.origin}/cdn-cgi/handler/scheduled?cron=17+3+*+*+*`, { signal: AbortSignal.timeout(20_000) });
  assert.equal(rung.status, 200);
  for (const headers of [{}, acme]) {
    const { keys } = await api.must('GET', '/v1/keys', undefined, headers);
    assert.deepEqual(keys.map(({ name }) => name).sort(), ['ever', 'long']);
  }
});
