// Many callers at once who want different things of the same system: whatever happens, all that is said afterwards agrees.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import { folder, frames, schema, start, until } from './local.mjs';
import { random } from './malformed.mjs';

/** A request over a connection of its own: those of `fetch` wait for each other. */
function ask(api, method, path, body) {
  return new Promise((resolve, reject) => {
    const asked = request(api.origin + path, { method, headers: api.shown, agent: false, timeout: 30_000 }, (answer) => {
      let text = '';
      answer.on('data', (piece) => (text += piece)).on('end', () => resolve({ status: answer.statusCode, json: text ? JSON.parse(text) : undefined }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer'))).on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

test('made, deleted and written to at the same time', async (t) => {
  const api = await start(t, folder(t));
  const next = random(Number(process.env.SEED ?? 5));
  let minute = 0;
  const seen = new Map();
  for (let round = 0; round < 12; round++) {
    const wishes = Array.from({ length: 24 }, () => {
      const kind = next();
      if (kind < 0.3) return ['PUT', '/v1/systems/a', schema(2)];
      if (kind < 0.55) return ['DELETE', '/v1/systems/a'];
      if (kind < 0.65) return ['GET', '/v1/systems/a'];
      return ['POST', '/v1/systems/a/frames', { frames: frames(2, minute++, 1) }];
    });
    for (const [place, { status, json }] of (await Promise.all(wishes.map((wish) => ask(api, ...wish)))).entries()) {
      const [method] = wishes[place];
      const allowed = { PUT: [200, 201], DELETE: [204, 404], GET: [200, 404], POST: [200, 404, 409] }[method];
      assert.ok(allowed.includes(status), `${method} ${status} ${JSON.stringify(json)}`);
      seen.set(`${method} ${status}`, (seen.get(`${method} ${status}`) ?? 0) + 1);
    }
    // The object and the list say the same, and what is there can be used.
    const { status, json } = await api.call('GET', '/v1/systems/a');
    const isListed = (await api.must('GET', '/v1/systems')).systems.some(({ id }) => id === 'a');
    assert.equal(isListed, status === 200, `round ${round}: ${status}`);
    if (status === 200) {
      const raw = (await api.must('GET', '/v1/systems/a/frames')).frames;
      assert.equal(raw.length, json.frames, `round ${round}`);
    }
    await api.must('PUT', '/v1/systems/a', schema(2));
    assert.equal((await api.send('a', frames(2, minute++, 1))).length, 1);
  }
  for (const what of ['PUT 201', 'DELETE 204', 'POST 200']) assert.ok(seen.get(what) > 0, what);
});

test('an answer that is late does not undo what came after it', async (t) => {
  const api = await start(t, folder(t), { ago: true });
  const late = { 'x-late': '700' };
  const isListed = async () => (await api.must('GET', '/v1/systems')).systems.some(({ id }) => id === 'a');
  await api.create('a', schema(2));
  const deletion = api.call('DELETE', '/v1/systems/a', undefined, late);
  await until(() => api.call('GET', '/v1/systems/a'), ({ status }) => status === 404);
  assert.equal((await api.call('PUT', '/v1/systems/a', schema(2))).status, 201);
  assert.equal((await deletion).status, 204);
  assert.ok(await isListed(), 'it was made after the other was deleted');
  const creation = api.call('PUT', '/v1/systems/a', schema(2), late);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 204);
  assert.equal((await creation).status, 200);
  assert.ok(!(await isListed()), 'it was deleted after the other was made');
  const { entries } = await api.must('GET', '/v1/audit');
  assert.equal(entries.length, 5, 'all of it is in the log');
  // What is done to a system before its making is told makes it no less.
  const making = api.call('PUT', '/v1/systems/a', schema(2), late);
  await until(() => api.call('GET', '/v1/systems/a'), ({ status }) => status === 200);
  await api.must('PUT', '/v1/systems/a/alerts', { rules: [], webhooks: [] });
  assert.equal((await making).status, 201);
  assert.ok(await isListed(), 'it is there');
});

test('restored, labelled and changed while others write', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 600));
  await api.must('POST', '/v1/systems/a/models', { note: 'good' });
  const [{ id }] = await api.anomalies('a');
  const taken = [];
  const write = async (from) => {
    for (let minute = from; minute < from + 60; minute += 2) {
      const { status, json } = await ask(api, 'POST', '/v1/systems/a/frames', { frames: frames(3, 600 + minute, 1) });
      if (status === 200) taken.push(json.verdicts[0]);
      else assert.equal(json.code, 'frame.time-went-back');
    }
  };
  const people = async () => {
    for (let turn = 0; turn < 8; turn++) {
      assert.equal((await ask(api, 'POST', '/v1/systems/a/models/1/restore')).status, 200);
      assert.equal((await ask(api, 'PATCH', `/v1/systems/a/anomalies/${id}`, { label: turn % 2 ? 'real' : 'expected' })).status, 200);
      assert.ok([200, 409].includes((await ask(api, 'POST', '/v1/systems/a/labels/undo')).status));
      assert.equal((await ask(api, 'PUT', '/v1/systems/a', { ...schema(3), false_alarm_rate: 1e-4 * (turn + 1) })).status, 200);
      // A checkpoint belongs to the schema of its time.
      assert.equal((await ask(api, 'PUT', '/v1/systems/a', schema(3))).status, 200);
    }
  };
  await Promise.all([write(0), write(1), people()]);
  const { frames: count } = await api.describe('a');
  assert.equal(count, 600 + taken.length);
  const raw = (await api.must('GET', '/v1/systems/a/frames')).frames.map(({ t }) => t);
  assert.ok(raw.every((at, place) => place === 0 || raw[place - 1] < at), 'in the order of time');
  // What was answered is what is remembered, and the log leads to the same engine after a crash.
  const said = new Map(taken.map((verdict) => [verdict.t, verdict]));
  const next = frames(3, 700, 20);
  await api.kill();
  api = await start(t, dir);
  for (const [at, verdict] of [...said].slice(-10)) {
    const minute = (at - 1_700_000_000_000) / 60_000;
    assert.deepEqual(await api.send('a', frames(3, minute, 1)), [verdict]);
  }
  const after = await api.send('a', next);
  assert.deepEqual(await api.send('a', next), after);
});

test('two requests with one key are one, however close they come', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', { streams: ['x'], frame_ms: 60_000, lateness_ms: 0 });
  const body = { events: [0, 1, 2, 3].map((minute) => ({ stream: 'x', t: 1_700_000_000_000 + minute * 60_000, value: minute })) };
  const post = (key, sent) => api.call('POST', '/v1/systems/a/events', sent, { 'idempotency-key': key });
  const answers = await Promise.all(Array.from({ length: 12 }, () => post('one', body)));
  assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))].length, 1);
  assert.equal(answers[0].json.counts.taken, 4);
  const others = await Promise.all([1, 2, 3].map((value) => post('two', { events: [{ stream: 'x', t: 1_700_000_600_000, value }] })));
  assert.deepEqual(others.map(({ status }) => status).sort(), [200, 422, 422]);
  assert.ok(others.filter(({ status }) => status === 422).every(({ json }) => json.code === 'idempotency.key-reused'));
  const restored = await Promise.all([1, 2].map(() => api.call('POST', '/v1/systems/a/models', { note: 'x' }, { 'idempotency-key': 'three' })));
  assert.equal(restored[0].text, restored[1].text);
  assert.equal((await until(() => api.must('GET', '/v1/systems/a/models'), () => true)).models.length, 1);
});
