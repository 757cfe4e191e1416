// What operators look at: metrics, health, readiness, version.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { ADMIN, folder, frames, operate, schema, start, until } from './local.mjs';
import { read, value } from './prometheus.mjs';

const scrape = async (api, headers) => {
  const answer = await api.call('GET', '/metrics', undefined, headers);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return { text: answer.text, families: read(answer.text) };
};

test('the reader refuses what Prometheus would', () => {
  const good = '# HELP a_total What.\n# TYPE a_total counter\na_total{b="c"} 1\n';
  assert.equal(value(read(good), 'a_total', { b: 'c' }), 1);
  for (const [from, to] of [
    ['} 1\n', '} 1'],
    ['} 1', '} -1'],
    ['} 1', '} one'],
    ['b="c"', 'b="c",b="d"'],
    ['b="c"', 'b=c'],
    ['b="c"', 'b="c\\x"'],
    ['counter', 'countess'],
    ['a_total{', 'b_total{'],
    ['a_total{b="c"} 1\n', 'a_total{b="c"} 1\na_total{b="c"} 2\n'],
  ]) {
    assert.throws(() => read(good.replace(from, to)), `${from} -> ${to}`);
  }
  const histogram = (one, two, count) =>
    `# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} ${one}\nh_bucket{le="+Inf"} ${two}\nh_sum 3\nh_count ${count}\n`;
  read(histogram(1, 2, 2));
  for (const wrong of [histogram(3, 2, 2), histogram(1, 2, 3)]) assert.throws(() => read(wrong));
});

test('what happened is counted', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(3));
  await api.create('b', schema(2));
  await api.send('a', frames(3, 0, 700));
  await api.send('b', frames(2, 0, 40));
  await api.send('b', frames(2, 20, 40));
  await api.call('GET', '/v1/systems/nobody');
  await api.call('GET', '/v1/nothing/"\\\n');
  const { anomalies } = await api.must('GET', '/v1/systems/a/anomalies');
  assert.ok(anomalies.length > 0);
  const { text, families } = await scrape(api);
  const requests = (labels) => value(families, 'fourfold_requests_total', labels);
  assert.equal(requests({ route: '/v1/systems/{id}/frames', method: 'POST', status: '200' }), 3);
  assert.equal(requests({ route: '/v1/systems/{id}', method: 'PUT', status: '201' }), 2);
  assert.equal(requests({ route: '/v1/systems/{id}', method: 'GET', status: '404' }), 1);
  assert.equal(requests({ route: 'none', status: '404' }), 1);
  assert.equal(value(families, 'fourfold_request_duration_seconds_count', { route: '/v1/systems/{id}/frames' }), 3);
  assert.equal(value(families, 'fourfold_systems'), 2);
  assert.equal(value(families, 'fourfold_frames_total'), 760, 'a frame that was known is no new one');
  assert.equal(value(families, 'fourfold_anomalies_total'), anomalies.length);
  assert.equal(value(families, 'fourfold_streams'), 5);
  const available = value(families, 'fourfold_streams_available');
  assert.ok(available > 0 && available <= 5, `${available}`);
  // What a system said of itself goes with it, also where that is still on its way.
  await api.create('c', schema(4));
  await api.send('c', frames(4, 0, 3));
  await api.call('DELETE', '/v1/systems/c');
  assert.equal(value((await scrape(api)).families, 'fourfold_streams'), 5);

  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (promtool.error?.code === 'ENOENT') t.diagnostic('there is no promtool here: the strict reader alone has looked');
  else assert.deepEqual([promtool.status, promtool.stderr], [0, '']);

  // Counts outlive the process, and another tenant has its own.
  await api.stop();
  api = await start(t, dir);
  const later = await scrape(api);
  assert.equal(value(later.families, 'fourfold_frames_total'), 763);
  const other = await scrape(api, { 'x-fourfold-tenant': 'acme' });
  assert.equal(value(other.families, 'fourfold_frames_total'), 0);
  assert.equal(value(other.families, 'fourfold_systems'), 0);
});

test('every request leaves one line, and no secret in it', async (t) => {
  const api = await start(t, folder(t));
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  await api.create('a', schema(2));
  const { key } = await api.must('POST', '/v1/keys', { name: 'logged', scopes: ['read'] });
  await api.call('GET', '/v1/systems/a?secret=in-the-query', undefined, { authorization: `Bearer ${key}`, traceparent: `00-${trace}-${span}-01` });
  await api.call('GET', '/v1/systems/nobody');
  const lines = () => api.logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)).filter(({ message }) => message === 'request');
  const said = await until(lines, (found) => found.length >= 4);
  assert.deepEqual(
    said.map(({ level, method, route, status, system }) => [level, method, route, status, system]),
    [
      ['info', 'PUT', '/v1/systems/{id}', 201, 'a'],
      ['info', 'POST', '/v1/keys', 201, null],
      ['warn', 'GET', '/v1/systems/{id}', 400, null],
      ['warn', 'GET', '/v1/systems/{id}', 404, 'nobody'],
    ],
  );
  assert.deepEqual([said[2].request, said[2].parent], [trace, span]);
  assert.match(said[3].request, /^[0-9a-f]{32}$/);
  for (const secret of [key.slice(-64), ADMIN, 'in-the-query']) assert.ok(!api.logs.join('').includes(secret));
});

test('what breaks in an object is told in a line, too, with the id of its request', async (t) => {
  const dir = folder(t);
  const first = await start(t, dir);
  await first.create('a', schema(2));
  await first.stop();
  await operate(t, dir, 'a', 'DROP TABLE verdicts');
  const api = await start(t, dir);
  const refused = await api.call('POST', '/v1/systems/a/frames', { frames: frames(2, 0, 3) });
  assert.deepEqual([refused.status, refused.json.code], [503, 'storage.refused']);
  assert.doesNotMatch(refused.text, /verdicts|SQL/, 'tables are nobody\'s business');
  const lines = () => api.logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)).filter(({ message }) => message === 'storage');
  const [said] = await until(lines, ({ length }) => length > 0);
  assert.deepEqual([said.level, said.request], ['error', refused.headers.get('x-request-id')]);
  assert.match(said.detail, /no such table: verdicts/);
});

test('counts come home by themselves', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(2));
  await api.send('a', frames(2, 0, 30));
  await sleep(7_000);
  await api.kill();
  api = await start(t, dir);
  assert.equal(value((await scrape(api)).families, 'fourfold_frames_total'), 30);
});

test('the API says whether it is fit, and what it is', async (t) => {
  const api = await start(t, folder(t));
  const open = (path) => api.must('GET', path, undefined, { authorization: undefined });
  assert.deepEqual(await open('/healthz'), { status: 'ok' });
  const ready = await open('/readyz');
  assert.equal(ready.status, 'ready');
  assert.match(ready.self_test, /^[0-9a-f]{64}$/);
  assert.notEqual(ready.self_test, createHash('sha256').digest('hex'), 'the digest of nothing');
  const version = await open('/version');
  assert.deepEqual(Object.keys(version), ['name', 'version', 'engine', 'snapshot_format']);
  assert.match(version.engine, /^[0-9a-f]{16}$/);
  const { families } = await scrape(api);
  assert.equal(value(families, 'fourfold_build_info', { version: version.version, engine: version.engine }), 1);
  assert.equal((await api.call('GET', '/metrics', undefined, { authorization: undefined })).status, 401);
});
