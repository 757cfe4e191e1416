// Checkpoints and the way back, two configurations side by side, a change of schema, and what is asked of a system.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, frames, schema, start } from './local.mjs';

test('an engine goes back to a checkpoint, across a crash', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 600));
  const made = await api.call('POST', '/v1/systems/a/models', { note: 'good' });
  assert.deepEqual([made.status, made.json.version, made.json.frames], [201, 1, 600]);
  await api.send('a', frames(3, 600, 300));
  assert.equal((await api.call('POST', '/v1/systems/a/models/1/restore')).status, 200);
  await api.kill();
  api = await start(t, dir);
  const after = await api.send('a', frames(3, 900, 100));
  assert.equal((await api.describe('a')).frames, 1000);
  assert.equal((await api.must('GET', '/v1/systems/a/models')).models.length, 1);

  // An engine that never saw what came in between says the same.
  await api.create('b', schema(3));
  await api.send('b', frames(3, 0, 600));
  const expected = await api.send('b', frames(3, 900, 100));
  const scores = (verdicts) => verdicts.map(({ t, score, alarm }) => [t, score, alarm]);
  assert.deepEqual(scores(after), scores(expected));
});

test('what was learned goes from Worker to Worker, and back by a checkpoint', async (t) => {
  const sealed = { 'content-type': 'application/octet-stream' };
  const take = async (api, path) => {
    const response = await api.request(path);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/octet-stream']);
    return new Uint8Array(await response.arrayBuffer());
  };
  const said = (verdicts) => verdicts.map(({ t, score, oddness, alarm }) => [t, score, oddness, alarm]);
  const there = await start(t, folder(t));
  await there.create('a', schema(3));
  await there.send('a', frames(3, 0, 600));
  await there.must('POST', '/v1/systems/a/models');
  const bytes = await take(there, '/v1/systems/a/models/1');
  const expected = said(await there.send('a', frames(3, 600, 100)));

  const dir = folder(t);
  let here = await start(t, dir);
  const made = await here.call('PUT', '/v1/systems/b', bytes, sealed);
  assert.deepEqual([made.status, made.json.schema.streams.length], [201, 3]);
  await here.kill();
  here = await start(t, dir);
  assert.deepEqual(said(await here.send('b', frames(3, 600, 100))), expected);
  assert.deepEqual((await here.must('GET', '/v1/systems')).systems.map(({ id }) => id), ['b']);
  const half = await here.call('PUT', '/v1/systems/c', bytes.subarray(0, 1000), sealed);
  assert.deepEqual([half.status, half.json.code], [422, 'model.unreadable']);
  assert.equal((await here.call('GET', '/v1/systems/c')).status, 404);
  // And back.
  await here.must('POST', '/v1/systems/b/models');
  const brought = await there.call('POST', '/v1/systems/a/models', await take(here, '/v1/systems/b/models/2'), sealed);
  assert.deepEqual([brought.status, brought.json.version], [201, 2]);
  await there.must('POST', '/v1/systems/a/models/2/restore');
  const next = frames(3, 700, 50);
  assert.deepEqual(said(await there.send('a', next)), said(await here.send('b', next)));
});

test('two configurations side by side, with labels', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 1500));
  const [{ id }] = await api.anomalies('a');
  await api.must('POST', '/v1/systems/a/labels', { anomaly: id, label: 'real' });
  const said = await api.must('POST', '/v1/systems/a/compare', { b: schema(1) });
  assert.deepEqual([said.frames, said.labels], [1500, 1]);
  for (const side of [said.a, said.b]) {
    assert.ok(side.alarms > 0);
    assert.ok(side.quality.auc_roc >= 0 && side.quality.auc_roc <= 1);
  }
});

test('a label on what the engine forgot is kept, and said to be', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  await api.must('POST', '/v1/systems/a/models');
  await api.send('a', frames(3, 0, 700));
  await api.must('POST', '/v1/systems/a/models/1/restore');
  const [{ id }] = await api.anomalies('a');
  const amended = await api.must('PATCH', `/v1/systems/a/anomalies/${id}`, { label: 'expected' });
  assert.deepEqual([amended.label, amended.learned], ['expected', false]);
  assert.deepEqual(await api.must('POST', '/v1/systems/a/labels', { anomaly: id, label: 'real' }), { anomaly: id, learned: false });
  assert.equal((await api.must('GET', `/v1/systems/a/anomalies/${id}`)).label, 'real');
  assert.deepEqual(await api.must('POST', '/v1/systems/a/labels/undo'), { anomaly: id, learned: false });
});

test('two configurations side by side, on events', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', { ...schema(2), frame_ms: 60_000, lateness_ms: 60_000 });
  const events = frames(2, 0, 900).flatMap(({ t, values }) => Object.entries(values).map(([stream, value]) => ({ stream, t, value: value ?? 0 })));
  await api.must('POST', '/v1/systems/a/events', { events });
  const said = await api.must('POST', '/v1/systems/a/compare', { b: { ...schema(1), frame_ms: 300_000 } });
  assert.deepEqual([said.frames, said.events], [0, 1800]);
  assert.ok(said.a.frames > 890 && said.b.frames > 170 && said.b.frames < 181, JSON.stringify(said));
  assert.equal(said.a.alarms, (await api.anomalies('a')).length);
});

test('a change of schema says what it did', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 900));
  const before = await api.anomalies('a');
  const { change } = await api.create('a', schema(4));
  assert.deepEqual([change.kept, change.new, change.removed], [['s0', 's1', 's2'], ['s3'], []]);
  assert.ok(change.reset.length > 0);
  assert.deepEqual((await api.anomalies('a')).map(({ id, opened }) => [id, opened]), before.map(({ id, opened }) => [id, opened]));
  assert.equal((await api.send('a', frames(4, 900, 100))).length, 100);
  const raw = await api.must('GET', `/v1/systems/a/frames?from=${1_700_000_000_000 + 899 * 60_000}&to=${1_700_000_000_000 + 901 * 60_000}`);
  assert.deepEqual(raw.frames.map(({ values }) => values.s3 === null), [true, false]);
});

test('what people ask and say', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 1500));
  const get = (path) => api.must('GET', `/v1/systems/a/${path}`);
  const all = await api.anomalies('a');
  assert.ok(all.length >= 3);
  const first = await get('anomalies?limit=2');
  const second = await get(`anomalies?limit=2&cursor=${first.next}`);
  assert.deepEqual([...first.anomalies, ...second.anomalies].map(({ id }) => id), all.slice(0, 4).map(({ id }) => id));
  const [{ id }] = all;
  const amended = await api.must('PATCH', `/v1/systems/a/anomalies/${id}`, { status: 'acknowledged', label: 'expected' });
  assert.deepEqual([amended.status, amended.label], ['acknowledged', 'expected']);
  const { history } = await get(`anomalies/${id}`);
  assert.ok(['opened', 'label', 'status'].every((what) => history.some((line) => line.what === what)));
  assert.deepEqual(await api.must('POST', '/v1/systems/a/labels/undo'), { anomaly: id, learned: true });
  const why = await get(`anomalies/${id}/explanation?mode=thorough`);
  assert.equal(why.mode, 'thorough');
  assert.deepEqual(await get(`anomalies/${id}/explanation?mode=thorough`), why);
  assert.equal((await get('health')).streams.length, 3);
  assert.equal((await get('gaps')).streams[0].absence.length, 48);
  assert.ok((await get('quality')).streams[0].completeness > 0.9);
  const day = (await get('stats?by=day')).stats[0];
  assert.ok(day.streams.s0.count > 100);
  assert.equal((await get('scores')).scores.length, 1500);
  for (const view of ['recent', 'critical', 'top']) assert.ok(Array.isArray((await get(`views/${view}`)).anomalies), view);
  assert.ok((await get('views/trends')).days.length > 0);
  assert.equal((await get('views/models')).monitor.frames, 1500);
  for (const path of ['anomalies/999', 'anomalies/x', 'models/9/restore', 'views/none']) {
    const method = path.startsWith('models') ? 'POST' : 'GET';
    assert.equal((await api.call(method, `/v1/systems/a/${path}`)).status, 404, path);
  }
});

test('an engine from the future is refused, kept or brought', async (t) => {
  const sealed = { 'content-type': 'application/octet-stream' };
  const dir = folder(t);
  const there = await start(t, dir, { bindings: { AHEAD_MAX_MS: '9000000000000' } });
  await there.create('a', schema(2));
  const ahead = Date.now() + 3 * 86_400_000;
  await there.send('a', [{ t: ahead, values: { s0: 1, s1: 2 } }]);
  await there.must('POST', '/v1/systems/a/models');
  const bytes = new Uint8Array(await (await there.request('/v1/systems/a/models/1')).arrayBuffer());
  await there.create('b', schema(2));
  await there.must('POST', '/v1/systems/b/models', bytes, sealed);
  await there.stop();

  const here = await start(t, dir);
  const refused = (answer) => {
    assert.deepEqual([answer.status, answer.json.code, answer.json.at], [422, 'model.ahead-of-clock', ahead], answer.text);
    assert.match(answer.json.detail, /86400 s ahead/);
  };
  refused(await here.call('PUT', '/v1/systems/new', bytes, sealed));
  assert.equal((await here.call('GET', '/v1/systems/new')).status, 404);
  assert.deepEqual((await here.must('GET', '/v1/systems')).systems.map(({ id }) => id), ['a', 'b']);
  refused(await here.call('POST', '/v1/systems/b/models', bytes, sealed));
  refused(await here.call('POST', '/v1/systems/b/models/1/restore'));
  assert.equal((await here.must('GET', '/v1/systems/b/models')).models.length, 1);
  // The present is taken.
  assert.equal((await here.send('b', [{ t: Date.now(), values: { s0: 1, s1: 2 } }])).length, 1);
});

test('a stream with a comma in its name can be picked', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', { streams: ['a', 'b', 'flow, in', 'a,b'] });
  await api.send('a', [{ t: 1_700_000_000_000, values: { a: 1, b: 2, 'flow, in': 3, 'a,b': 4 } }]);
  const picked = async (query, path = 'frames') => {
    const page = await api.must('GET', `/v1/systems/a/${path}?${query}`);
    return Object.keys(path === 'frames' ? page.frames[0].values : page.scores[0].streams).sort();
  };
  for (const path of ['frames', 'scores']) {
    assert.deepEqual(await picked('streams=flow,%20in', path), ['flow, in']);
    assert.deepEqual(await picked('streams=b&streams=flow,+in', path), ['b', 'flow, in']);
    assert.deepEqual(await picked('streams=b,a', path), ['a', 'b']);
    assert.deepEqual(await picked('streams=a,b', path), ['a,b'], 'a name comes first');
    assert.deepEqual(await picked('streams=a&streams=b', path), ['a', 'b']);
    assert.equal((await picked('streams=', path)).length, 4);
    const unknown = await api.call('GET', `/v1/systems/a/${path}?streams=b,a&streams=a`);
    assert.deepEqual([unknown.status, unknown.json.code, unknown.json.stream], [422, 'frame.unknown-stream', 'b,a']);
  }
});
