// Who may do what, and how often: keys, rights, tenants, limits, the audit log, and what is refused at the door.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { ADMIN, folder, frames, schema, start, until } from './local.mjs';

const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** Makes a key; its text and the headers that show it. */
async function makeKey(api, scopes, more = {}, headers = {}) {
  const made = await api.call('POST', '/v1/keys', { name: 'a test', scopes, ...more }, headers);
  assert.equal(made.status, 201, made.text);
  return { ...made.json, headers: bearer(made.json.key) };
}

test('without a secret nothing is open', async (t) => {
  for (const [secret, sentence] of [
    ['', /wrangler secret put ADMIN_SECRET/],
    ['a-short-one', /32 bytes/],
  ]) {
    const api = await start(t, folder(t), { bindings: { ADMIN_SECRET: secret } });
    for (const headers of [{}, bearer(secret), bearer(''), { authorization: undefined }]) {
      const refused = await api.call('GET', '/v1/systems', undefined, headers);
      assert.deepEqual([refused.status, refused.json.code], [503, 'access.not-configured']);
      assert.match(refused.json.detail, sentence);
      assert.equal(refused.headers.get('retry-after'), null, 'time does not help');
    }
    assert.equal((await api.call('GET', '/healthz')).status, 200);
    await api.stop();
  }
});

test('the secret for development works on this machine only', async (t) => {
  const api = await start(t, folder(t));
  const ask = (host) =>
    new Promise((resolve, reject) => {
      const options = { headers: { host, ...bearer(ADMIN) }, timeout: 10_000 };
      const asked = request(`${api.origin}/v1/systems`, options, (answer) => {
        let text = '';
        answer.on('data', (piece) => (text += piece)).on('end', () => resolve([answer.statusCode, JSON.parse(text).code]));
      });
      asked.on('error', reject).end();
    });
  assert.deepEqual(await ask('localhost'), [200, undefined]);
  assert.deepEqual(await ask('fourfold.example.org'), [503, 'access.not-configured']);
});

test('a key from its making to its end', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  assert.deepEqual(await api.must('GET', '/v1/keys'), { keys: [], next: null });
  const key = await makeKey(api, ['write', 'read', 'read'], { limit: { per_s: 500, burst: 900 } });
  assert.match(key.key, /^fourfold_main_[0-9a-f]{12}_[0-9a-f]{64}$/);
  assert.deepEqual(key.scopes, ['read', 'write']);
  const { keys } = await api.must('GET', '/v1/keys');
  assert.deepEqual(keys, [{ id: key.id, name: 'a test', scopes: ['read', 'write'], limit: key.limit, made: key.made, expires: null }]);

  // It outlives the process, and what is on the disk opens nothing.
  await api.stop();
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length > 0);
  for (const file of files) {
    assert.ok(!readFileSync(join(file.parentPath ?? file.path, file.name)).includes(key.key.slice(-64)), file.name);
  }
  api = await start(t, dir);
  assert.equal((await api.call('GET', '/v1/systems', undefined, key.headers)).status, 200);

  // A forged secret, a torn key, another scheme, a dead tenant.
  const last = key.key.at(-1) === '0' ? '1' : '0';
  for (const authorization of [
    `Bearer ${key.key.slice(0, -1)}${last}`,
    `Bearer ${key.key.slice(0, -1)}`,
    `Bearer ${key.key.replace('_main_', '_other_')}`,
    `Bearer ${ADMIN}x`,
    `Basic ${key.key}`,
    'Bearer',
  ]) {
    const refused = await api.call('GET', '/v1/systems', undefined, { authorization });
    assert.equal(refused.status, 401, authorization);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="fourfold"');
  }
  assert.equal((await api.call('GET', '/v1/systems', undefined, { authorization: undefined })).json.code, 'access.no-key');

  assert.deepEqual(await api.must('DELETE', `/v1/keys/${key.id}`), { id: key.id });
  assert.equal((await api.call('DELETE', `/v1/keys/${key.id}`)).json.code, 'key.unknown');
  // The front may believe for up to five seconds.
  let status = 200;
  for (let turn = 0; turn < 14 && status === 200; turn++) {
    await sleep(500);
    status = (await api.call('GET', '/v1/systems', undefined, key.headers)).status;
  }
  assert.equal(status, 401);
});

test('a key expires', async (t) => {
  const api = await start(t, folder(t));
  const key = await makeKey(api, ['read'], { expires: Date.now() + 1500 });
  assert.equal((await api.call('GET', '/v1/systems', undefined, key.headers)).status, 200);
  let status = 200;
  for (let turn = 0; turn < 20 && status === 200; turn++) {
    await sleep(500);
    status = (await api.call('GET', '/v1/systems', undefined, key.headers)).status;
  }
  assert.equal(status, 401);
});

test('wishes that break a rule make no key', async (t) => {
  const api = await start(t, folder(t));
  for (const [wish, status, code] of [
    ['{', 400, 'body.malformed'],
    [{ name: 'a', scopes: ['root'] }, 400, 'body.malformed'],
    [{ name: 'a', scopes: ['read'], more: 1 }, 400, 'body.malformed'],
    [{ name: 'a', scopes: [] }, 422, 'draft.bad'],
    [{ name: '', scopes: ['read'] }, 422, 'draft.bad'],
    [{ name: 'a', scopes: ['read'], limit: { per_s: 1e9, burst: 1 } }, 422, 'draft.bad'],
    [{ name: 'a', scopes: ['read'], expires: 1 }, 422, 'draft.bad'],
    [' '.repeat(70_000), 413, 'body.too-large'],
  ]) {
    const refused = await api.call('POST', '/v1/keys', wish);
    assert.deepEqual([refused.status, refused.json.code], [status, code], refused.text);
  }
  assert.deepEqual((await api.must('GET', '/v1/keys')).keys, []);
  assert.equal((await api.call('GET', '/v1/keys?limit=1.5')).json.code, 'query.malformed');
});

test('tenants never meet', async (t) => {
  const api = await start(t, folder(t));
  const acme = { 'x-fourfold-tenant': 'acme' };
  const main = await makeKey(api, ['admin']);
  const other = await makeKey(api, ['admin'], {}, acme);
  await api.must('PUT', '/v1/systems/a', schema(2), main.headers);
  await api.must('POST', '/v1/systems/a/frames', { frames: frames(2, 0, 5) }, main.headers);
  assert.equal((await api.call('GET', '/v1/systems/a', undefined, other.headers)).status, 404);
  await api.must('PUT', '/v1/systems/a', schema(3), other.headers);
  assert.equal((await api.must('GET', '/v1/systems/a', undefined, main.headers)).frames, 5);
  assert.equal((await api.must('GET', '/v1/systems/a', undefined, acme)).schema.streams.length, 3);
  assert.deepEqual((await api.must('GET', '/v1/keys', undefined, acme)).keys.map((key) => key.id), [other.id]);
  // A key names its tenant; a header does not change it.
  assert.equal((await api.must('GET', '/v1/systems/a', undefined, { ...main.headers, ...acme })).schema.streams.length, 2);
  for (const tenant of ['A', 'a/b', 'a_b', '-'.repeat(33), '']) {
    const refused = await api.call('GET', '/v1/systems', undefined, { 'x-fourfold-tenant': tenant });
    assert.equal(refused.json.code, 'tenant.bad-name', tenant);
  }
});

test('who sends too often is told the truth about when to come again', async (t) => {
  const api = await start(t, folder(t));
  const key = await makeKey(api, ['read'], { limit: { per_s: 2, burst: 6 } });
  const ask = () => api.call('GET', '/v1/systems', undefined, key.headers);
  let served = 0;
  let refused;
  while ((refused = await ask()).status === 200) {
    served += 1;
    assert.equal(refused.headers.get('ratelimit-policy'), '"requests";q=6;w=3');
    assert.match(refused.headers.get('ratelimit'), /^"requests";r=[0-5];t=[1-3]$/);
    assert.ok(served < 20);
  }
  assert.ok(served >= 6, `${served}`);
  for (let turn = 0; turn < 3; turn++) {
    assert.deepEqual([refused.status, refused.json.code], [429, 'access.too-often']);
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 2, `${seconds}`);
    assert.match(refused.headers.get('ratelimit'), /^"requests";r=0;t=[12]$/);
    await sleep(seconds * 1000);
    assert.equal((await ask()).status, 200, 'who waits as told is served');
    while ((refused = await ask()).status === 200);
  }
  // One key's limit is not another's.
  assert.equal((await api.call('GET', '/v1/systems')).status, 200);
});

test('systems are listed page by page, and what is deleted is gone everywhere', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  for (const id of ['e', 'a', 'c', 'b', 'd']) await api.create(id, schema(2));
  await api.send('a', frames(2, 0, 3));
  const first = await api.must('GET', '/v1/systems?limit=2');
  assert.deepEqual(first.systems.map((system) => system.id), ['a', 'b']);
  await api.create('aa', schema(2));
  const second = await api.must('GET', `/v1/systems?limit=2&cursor=${first.next}`);
  assert.deepEqual(second.systems.map((system) => system.id), ['c', 'd'], 'a page does not shift');
  assert.deepEqual((await api.must('GET', `/v1/systems?cursor=${second.next}`)).next, null);

  assert.ok((await api.call('DELETE', '/v1/systems/a')).status < 300);
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 404);
  const ids = async () => (await api.must('GET', '/v1/systems')).systems.map((system) => system.id);
  assert.deepEqual(await ids(), ['aa', 'b', 'c', 'd', 'e']);
  assert.equal((await api.call('GET', '/v1/systems/a')).status, 404);
  await api.stop();
  api = await start(t, dir);
  assert.deepEqual(await ids(), ['aa', 'b', 'c', 'd', 'e']);
  assert.equal((await api.call('GET', '/v1/systems/a')).status, 404);
  await api.create('a', schema(3));
  assert.equal((await api.describe('a')).frames, 0);
});

test('every administrative act is in the audit log, once', async (t) => {
  const api = await start(t, folder(t));
  const id = '0af7651916cd43dd8448eb211c80319c';
  const made = await api.call('PUT', '/v1/systems/a', schema(2), { traceparent: `00-${id}-b7ad6b7169203331-01` });
  assert.equal(made.headers.get('x-request-id'), id);
  const key = await makeKey(api, ['admin']);
  await api.must('GET', '/v1/audit', undefined, key.headers);
  await api.send('a', frames(2, 0, 3));
  await api.must('POST', '/v1/systems/a/models', undefined, key.headers);
  await api.must('POST', '/v1/systems/a/models/1/restore', undefined, key.headers);
  await api.must('PUT', '/v1/systems/a/alerts', { rules: [], webhooks: [] });
  assert.equal((await api.call('PUT', '/v1/systems/a/alerts', {})).status, 400);
  assert.ok((await api.call('DELETE', '/v1/systems/a', undefined, key.headers)).status < 300);
  await api.call('DELETE', '/v1/systems/a', undefined, key.headers);
  await api.call('PUT', '/v1/systems/b', '{');
  await api.must('DELETE', `/v1/keys/${key.id}`);
  const { entries, next } = await api.must('GET', '/v1/audit');
  assert.deepEqual(
    entries.map(({ act, target, key }) => [act, target, key]),
    [
      ['key.deleted', key.id, 'admin'],
      ['system.deleted', 'a', key.id],
      ['alerts.set', 'a', 'admin'],
      ['model.restored', 'a', key.id],
      ['key.made', key.id, 'admin'],
      ['system.put', 'a', 'admin'],
    ],
  );
  assert.equal(next, null);
  assert.equal(entries.at(-1).request, id);
  assert.ok(entries.every((entry) => Math.abs(entry.at - Date.now()) < 60_000));
  const page = await api.must('GET', '/v1/audit?limit=4');
  const rest = await api.must('GET', `/v1/audit?limit=4&cursor=${page.next}`);
  assert.deepEqual([...page.entries, ...rest.entries], entries);
  assert.equal((await api.call('GET', '/v1/audit?cursor=x')).json.code, 'query.malformed');
});

test('bodies may be packed, and bombs do not go off', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(2));
  const post = (body, encoding) => api.call('POST', '/v1/systems/a/frames', body, { 'content-encoding': encoding });
  const batch = JSON.stringify({ frames: frames(2, 0, 50) });
  const packed = gzipSync(batch);
  assert.equal((await post(packed, 'gzip')).json.verdicts.length, 50);
  assert.equal((await post(batch, 'identity')).status, 200);
  for (const [body, encoding, status, code] of [
    [batch, 'gzip', 400, 'body.bad-gzip'],
    [packed.subarray(0, -9), 'gzip', 400, 'body.bad-gzip'],
    ['', 'gzip', 400, 'body.bad-gzip'],
    [packed, 'br', 415, 'body.unknown-encoding'],
    [packed, 'gzip, gzip', 415, 'body.unknown-encoding'],
    [gzipSync(Buffer.alloc(200 << 20, 0x20)), 'gzip', 413, 'body.too-large'],
  ]) {
    const refused = await post(body, encoding);
    assert.deepEqual([refused.status, refused.json.code], [status, code]);
  }
  assert.equal((await api.describe('a')).frames, 50);
});

test('only listed pages may ask from a browser', async (t) => {
  const api = await start(t, folder(t), { bindings: { CORS_ORIGINS: 'https://app.example' } });
  const ask = (method, path, origin) => api.call(method, path, undefined, { origin });
  const listed = await ask('OPTIONS', '/v1/systems/a/frames', 'https://app.example');
  assert.equal(listed.status, 204);
  assert.equal(listed.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(listed.headers.get('access-control-allow-methods'), /POST/);
  assert.match(listed.headers.get('access-control-allow-headers'), /authorization/);
  assert.equal(listed.headers.get('vary'), 'origin');
  const answer = await ask('GET', '/v1/systems', 'https://app.example');
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(answer.headers.get('access-control-expose-headers'), /retry-after/);
  for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
    for (const method of ['OPTIONS', 'GET']) {
      const other = await ask(method, '/v1/systems', origin);
      assert.equal(other.headers.get('access-control-allow-origin'), null, origin);
      assert.equal(other.headers.get('access-control-allow-methods'), null, origin);
    }
  }
  assert.equal((await ask('OPTIONS', '/v1/nothing', 'https://app.example')).status, 404);
});

test('a request has one id, from the caller to the answer', async (t) => {
  const api = await start(t, folder(t));
  const id = async (traceparent) =>
    (await api.call('GET', '/healthz', undefined, { traceparent })).headers.get('x-request-id');
  assert.equal(await id('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'), '4bf92f3577b34da6a3ce929d0e0e4736');
  const [one, two] = [await id(undefined), await id('nonsense')];
  assert.match(one, /^[0-9a-f]{32}$/);
  assert.match(two, /^[0-9a-f]{32}$/);
  assert.notEqual(one, two);
  assert.equal((await api.call('HEAD', '/healthz')).status, 200);
});

test('a trace goes on into the object, and no secret with it', async (t) => {
  const api = await start(t, folder(t), { echo: true });
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const ask = (headers) => api.must('GET', '/v1/systems/a', undefined, headers);
  const { headers } = await ask({ traceparent: `00-${trace}-${span}-01`, cookie: 'a=b', 'x-fourfold-guest': 'forged', 'x-fourfold-system': 'other' });
  const [, id, own, flags] = headers.traceparent.match(/^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/);
  assert.deepEqual([id, flags], [trace, '01']);
  assert.notEqual(own, span, 'a span of its own');
  assert.equal(headers['x-fourfold-system'], 'a');
  for (const name of ['authorization', 'cookie', 'x-fourfold-guest']) assert.equal(headers[name], undefined, name);
  // Who brings no trace begins one, and it is the request's id.
  const fresh = await api.call('GET', '/v1/systems/a');
  assert.equal(fresh.json.headers.traceparent.split('-')[1], fresh.headers.get('x-request-id'));
  // Of a key the object is told the digest.
  const key = await makeKey(api, ['read']);
  const told = await ask(key.headers);
  assert.match(told.headers['x-fourfold-guest'], new RegExp(`^main ${key.id} [0-9a-f]{64}$`));
  assert.ok(!JSON.stringify(told).includes(key.key.slice(-64)));
});

test('a trace goes on into the registry', async (t) => {
  const api = await start(t, folder(t), { heard: true });
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const headers = { traceparent: `00-${trace}-${span}-01` };
  const key = await makeKey(api, ['admin'], {}, headers);
  await api.must('PUT', '/v1/systems/a', schema(2), { ...key.headers, ...headers });
  await api.must('DELETE', `/v1/keys/${key.id}`, undefined, headers);
  const heard = () => api.logs.filter((line) => line.startsWith('the registry hears')).map((line) => line.split(' ').slice(3));
  const orders = ['enroll', 'make_key', 'lease', 'acted', 'drop_key'];
  await until(heard, (lines) => orders.every((order) => lines.some(([name]) => name === order)));
  for (const [order, , traceparent] of heard().filter(([order]) => orders.includes(order))) {
    const [, id, own] = traceparent.split('-');
    assert.deepEqual([id, own === span], [trace, false], order);
  }
});
