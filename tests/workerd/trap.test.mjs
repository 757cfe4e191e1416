// Rust never panics here, by its lints. Should it trap all the same (memory, a bug of the platform), the caller hears of
// it in time, and the object goes on with the very bits.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { folder, frames, schema, start, until } from './local.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');

test('an object that traps says so in time, and answers again with the right bits', async (t) => {
  const calm = await start(t, folder(t));
  await calm.create('calm', schema(3));
  const expected = await calm.send('calm', frames(3, 0, 400));
  await calm.stop();

  const api = await start(t, folder(t), { bindings: { OBJECT_DEADLINE_MS: '1500' }, trap: true });
  await api.create('a', schema(3));
  const verdicts = await api.send('a', frames(3, 0, 100));
  for (let from = 100; from < 400; from += 100) {
    const body = { frames: frames(3, from, 100) };
    const began = performance.now();
    const trapped = await api.call('POST', '/v1/systems/a/frames', body, { 'x-trap': 'object' });
    assert.deepEqual([trapped.status, trapped.json?.code], [503, 'system.no-answer'], trapped.text.slice(0, 300));
    assert.equal(trapped.headers.get('content-type'), 'application/problem+json');
    assert.ok(Number(trapped.headers.get('retry-after')) >= 1);
    assert.ok(performance.now() - began < 6000, 'in time');
    verdicts.push(...(await api.send('a', frames(3, from, 100))));
  }
  assert.deepEqual(verdicts, expected);
  assert.equal((await api.describe('a')).frames, 400);
});

/** Lines sent one by one to a system, and what came back. */
function lines(t, api, path) {
  const said = { text: '', isOver: false };
  const sent = request(api.origin + path, { method: 'POST', headers: { ...api.shown, 'content-type': 'application/x-ndjson', 'transfer-encoding': 'chunked' } });
  t.after(() => sent.destroy());
  sent.on('error', () => (said.isOver = true));
  sent.on('response', (response) => {
    said.status = response.statusCode;
    response.setEncoding('utf8').on('data', (piece) => (said.text += piece));
    response.on('end', () => (said.isOver = said.isWhole = true)).on('error', () => (said.isOver = true));
  });
  return { said, send: (row) => sent.write(`${JSON.stringify(row)}\n`) };
}

test('open streams end, and so does the socket whose message is lost', async (t) => {
  const api = await start(t, folder(t), { trap: true });
  await api.create('a', schema(2));
  const followed = { text: '', isOver: false };
  const response = await api.request('/v1/systems/a/events');
  const read = (async () => {
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) followed.text += piece;
  })();
  const endless = lines(t, api, '/v1/systems/a/frames?partial=true');
  const [first, second, ...rest] = frames(2, 0, 5);
  endless.send(first);
  await until(() => endless.said.text, (text) => text.includes('verdict'));
  await until(() => followed.text, (text) => text.includes('event: verdict'));
  const trapped = await api.call('POST', '/v1/systems/a/frames', { frames: [second] }, { 'x-trap': 'object' });
  assert.equal(trapped.status, 503);
  await until(() => endless.said, ({ isOver }) => isOver);
  assert.deepEqual([endless.said.status, endless.said.isWhole], [200, true]);
  const last = JSON.parse(endless.said.text.trim().split('\n').at(-1));
  assert.deepEqual([last.problem.code, last.problem.status], ['system.no-answer', 503]);
  // A browser comes again by itself.
  await read;
  // Whoever sends what was not answered goes on.
  assert.equal((await api.send('a', [first, second, ...rest])).length, 5);
  assert.equal((await api.describe('a')).frames, 5);

  const ws = new WebSocket(`${api.origin.replace('http', 'ws')}/v1/systems/a/live`, { headers: api.shown });
  t.after(() => ws.terminate());
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
  const closed = new Promise((resolve) => ws.once('close', resolve));
  await api.must('GET', '/v1/systems/a', undefined, { 'x-trap': 'socket' });
  ws.send(JSON.stringify({ frames: frames(2, 5, 1) }));
  assert.equal(await closed, 1011);
});

test('an alarm that traps rings again', async (t) => {
  const api = await start(t, folder(t), { trap: true, bindings: { ROUND_MS: '500' } });
  await api.create('a', schema(2));
  await api.must('GET', '/v1/systems/a', undefined, { 'x-trap': 'alarm' });
  await api.send('a', frames(2, 0, 5));
  const place = (line) => api.logs.indexOf(line);
  await until(() => place('an alarm rings and traps'), (found) => found >= 0);
  await until(() => api.logs.slice(place('an alarm rings and traps')), (since) => since.includes('an alarm has rung'));
});

test('queued messages that were lost are taken again, and none of them twice', async (t) => {
  const api = await start(t, folder(t), { trap: true });
  await api.create('a', schema(2));
  await api.must('GET', '/v1/systems/a', undefined, { 'x-trap': 'queue' });
  await api.enqueue({ system: 'a', frames: frames(2, 0, 40) });
  await until(() => api.describe('a'), (found) => found.frames === 40);
  await api.enqueue({ system: 'a', frames: frames(2, 40, 5) });
  await until(() => api.describe('a'), (found) => found.frames === 45);
});
