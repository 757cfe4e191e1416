// Listeners: sockets that outlive the object's memory, and server-sent events.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { folder, frames, schema, start } from './local.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');

/** An open socket, and the next message that it brings. */
async function socket(t, api, path) {
  const ws = new WebSocket(`${api.origin.replace('http', 'ws')}${path}`, { headers: api.shown });
  const [heard, waiting] = [[], []];
  ws.on('message', (data, isBinary) => {
    const message = isBinary ? data : JSON.parse(data);
    const next = waiting.shift();
    if (next) next(message);
    else heard.push(message);
  });
  t.after(() => ws.terminate());
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
  const next = () =>
    heard.length > 0
      ? heard.shift()
      : new Promise((resolve, reject) => {
          waiting.push(resolve);
          setTimeout(() => reject(new Error('nothing was heard')), 10_000).unref();
        });
  /** The next message that is no notice. */
  const said = async () => {
    for (;;) {
      const message = await next();
      if (!message.notice) return message;
    }
  };
  return { ws, next, said, send: (message) => ws.send(message instanceof Uint8Array ? message : JSON.stringify(message)) };
}

test('who sends is answered, who listens hears the same', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['a', 'calm'].map((id) => api.create(id, schema(3))));
  const expected = await api.send('calm', frames(3, 0, 700));
  const talker = await socket(t, api, '/v1/systems/a/live');
  const listener = await socket(t, api, '/v1/systems/a/live?listen=true');
  await api.send('a', frames(3, 0, 650)); // History: nobody is told so much at once.
  const heard = [];
  let notice;
  for (let from = 650; from < 700; from += 10) {
    talker.send({ id: from, frames: frames(3, from, 10) });
    const answer = await talker.said();
    assert.equal(answer.id, from);
    assert.deepEqual(answer.verdicts, expected.slice(from, from + 10));
  }
  while (heard.length < 50) {
    const message = await listener.next();
    if (message.notice) notice ??= message;
    else heard.push(...message.verdicts);
  }
  assert.deepEqual(heard, expected.slice(650));
  if (expected.slice(650).some((verdict) => verdict.alarm)) assert.equal(notice.notice, 'opened');

  talker.send('{"id":1}');
  let refused = await talker.said();
  assert.deepEqual([refused.problem.status, refused.problem.code], [400, 'body.malformed']);
  talker.send({ id: 'x', frames: frames(3, 0, 1).map((row) => ({ ...row, values: { s0: -1 } })) });
  refused = await talker.said();
  assert.deepEqual([refused.id, refused.problem.code], ['x', 'frame.differs']);
  const closed = new Promise((resolve) => listener.ws.once('close', resolve));
  listener.send({ now: 1 });
  assert.equal(await closed, 1008);
});

test('a socket outlives the memory of its object', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['a', 'calm'].map((id) => api.create(id, schema(3))));
  const expected = await api.send('calm', frames(3, 0, 320));
  const talker = await socket(t, api, '/v1/systems/a/live');
  await api.send('a', frames(3, 0, 300));
  await wait(12_000); // An idle object is evicted after about ten seconds.
  talker.send({ frames: frames(3, 300, 10) });
  assert.deepEqual((await talker.said()).verdicts, expected.slice(300, 310));
  await api.send('a', frames(3, 310, 10));
  assert.deepEqual((await talker.said()).verdicts, expected.slice(310));
});

test('a browser shows its key as the name of a protocol', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  const key = async (scope) => (await api.must('POST', '/v1/keys', { name: scope, scopes: [scope] })).key;
  const [read, write] = [await key('read'), await key('write')];
  /** Opens a socket as a browser would; the protocol that was agreed on, or the status of the refusal. */
  const open = (path, ...protocols) => {
    const ws = new WebSocket(`${api.origin.replace('http', 'ws')}/v1/systems/a/live${path}`, protocols);
    t.after(() => ws.terminate());
    return new Promise((resolve) => {
      ws.once('open', () => resolve({ ws, protocol: ws.protocol }));
      ws.once('unexpected-response', (_, answer) => (answer.resume(), resolve({ status: answer.statusCode })));
      ws.once('error', (fault) => resolve({ fault }));
    });
  };
  const { ws, protocol } = await open('', 'fourfold.v1', `bearer.${write}`);
  assert.equal(protocol, 'fourfold.v1', 'the key does not come back');
  const answered = new Promise((resolve) => ws.once('message', resolve));
  ws.send(JSON.stringify({ id: 1, frames: frames(3, 0, 1) }));
  assert.equal(JSON.parse(await answered).verdicts.length, 1);
  assert.equal((await open('?listen=true', 'fourfold.v1', `bearer.${read}`)).protocol, 'fourfold.v1');
  assert.equal((await open('', 'fourfold.v1', `bearer.${read}`)).status, 403, 'who may only read may only listen');
  assert.equal((await open('', 'fourfold.v1', `bearer.${write.slice(0, -1)}x`)).status, 401);
  assert.equal((await open('', 'fourfold.v1')).status, 401);
});

test('who reads too slowly is let go, and others hear on', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(30));
  const asked = { headers: api.shown, signal: AbortSignal.timeout(60_000) };
  const slow = await fetch(`${api.origin}/v1/systems/a/events`, asked);
  const listener = await socket(t, api, '/v1/systems/a/live?listen=true');
  const [BATCHES, ROWS] = [110, 64];
  for (let batch = 0; batch < BATCHES; batch++) {
    await api.send('a', frames(30, batch * ROWS, ROWS));
    assert.equal((await listener.said()).verdicts.length, ROWS);
  }
  // It reads only now: what waited for it, and then the end.
  let heard = 0;
  for await (const piece of slow.body.pipeThrough(new TextDecoderStream())) heard += piece.split('event: verdict').length - 1;
  assert.ok(heard > 0 && heard < BATCHES * ROWS, `${heard}`);
});

test('news come as server-sent events', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['a', 'calm'].map((id) => api.create(id, schema(3))));
  const alarm = (await api.send('calm', frames(3, 0, 700))).findIndex((verdict) => verdict.alarm);
  await api.send('a', frames(3, 0, alarm - 10));
  const stop = new AbortController();
  t.after(() => stop.abort());
  const response = await fetch(`${api.origin}/v1/systems/a/events`, { headers: api.shown, signal: stop.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const text = response.body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let heard = '';
  const hear = async (what) => {
    while (!heard.includes(what)) heard += (await text.next()).value;
  };
  await hear(': open');
  await api.send('a', frames(3, alarm - 10, 11));
  await hear('event: opened\n');
  await hear('\n\n');
  const [, data] = heard.match(/event: opened\ndata: (.*)\n/);
  assert.equal(JSON.parse(data).anomaly.end, 'open');
  assert.ok(heard.includes('event: verdict\n'));
});

test('what is no socket is told so', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(3));
  const plain = await api.call('GET', '/v1/systems/a/live');
  assert.deepEqual([plain.status, plain.json.code], [426, 'live.upgrade-required']);
  for (const path of ['live', 'events']) {
    assert.equal((await api.call('GET', `/v1/systems/nobody/${path}`, undefined)).status, 404, path);
  }
});
