// The endpoints and every refusal, over HTTP, in a real workerd.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';

import { ADMIN, folder, frames, schema, start } from './local.mjs';

test('a system from its making to its anomalies', async (t) => {
  const api = await start(t, folder(t));
  const made = await api.call('PUT', '/v1/systems/a', schema(3));
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('content-type'), 'application/json');
  assert.equal((await api.call('PUT', '/v1/systems/a', schema(3))).status, 200);
  assert.equal((await api.create('b', { preset: 'iot' })).schema.streams[0].name, 'temperature');

  const verdicts = await api.send('a', frames(3, 0, 700));
  assert.equal(verdicts.length, 700);
  assert.ok(verdicts.every((verdict, minute) => verdict.t === 1_700_000_000_000 + minute * 60_000));
  const alarms = verdicts.filter((verdict) => verdict.alarm).map((verdict) => verdict.t);
  const anomalies = await api.anomalies('a');
  assert.deepEqual(anomalies.map((episode) => episode.opened).reverse(), alarms);
  assert.ok(alarms.length > 0);

  const { frames: taken, last } = await api.describe('a');
  assert.deepEqual([taken, last], [700, verdicts[699].t]);
  assert.deepEqual(await api.anomalies('b'), []);
});

test('silence is told by a tick, once', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const tick = (minute) => api.must('POST', '/v1/systems/a/tick', { now: 1_700_000_000_000 + minute * 60_000 });
  assert.deepEqual(await tick(0), { verdict: null });
  // Habits take a week to learn.
  await api.send('a', frames(2, 0, 6000));
  await api.send('a', frames(2, 6000, 6000));
  assert.deepEqual(await tick(12_000), { verdict: null });
  const { verdict } = await tick(12_060);
  assert.equal(verdict.from_silence, true);
  assert.deepEqual(verdict.streams.map((stream) => stream.silence), ['all_silent', 'all_silent']);
  assert.deepEqual(await tick(12_060), { verdict });
  assert.deepEqual(await tick(12_061), { verdict: null });
  assert.equal((await api.describe('a')).frames, 12_000);
});

test('a frame is judged once', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['once', 'twice'].map((id) => api.create(id, schema(2))));
  const once = await api.send('once', frames(2, 0, 300));
  await api.send('twice', frames(2, 0, 200));
  assert.deepEqual(await api.send('twice', frames(2, 0, 200)), once.slice(0, 200));
  assert.deepEqual(await api.send('twice', frames(2, 150, 150)), once.slice(150));
  assert.equal((await api.describe('twice')).frames, 300);
});

test('every refusal is a problem that says what to do', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  await api.send('a', frames(2, 0, 10));
  const before = await api.describe('a');
  const t0 = 1_700_000_000_000;
  const row = (t, values = {}) => ({ frames: [{ t, values }] });
  const cases = [
    ['GET', '/nothing', undefined, 404, 'path.unknown'],
    ['PATCH', '/v1/systems', undefined, 405, 'method.not-allowed'],
    ['POST', '/healthz', '', 405, 'method.not-allowed'],
    ['PATCH', '/v1/systems/a', undefined, 405, 'method.not-allowed'],
    ['PUT', '/v1/systems/a/frames', undefined, 405, 'method.not-allowed'],
    ['PUT', '/v1/systems/-a', schema(1), 400, 'system.bad-id'],
    ['PUT', '/v1/systems/a%20b', schema(1), 400, 'system.bad-id'],
    ['GET', '/v1/systems/nobody', undefined, 404, 'system.unknown'],
    ['GET', '/v1/systems/nobody/anomalies', undefined, 404, 'system.unknown'],
    ['POST', '/v1/systems/nobody/frames', row(t0), 404, 'system.unknown'],
    ['POST', '/v1/systems/nobody/tick', { now: t0 }, 404, 'system.unknown'],
    ['PUT', '/v1/systems/c', '{"streams":', 400, 'body.malformed'],
    ['PUT', '/v1/systems/c', '', 400, 'body.malformed'],
    ['PUT', '/v1/systems/c', { streams: ['x'], sead: 1 }, 400, 'body.malformed', /sead/],
    ['PUT', '/v1/systems/c', { streams: [{ name: 'x', kind: 'odd' }] }, 400, 'body.malformed', /streams/],
    ['PUT', '/v1/systems/c', { preset: 'nope' }, 422, 'schema.unknown-preset'],
    ['PUT', '/v1/systems/c', { streams: ['x', 'x'] }, 422, 'schema.duplicate-name'],
    ['PUT', '/v1/systems/c', { streams: [''] }, 422, 'schema.bad-name'],
    ['PUT', '/v1/systems/c', { streams: Array(4097).fill('x') }, 422, 'schema.too-many-streams'],
    ['PUT', '/v1/systems/c', { streams: [{ name: 'x', cadence_ms: 0 }] }, 422, 'schema.bad-cadence'],
    ['PUT', '/v1/systems/c', { streams: [{ name: 'x', bounds: [2, 1] }] }, 422, 'schema.bad-bounds'],
    ['PUT', '/v1/systems/c', { streams: ['x'], links: [{ from: 'x', to: 'y' }] }, 422, 'schema.bad-link'],
    ['PUT', '/v1/systems/c', { streams: ['x'], false_alarm_rate: 1 }, 422, 'schema.bad-rate'],
    ['PUT', '/v1/systems/c', { streams: ['x'], seed: 2 ** 53 }, 422, 'schema.bad-seed'],
    ['POST', '/v1/systems/a/frames', '[]', 400, 'body.malformed'],
    ['POST', '/v1/systems/a/frames', new Uint8Array([0xff, 0xfe]), 400, 'body.malformed'],
    ['POST', '/v1/systems/a/frames', '{"frames":[{"t":1e999,"values":{}}]}', 400, 'body.malformed', /frames\[0\]\.t/],
    ['POST', '/v1/systems/a/frames', '{"frames":'.repeat(500), 400, 'body.malformed'],
    ['POST', '/v1/systems/a/frames', row(t0, { s1: '7' }), 400, 'body.malformed', /frames\[0\]\.values\.s1/],
    ['POST', '/v1/systems/a/frames', row(t0 + 1e9, { s9: 1 }), 422, 'frame.unknown-stream', /s9/],
    ['POST', '/v1/systems/a/frames', row(1e17), 422, 'frame.time-out-of-range'],
    ['POST', '/v1/systems/a/frames', row(t0 + 1), 409, 'frame.time-went-back'],
    ['POST', '/v1/systems/a/frames', row(t0), 409, 'frame.differs'],
    ['POST', '/v1/systems/a/frames', { frames: frames(2, 50, 2).reverse() }, 409, 'frame.time-went-back'],
    ['POST', '/v1/systems/a/frames', { frames: frames(0, 50, 10_001) }, 413, 'body.too-many-frames'],
    ['POST', '/v1/systems/a/frames', ' '.repeat(9 << 20), 413, 'body.too-large'],
    ['POST', '/v1/systems/a/tick', {}, 400, 'body.malformed', /now/],
    ['POST', '/v1/systems/a/tick', { now: 1e17 }, 422, 'frame.time-out-of-range'],
  ];
  for (const [method, path, body, status, code, detail = /./] of cases) {
    const answer = await api.call(method, path, body);
    const about = `${method} ${path} ${String(answer.text)}`;
    assert.deepEqual([answer.status, answer.json.code], [status, code], about);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json', about);
    assert.equal(answer.json.type, `/problems/${code}`);
    assert.equal(answer.json.status, status);
    assert.match(answer.json.detail, detail, about);
    assert.equal(answer.headers.has('allow'), status === 405, about);
  }
  assert.deepEqual(await api.describe('a'), before);
  assert.equal((await api.call('GET', '/v1/systems/c')).status, 404);
  const { json } = await api.call('POST', '/v1/systems/a/frames', row(t0 + 1e9, { s9: 1 }));
  assert.deepEqual([json.stream, json.at], ['s9', t0 + 1e9]);
});

test('a body of unknown length is refused when it gets too large', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const post = async (pieces) => {
    const response = await fetch(`${api.origin}/v1/systems/a/frames`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: Readable.toWeb(Readable.from(pieces)),
      duplex: 'half',
      signal: AbortSignal.timeout(30_000),
    });
    return [response.status, (await response.json()).code];
  };
  const spaces = Buffer.alloc(1 << 20, 0x20);
  assert.deepEqual(await post(Array(10).fill(spaces)), [413, 'body.too-large']);
  const text = JSON.stringify({ frames: frames(2, 0, 200) });
  assert.deepEqual(await post([Buffer.from(text.slice(0, 999)), Buffer.from(text.slice(999))]), [200, undefined]);
});

test('an object that does not answer in time is a 503', async (t) => {
  const api = await start(t, folder(t), { bindings: { OBJECT_DEADLINE_MS: '200' }, slow: true });
  const began = performance.now();
  const { status, headers, json } = await api.call('POST', '/v1/systems/a/frames', { frames: [] });
  assert.deepEqual([status, json.code, headers.get('retry-after')], [503, 'system.no-answer', '1']);
  assert.ok(performance.now() - began < 5000);
  assert.equal((await api.call('GET', '/healthz')).status, 200);
});
