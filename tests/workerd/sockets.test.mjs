// Sockets and streams that end: by either side, with their system, with their key; and what is too much for them.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { folder, frames, schema, start, until } from './local.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');

/** An open socket, what it heard so far, and how it ends. */
async function open(t, api, path, headers = api.shown) {
  const ws = new WebSocket(`${api.origin.replace('http', 'ws')}${path}`, { headers });
  t.after(() => ws.terminate());
  const heard = [];
  ws.on('message', (data) => heard.push(JSON.parse(data)));
  const ended = new Promise((resolve) => ws.once('close', (code, reason) => resolve([code, String(reason)])));
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
  return { ws, heard, ended, send: (message) => ws.send(message instanceof Uint8Array ? message : JSON.stringify(message)) };
}

/** A key, and the headers that show it. */
async function makeKey(api, scopes, limit) {
  const made = await api.must('POST', '/v1/keys', { name: 'a test', scopes, limit });
  return { id: made.id, headers: { authorization: `Bearer ${made.key}` } };
}

/** A stream of server-sent events: what it brought so far, and whether it has ended. */
async function follow(t, api, path, headers = {}) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const response = await api.request(path, { headers, signal: stop.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const followed = { text: '', isOver: false };
  (async () => {
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) followed.text += piece;
  })().catch(() => undefined).finally(() => (followed.isOver = true));
  await until(() => followed.text, (text) => text.includes(': open'));
  return followed;
}

test('who closes a socket is let go at once', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  for (const [code, expected] of [[1000, 1000], [4001, 4001], [undefined, 1000]]) {
    const { ws, ended } = await open(t, api, '/v1/systems/a/live');
    const began = performance.now();
    if (code === undefined) ws.close();
    else ws.close(code);
    assert.equal((await ended)[0], expected);
    assert.ok(performance.now() - began < 2000, 'the other side was waited for');
  }
});

test('listeners end with their system', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const socket = await open(t, api, '/v1/systems/a/live');
  const listener = await open(t, api, '/v1/systems/a/live?listen=true');
  const followed = await follow(t, api, '/v1/systems/a/events');
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 204);
  for (const { ended } of [socket, listener]) assert.deepEqual(await ended, [1001, 'this system is no more']);
  await until(() => followed.isOver, (isOver) => isOver);
  // Who comes after it in its place is heard by nobody who listened to the old one.
  await api.create('a', schema(2));
  await api.send('a', frames(2, 0, 3));
  assert.ok(!followed.text.includes('verdict'));
});

test('a key that is no more sends no more', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const writer = await makeKey(api, ['write']);
  const talker = await open(t, api, '/v1/systems/a/live', writer.headers);
  talker.send({ id: 1, frames: frames(2, 0, 1) });
  await until(() => talker.heard, (heard) => heard.length === 1);
  await api.must('DELETE', `/v1/keys/${writer.id}`);
  // What was told of a key is believed for five seconds.
  let minute = 1;
  const state = () => {
    if (talker.ws.readyState === WebSocket.OPEN) talker.send({ frames: frames(2, minute++, 1) });
    return talker.ws.readyState;
  };
  await until(state, (found) => found === WebSocket.CLOSED);
  assert.deepEqual(await talker.ended, [1008, 'the key of this socket does not count any more']);
  assert.equal((await api.describe('a')).frames, talker.heard.filter(({ verdicts }) => verdicts).length);
});

/** Until the other side says that a socket is over; it is heard no more from then on. */
const closing = (socket) => until(() => socket.ws.readyState, (state) => state !== WebSocket.OPEN, 5000);

test('who deletes a key closes what it opened, at once and everywhere', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['a', 'b', 'c'].map((id) => api.create(id, schema(2))));
  const [reader, other] = [await makeKey(api, ['read', 'write']), await makeKey(api, ['read'])];
  const gone = [
    await open(t, api, '/v1/systems/a/live?listen=true', reader.headers),
    await open(t, api, '/v1/systems/a/live', reader.headers),
    await open(t, api, '/v1/systems/b/live?listen=true', reader.headers),
  ];
  const followed = await follow(t, api, '/v1/systems/c/events', reader.headers);
  const stays = [await open(t, api, '/v1/systems/a/live?listen=true', other.headers), await open(t, api, '/v1/systems/b/live?listen=true')];
  const followedOn = await follow(t, api, '/v1/systems/c/events', other.headers);
  const began = performance.now();
  assert.deepEqual(await api.must('DELETE', `/v1/keys/${reader.id}`), { id: reader.id });
  // Nothing has to be told for that.
  await Promise.all(gone.map(closing));
  await until(() => followed.isOver, (isOver) => isOver);
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`);
  assert.equal((await api.call('GET', '/v1/systems/a', undefined, reader.headers)).status, 401);
  for (const id of ['a', 'b', 'c']) await api.send(id, frames(2, 0, 1));
  await until(() => stays.every(({ heard }) => heard.length === 1), (all) => all);
  await until(() => followedOn.text, (text) => text.includes('event: verdict'));
  assert.ok(gone.every(({ heard }) => heard.length === 0) && !followed.text.includes('verdict'));
});

test('who listens is let go when the key expires', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const made = await api.must('POST', '/v1/keys', { name: 'short', scopes: ['read'], expires: Date.now() + 1500 });
  const headers = { authorization: `Bearer ${made.key}` };
  const gone = await open(t, api, '/v1/systems/a/live?listen=true', headers);
  const followed = await follow(t, api, '/v1/systems/a/events', headers);
  await wait(Math.max(0, made.expires - Date.now()) + 100);
  // Keys are looked at every ten seconds while there is something to be told, and first with the first word.
  await api.send('a', frames(2, 0, 1));
  await closing(gone);
  await until(() => followed.isOver, (isOver) => isOver);
});

test('messages over a socket take from the bucket of its key, and keep their order', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const key = await makeKey(api, ['write'], { per_s: 2, burst: 10 });
  const { heard, send } = await open(t, api, '/v1/systems/a/live', key.headers);
  for (let minute = 0; minute < 30; minute++) send({ id: minute, frames: frames(2, minute, 1) });
  await until(() => heard.filter(({ id }) => id !== undefined), (answers) => answers.length === 30);
  const answers = heard.filter(({ id }) => id !== undefined);
  assert.deepEqual(answers.map(({ id }) => id), Array.from({ length: 30 }, (_, place) => place));
  const refused = answers.filter(({ problem }) => problem);
  assert.ok(refused.length >= 15 && refused.length <= 25, `${refused.length} were too many`);
  assert.ok(refused.every(({ problem }) => problem.code === 'access.too-often' && problem.status === 429));
  assert.equal((await api.describe('a')).frames, 30 - refused.length);
});

test('there are 32 listeners of each kind, and whoever goes makes room', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const sockets = [];
  for (let place = 0; place < 32; place++) sockets.push(await open(t, api, `/v1/systems/a/live?listen=${place % 2 === 0}`));
  const status = () =>
    new Promise((resolve) => {
      const ws = new WebSocket(`${api.origin.replace('http', 'ws')}/v1/systems/a/live`, { headers: api.shown });
      ws.once('open', () => (ws.terminate(), resolve(101))).once('error', () => undefined);
      ws.once('unexpected-response', (_, answer) => (answer.resume(), resolve(answer.statusCode)));
    });
  assert.equal(await status(), 503);
  sockets[7].ws.close();
  await sockets[7].ended;
  await until(status, (found) => found === 101);
  for (let place = 0; place < 32; place++) await follow(t, api, '/v1/systems/a/events');
  const refused = await api.call('GET', '/v1/systems/a/events');
  assert.deepEqual([refused.status, refused.json.code, refused.headers.get('retry-after')], [503, 'live.too-many-listeners', '1']);
  await api.send('a', frames(2, 0, 1));
  await until(() => sockets[0].heard, ({ length }) => length === 1);
});

test('too much at once is refused, of text and of bytes', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const { heard, send } = await open(t, api, '/v1/systems/a/live');
  send(new Uint8Array((1 << 20) + 1));
  send({ frames: [], more: 'x'.repeat(1 << 20) });
  await until(() => heard, ({ length }) => length === 2);
  assert.deepEqual(heard.map(({ problem }) => problem.code), ['body.too-large', 'body.too-large']);
});

test('HEAD of a stream has an end', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  // More often than there is room for listeners: none of them stays.
  for (let turn = 0; turn < 40; turn++) {
    const answer = await api.call('HEAD', '/v1/systems/a/events');
    assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.text], [200, 'text/event-stream', '']);
  }
  assert.equal((await api.call('HEAD', '/v1/systems/nobody/events')).status, 404);
  await follow(t, api, '/v1/systems/a/events');
});
