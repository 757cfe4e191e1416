// The same request twice is one request: the first answer comes again, whatever happened in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ADMIN, folder, frames, schema, start } from './local.mjs';

test('frames with a key are answered alike after a change of schema, and after a crash', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(3));
  const body = { frames: frames(3, 0, 300) };
  const rows = [...frames(3, 300, 2), { t: 1, values: { s0: 1 } }, { t: 1_700_100_000_000, values: { no: 1 } }, ...frames(3, 302, 2)];
  const post = (key, query, sent, media) => api.call('POST', `/v1/systems/a/frames${query}`, sent, { 'idempotency-key': key, ...(media && { accept: media }) });
  const ask = async () => [
    await post('whole', '', body),
    await post('lines', '', body, 'application/x-ndjson'),
    await post('partial', '?partial=true', { frames: rows }),
  ];
  const first = await ask();
  assert.deepEqual(first.map(({ status }) => status), [200, 200, 200]);
  assert.equal(first[2].json.results.filter(({ problem }) => problem).length, 2);
  await api.create('a', { streams: ['s2', 'no'] });
  await api.send('a', [{ t: 1_700_200_000_000, values: { no: 1 } }]);
  assert.equal((await api.call('POST', '/v1/systems/a/frames', body)).json.code, 'frame.unknown-stream', 'without a key it is a new request');
  const again = async () => {
    for (const [place, { status, text, headers }] of (await ask()).entries()) {
      const { status: then, text: said, headers: had } = first[place];
      assert.deepEqual([status, headers.get('content-type'), text], [then, had.get('content-type'), said]);
    }
  };
  await again();
  await api.kill();
  api = await start(t, dir);
  await again();
  assert.equal((await api.describe('a')).frames, 305);
});

test('a key is made once, and shown again to who lost the answer', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  const wish = { name: 'gate', scopes: ['read'] };
  const make = (key, sent = wish, headers = {}) => api.call('POST', '/v1/keys', sent, { 'idempotency-key': key, ...headers });
  const many = await Promise.all(Array.from({ length: 5 }, () => make('one')));
  const [made] = many;
  assert.equal(made.status, 201, made.text);
  for (const { status, text } of many) assert.deepEqual([status, text], [201, made.text]);
  const bearer = ({ json }) => ({ authorization: `Bearer ${json.key}` });
  assert.equal((await api.call('GET', '/v1/systems', undefined, bearer(made))).status, 200);
  const ids = async () => (await api.must('GET', '/v1/keys')).keys.map(({ id }) => id);
  assert.deepEqual(await ids(), [made.json.id]);
  assert.equal((await api.must('GET', '/v1/audit')).entries.length, 1, 'one act');

  // It belongs to its request, and to who sent it; another key of the caller's makes another.
  for (const refused of [await make('one', { ...wish, scopes: ['admin'] }), await make('', wish), await make('x'.repeat(256))]) {
    assert.ok([400, 422].includes(refused.status), refused.text);
  }
  const admin = await make('admin', { name: 'boss', scopes: ['admin'] });
  assert.equal((await make('one', wish, bearer(admin))).json.code, 'idempotency.key-reused');
  const other = await make('two');
  assert.notEqual(other.json.key, made.json.key);
  const tenant = await make('one', wish, { 'x-fourfold-tenant': 'acme' });
  assert.match(tenant.json.key, /^fourfold_acme_/);

  // After a restart, too; and deleted it stays deleted.
  await api.stop();
  api = await start(t, dir);
  assert.equal((await make('one')).text, made.text);
  await api.must('DELETE', `/v1/keys/${made.json.id}`);
  assert.equal((await make('one')).text, made.text);
  assert.equal((await api.call('GET', '/v1/systems', undefined, bearer(made))).status, 401);
  assert.ok(!(await ids()).includes(made.json.id));

  // With another admin secret nobody can make its text again, and the answer says how to get out.
  await api.stop();
  api = await start(t, dir, { bindings: { ADMIN_SECRET: `${ADMIN}-and-more` } });
  const lost = await make('two', wish, { authorization: `Bearer ${ADMIN}-and-more` });
  assert.deepEqual([lost.status, lost.json.code], [409, 'key.lost']);
  assert.ok(lost.json.detail.includes(other.json.id), lost.json.detail);
});
