// Webhooks: a real receiver that is not always there, and signatures as any library checks them.

import assert from 'node:assert/strict';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { folder, frames, schema, start } from './local.mjs';

const INSIDE = { bindings: { WEBHOOKS_INSIDE: 'allow' } };
const secret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** A server that keeps what it is sent; `answer` says what it does with a message, by how many came before it. */
async function receiver(t, answer = () => 204) {
  const got = [];
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const said = answer(got.length);
      got.push({ headers: request.headers, text: Buffer.concat(pieces).toString(), path: request.url, status: said });
      if (said === undefined) return;
      response.writeHead(said, said === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  t.after(close);
  return { got, url: `http://127.0.0.1:${server.address().port}/hook`, close };
}

/** As the standard says it: who knows one of the secrets is convinced by one of the signatures. */
function isSigned({ headers, text }, key) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const mac = createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64')).update(signed).digest();
  return headers['webhook-signature'].split(' ').some((one) => {
    const [version, signature] = one.split(',');
    const bytes = Buffer.from(signature, 'base64');
    return version === 'v1' && bytes.length === mac.length && timingSafeEqual(bytes, mac);
  });
}

async function until(condition, about, ms = 20_000) {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (condition()) return;
    await sleep(100);
  }
  assert.fail(`waited in vain: ${about()}`);
}

const types = (got) => got.filter(({ status }) => status < 300).map(({ text }) => JSON.parse(text).type).sort();

test('a receiver that fails at first is told all of it, once', async (t) => {
  const api = await start(t, folder(t), INSIDE);
  const hook = await receiver(t, (before) => (before === 0 ? 503 : 204));
  const key = secret();
  await api.create('a', schema(3));
  const set = await api.must('PUT', '/v1/systems/a/alerts', { rules: [{ name: 'all' }], webhooks: [{ url: hook.url, secrets: [key] }] });
  assert.deepEqual(set.webhooks, [{ url: hook.url, secrets: 1 }]);
  await api.send('a', frames(3, 0, 700));
  const anomalies = await api.anomalies('a');
  const expected = anomalies.flatMap(({ closed }) => ['anomaly.opened', ...(closed === null ? [] : ['anomaly.closed'])]);
  assert.ok(expected.length >= 2);
  const told = () => types(hook.got).filter((type) => type !== 'anomaly.worsened');
  await until(() => told().length >= expected.length, () => `${told()}`);
  assert.deepEqual(told(), expected.sort());

  // The one that failed came again: the same name, the same words, another signature in its own time.
  const [first] = hook.got;
  const again = hook.got.filter(({ headers }) => headers['webhook-id'] === first.headers['webhook-id']);
  assert.deepEqual(again.map(({ status }) => status), [503, 204]);
  assert.equal(again[1].text, first.text);
  assert.ok(Number(again[1].headers['webhook-timestamp']) >= Number(first.headers['webhook-timestamp']) + 5);
  const names = hook.got.filter(({ status }) => status === 204).map(({ headers }) => headers['webhook-id']);
  assert.equal(new Set(names).size, names.length, 'no message twice');
  for (const message of hook.got) {
    assert.ok(isSigned(message, key));
    assert.ok(!isSigned(message, secret()) && !isSigned({ ...message, text: `${message.text} ` }, key));
    const { system, rule, data, at } = JSON.parse(message.text);
    assert.deepEqual([system, rule], ['a', 'all']);
    assert.ok(anomalies.some(({ id }) => id === data.id));
    assert.ok(Math.abs(at - Date.now()) < 60_000);
  }
  // What was told is not told again when the same frames come again.
  const before = hook.got.length;
  await api.send('a', frames(3, 0, 700));
  await sleep(1500);
  assert.equal(hook.got.length, before);
  assert.equal((await api.must('GET', '/v1/systems/a/alerts')).waiting, 0);
  const metrics = (await api.call('GET', '/metrics')).text;
  assert.match(metrics, /fourfold_webhook_attempts_total\{outcome="failed"\} 1\n/);
});

test('rules choose, and two secrets sign while one is changed for the other', async (t) => {
  const api = await start(t, folder(t), INSIDE);
  const hook = await receiver(t);
  const [old, fresh] = [secret(), secret()];
  await api.create('a', schema(3));
  const put = (rules, secrets) => api.must('PUT', '/v1/systems/a/alerts', { rules, webhooks: [{ url: hook.url, ...(secrets && { secrets }) }] });
  await put([{ name: 'nothing', min_score: 1, groups: ['none'] }], [old]);
  await api.send('a', frames(3, 0, 300));
  await sleep(1500);
  assert.equal(hook.got.length, 0);
  await put([{ name: 'ends', news: ['closed'] }], [fresh, old]);
  await put([{ name: 'ends', news: ['closed'] }]);
  await api.send('a', frames(3, 300, 400));
  await until(() => hook.got.length > 0, () => 'no message');
  assert.deepEqual([...new Set(types(hook.got))], ['anomaly.closed']);
  for (const message of hook.got) assert.ok(isSigned(message, old) && isSigned(message, fresh));
  const shown = await api.call('GET', '/v1/systems/a/alerts');
  assert.doesNotMatch(shown.text, /whsec_/);
});

test('messages outlive the process', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir, INSIDE);
  const hook = await receiver(t, (before) => (before < 2 ? undefined : 200));
  await api.create('a', schema(3));
  const key = secret();
  await api.must('PUT', '/v1/systems/a/alerts', { rules: [{}], webhooks: [{ url: hook.url, secrets: [key] }] });
  await api.send('a', frames(3, 0, 250));
  await until(() => hook.got.length > 0, () => 'nothing came');
  await api.kill();
  api = await start(t, dir, INSIDE);
  await until(() => types(hook.got).length >= 2, () => JSON.stringify(hook.got.map(({ status }) => status)), 60_000);
  assert.ok(hook.got.every((message) => isSigned(message, key)));
});

test('nobody makes the Worker ask its neighbours', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const put = (url) => api.call('PUT', '/v1/systems/a/alerts', { rules: [], webhooks: [{ url, secrets: [secret()] }] });
  for (const url of ['http://example.com/', 'https://127.0.0.1/', 'https://0x7f000001/', 'https://[::1]/', 'https://169.254.169.254/latest', 'https://localhost/', 'https://db.internal/', 'nonsense']) {
    const refused = await put(url);
    assert.deepEqual([refused.status, refused.json.code], [422, 'alerts.bad-target'], url);
  }
  assert.deepEqual((await api.must('GET', '/v1/systems/a/alerts')).webhooks, []);
  assert.equal((await put('https://hooks.example.com/')).status, 200);
});

test('a redirection is no taking', async (t) => {
  const api = await start(t, folder(t), INSIDE);
  const hook = await receiver(t, () => 302);
  await api.create('a', schema(3));
  await api.must('PUT', '/v1/systems/a/alerts', { rules: [{}], webhooks: [{ url: hook.url, secrets: [secret()] }] });
  await api.send('a', frames(3, 0, 250));
  await until(() => hook.got.length > 0, () => 'nothing came');
  await sleep(1000);
  assert.ok(hook.got.every(({ path }) => path === '/hook'), 'nobody went elsewhere');
  assert.ok((await api.must('GET', '/v1/systems/a/alerts')).waiting > 0);
});
