// Frames in every form that the API reads, verdicts in every form that it writes: all of them say the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, frames, schema, start } from './local.mjs';

const WIDTH = 3;
const NDJSON = 'application/x-ndjson';
const COLUMNS = 'application/vnd.fourfold.columns';

const csv = (rows) =>
  `t,s2,s0,s1\n${rows.map(({ t, values }) => [t, values.s2, values.s0, values.s1].join(',')).join('\n')}\n`;

/** The layout of the binary frames, as a client would write it. */
function columns(rows) {
  const bytes = new ArrayBuffer(16 + 8 * rows.length * (1 + WIDTH));
  new Uint8Array(bytes, 0, 4).set(new TextEncoder().encode('4fr1'));
  new Uint32Array(bytes, 4, 3).set([rows.length, WIDTH, 0]);
  new Float64Array(bytes, 16, rows.length).set(rows.map(({ t }) => t));
  const values = rows.flatMap(({ values }) => [0, 1, 2].map((stream) => values[`s${stream}`] ?? NaN));
  new Float64Array(bytes, 16 + 8 * rows.length).set(values);
  return new Uint8Array(bytes);
}

/** Binary verdicts, as a client would read them. */
function read(bytes) {
  assert.equal(new TextDecoder().decode(bytes.slice(0, 4)), '4vr1');
  const [rows, streams, views] = new Uint32Array(bytes, 4, 3);
  let at = 16;
  const numbers = (width) => {
    const column = new Float64Array(bytes, at, rows * width);
    at += 8 * rows * width;
    return (row, place = 0) => (Number.isNaN(column[row * width + place]) ? null : column[row * width + place]);
  };
  const marks = (width) => {
    const column = new Uint8Array(bytes, at, rows * width);
    at += rows * width;
    return (row, place = 0) => column[row * width + place];
  };
  const named = Object.fromEntries(['t', 'score', 'oddness', 'news', 'confidence', 'episode'].map((name) => [name, numbers(1)]));
  const scores = numbers(streams);
  const [viewScores, weights] = [numbers(views), numbers(views)];
  const [alarm, severity, fromSilence] = [marks(1), marks(1), marks(1)];
  const [notes, silences, healths] = [marks(streams), marks(streams), marks(views)];
  const words = JSON.parse(new TextDecoder().decode(bytes.slice(at)));
  return { words, rows, streams, views, named, scores, viewScores, weights, alarm, severity, fromSilence, notes, silences, healths };
}

test('every form says the same', async (t) => {
  const api = await start(t, folder(t));
  const rows = frames(WIDTH, 0, 600);
  await api.create('json', schema(WIDTH));
  const expected = await api.send('json', rows);
  assert.ok(expected.some((verdict) => verdict.alarm));
  for (const [id, media, body] of [
    ['lines', NDJSON, rows.map((row) => JSON.stringify(row)).join('\n')],
    ['table', 'text/csv', csv(rows)],
    ['columns', COLUMNS, columns(rows)],
  ]) {
    await api.create(id, schema(WIDTH));
    const answer = await api.call('POST', `/v1/systems/${id}/frames`, body, { 'content-type': media, accept: 'application/json' });
    assert.deepEqual(answer.json.verdicts, expected, media);
  }
  // Again, from the log: who sends lines or columns gets them back.
  const lines = await api.call('POST', '/v1/systems/lines/frames', rows.map((row) => JSON.stringify(row)).join('\n'), {
    'content-type': NDJSON,
  });
  assert.equal(lines.headers.get('content-type'), NDJSON);
  assert.deepEqual(lines.text.trimEnd().split('\n').map((line) => JSON.parse(line)), expected);
  const binary = await api.request('/v1/systems/columns/frames', {
    method: 'POST',
    body: columns(rows),
    headers: { 'content-type': COLUMNS },
  });
  assert.equal(binary.headers.get('content-type'), COLUMNS);
  const said = read(await binary.arrayBuffer());
  assert.deepEqual([said.rows, said.streams, said.views], [600, WIDTH, 6]);
  for (const [row, verdict] of expected.entries()) {
    for (const [name, column] of Object.entries(said.named)) assert.equal(column(row), verdict[name], name);
    assert.deepEqual(verdict.streams.map(({ score }) => score), [0, 1, 2].map((place) => said.scores(row, place)));
    assert.deepEqual(verdict.views.map(({ score }) => score), verdict.views.map((_, place) => said.viewScores(row, place)));
    assert.deepEqual(verdict.views.map(({ weight }) => weight), verdict.views.map((_, place) => said.weights(row, place)));
    assert.equal(said.alarm(row) === 1, verdict.alarm);
    assert.equal(said.words.severities[said.severity(row)], verdict.severity);
    for (const [place, stream] of verdict.streams.entries()) {
      const [note, silence] = [said.notes(row, place), said.silences(row, place)];
      assert.equal(note > 0, stream.present);
      assert.equal(said.words.reasons[note - 2] ?? null, stream.reason);
      assert.equal(said.words.silences[silence - 1] ?? null, stream.silence);
    }
    for (const [place, { view, health }] of verdict.views.entries()) {
      assert.deepEqual([said.words.views[place], said.words.healths[said.healths(row, place)]], [view, health]);
    }
  }
});

test('what can not be read or written is refused by its kind', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(WIDTH));
  const post = (body, headers) => api.call('POST', '/v1/systems/a/frames', body, headers);
  for (const [body, headers, status, code] of [
    ['{}', { 'content-type': 'image/png' }, 415, 'body.unknown-media'],
    ['{"frames":[]}', { accept: 'image/png' }, 406, 'answer.unknown-media'],
    ['a,b\n1,2', { 'content-type': 'text/csv' }, 400, 'body.malformed'],
    ['4fr1', { 'content-type': COLUMNS }, 400, 'body.malformed'],
    [columns(frames(WIDTH, 0, 2)).slice(0, -1), { 'content-type': COLUMNS }, 400, 'body.malformed'],
    ['{"t":1}\n', { 'content-type': NDJSON }, 400, 'body.malformed'],
  ]) {
    const answer = await post(body, headers);
    assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
  }
  assert.equal((await api.describe('a')).frames, 0);
});

test('a bad row spoils no other where that is asked', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(WIDTH));
  const [one, two] = frames(WIDTH, 0, 2);
  const body = { frames: [one, { t: two.t, values: { no: 1 } }, 'odd', two] };
  assert.equal((await api.call('POST', '/v1/systems/a/frames', body)).status, 400);
  const { results } = await api.must('POST', '/v1/systems/a/frames?partial=true', body);
  assert.deepEqual(results.map((result) => result.problem?.code), [undefined, 'frame.unknown-stream', 'body.malformed', undefined]);
  assert.deepEqual(results.filter((result) => result.verdict).map(({ verdict }) => verdict.t), [one.t, two.t]);
  assert.equal((await api.describe('a')).frames, 2);
});

test('events say the same in every form, and raw data comes back in every form', async (t) => {
  const api = await start(t, folder(t));
  const rows = frames(2, 0, 40);
  const events = rows.flatMap(({ t, values }) => Object.entries(values).filter(([, value]) => value !== null).map(([stream, value]) => ({ stream, t, value })));
  for (const id of ['json', 'lines']) await api.create(id, { ...schema(2), frame_ms: 60_000, lateness_ms: 0 });
  const expected = await api.must('POST', '/v1/systems/json/events', { events });
  assert.ok(expected.verdicts.length >= 38);
  const post = (text) => api.call('POST', '/v1/systems/lines/events', text, { 'content-type': NDJSON });
  const broken = await post(`${JSON.stringify(events[0])}\n\n{"stream":"s0"}\n`);
  assert.deepEqual([broken.status, broken.json.code], [400, 'body.malformed']);
  assert.match(broken.json.detail, /^line 3: /);
  assert.deepEqual((await post(events.map((event) => JSON.stringify(event)).join('\n'))).json, expected);

  const read = (accept) => api.call('GET', '/v1/systems/lines/frames?streams=s1,s0', undefined, { accept });
  const whole = (await read('application/json')).json;
  assert.deepEqual(whole.frames.map(({ t, values }) => [t, values.s0, values.s1]), rows.filter(({ values }) => values.s0 !== null || values.s1 !== null).map(({ t, values }) => [t, values.s0, values.s1]));
  const lines = await read(NDJSON);
  assert.equal(lines.headers.get('content-type'), NDJSON);
  assert.deepEqual(lines.text.trimEnd().split('\n').map((line) => JSON.parse(line)), whole.frames);
  const table = await read('text/csv');
  assert.equal(table.text, `t,s1,s0\n${whole.frames.map(({ t, values }) => [t, values.s1 ?? '', values.s0 ?? ''].join(',')).join('\n')}\n`);
  assert.equal((await read('image/png')).json.code, 'answer.unknown-media');
  const scores = await api.call('GET', '/v1/systems/lines/scores', undefined, { accept: NDJSON });
  assert.equal(scores.text.trimEnd().split('\n').length, expected.verdicts.length);
});

test('streams may be called what they are called', async (t) => {
  const api = await start(t, folder(t));
  const streams = ['ümlaut', 'a.b', 'a/b', '温度', '😀', '__proto__', 'constructor', 'a"b', "x'y", '%41', 'two words'];
  await api.create('a', { streams });
  const row = `{${streams.map((name, place) => `${JSON.stringify(name)}:${place}`).join(',')}}`;
  const sent = await api.call('POST', '/v1/systems/a/frames', `{"frames":[{"t":1700000000000,"values":${row}}]}`);
  assert.deepEqual(sent.json.verdicts[0].streams.map(({ stream }) => stream), streams);
  for (const [place, name] of streams.entries()) {
    const { frames } = await api.must('GET', `/v1/systems/a/frames?streams=${encodeURIComponent(name)}`);
    assert.deepEqual(Object.entries(frames[0].values), [[name, place]]);
  }
  const table = (await api.call('GET', '/v1/systems/a/frames', undefined, { accept: 'text/csv' })).text;
  const again = await api.call('POST', '/v1/systems/a/frames', table, { 'content-type': 'text/csv', accept: 'application/json' });
  assert.deepEqual(again.json, sent.json, 'its own table is read back');
});

test('a key makes two requests one, across a crash', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', { streams: ['x'], frame_ms: 60_000, lateness_ms: 0 });
  const t0 = 1_700_000_000_000;
  const body = { events: [0, 1, 2].map((minute) => ({ stream: 'x', t: t0 + minute * 60_000, value: minute })) };
  const post = (body) => api.call('POST', '/v1/systems/a/events', body, { 'idempotency-key': 'batch-1' });
  const first = await post(body);
  assert.deepEqual([first.status, first.json.counts.taken, first.json.verdicts.length], [200, 3, 2]);
  await api.kill();
  api = await start(t, dir);
  assert.equal((await post(body)).text, first.text);
  const other = await post({ events: [] });
  assert.deepEqual([other.status, other.json.code], [422, 'idempotency.key-reused']);
});

test('a caller has the form that it likes best', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  await api.send('a', frames(2, 0, 2));
  const answered = async (accept) => {
    const { status, headers } = await api.call('GET', '/v1/systems/a/frames', undefined, { accept });
    return [status, headers.get('content-type')];
  };
  assert.deepEqual(await answered('text/*'), [200, 'text/csv']);
  assert.deepEqual(await answered('text/csv;q=0.1, application/json'), [200, 'application/json']);
  assert.deepEqual(await answered('text/csv;q=0, application/json'), [200, 'application/json']);
  assert.deepEqual(await answered('application/json;q=0'), [406, 'application/problem+json']);
});

test('no lines are answered by no lines, and a mark before a text is no part of it', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  for (const query of ['', '?partial=true']) {
    const none = await api.call('POST', `/v1/systems/a/frames${query}`, '', { 'content-type': 'application/x-ndjson' });
    assert.deepEqual([none.status, none.text, none.headers.get('content-length')], [200, '', '0']);
  }
  const [row] = frames(2, 0, 1);
  const marked = await api.call('POST', '/v1/systems/a/frames', `\ufeff${JSON.stringify({ frames: [row] })}`);
  assert.equal(marked.json?.verdicts?.length, 1, marked.text);
  const table = await api.call('POST', '/v1/systems/a/frames', '\ufefft,s0,s1\n1700000060000,1,2\n', { 'content-type': 'text/csv' });
  assert.equal(table.status, 200, table.text);
});
