// Wrong requests change nothing, are never the server's fault, and are told what is wrong with them. A few hundred here;
// all ten thousand: MALFORMED=10000 node --test tests/workerd/malformed.test.mjs

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import { ADMIN, folder, frames, schema, start } from './local.mjs';
import { requests } from './malformed.mjs';

const COUNT = Number(process.env.MALFORMED ?? 400);
const SEED = Number(process.env.SEED ?? 1);

/** Sends a path as it is: `fetch` would mend it. */
function send(api, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const shown = { authorization: `Bearer ${ADMIN}`, ...headers };
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    // A connection each: the server may close one whose body it did not care to read.
    const asked = request(api.origin, { method, path, headers: { ...shown, ...length }, agent: false, timeout: 30_000 }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve({ status: answer.statusCode, media: answer.headers['content-type'], text: Buffer.concat(pieces).toString() }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject).end(body);
  });
}

test(`${COUNT} wrong requests`, { timeout: 3_600_000 }, async (t) => {
  const api = await start(t, folder(t));
  await api.create('good', schema(2));
  await api.send('good', frames(2, 0, 300));
  const state = async () => {
    const read = (path) => api.must('GET', path);
    return [await read('/v1/systems'), await read('/v1/systems/good'), await read('/v1/systems/good/anomalies'), await read('/v1/keys'), await read('/v1/audit')];
  };
  const before = await state();
  const document = await api.must('GET', '/openapi.json');
  const codes = new Map();
  let sent = 0;
  for (const wrong of requests(document, SEED)) {
    if (sent === COUNT) break;
    sent += 1;
    const { method, path, headers, about } = wrong;
    const { status, media, text } = await send(api, wrong);
    const said = `${about}, request ${sent}: ${method} ${path} ${JSON.stringify(headers)} ${String(wrong.body).slice(0, 200)}\n  -> ${status} ${text.slice(0, 300)}`;
    assert.ok(status >= 400 && status < 500, said);
    if (wrong.status) assert.equal(status, wrong.status, said);
    assert.equal(media, 'application/problem+json', said);
    const problem = JSON.parse(text);
    assert.equal(problem.status, status, said);
    assert.equal(problem.type, `/problems/${problem.code}`, said);
    assert.ok(problem.detail.length > 10, said);
    assert.doesNotMatch(text, /panicked|\.rs:|wasm|stack/i, said);
    codes.set(problem.code, (codes.get(problem.code) ?? 0) + 1);
  }
  assert.deepEqual(await state(), before, 'something has changed');
  assert.ok(codes.size >= 10, [...codes.keys()].join(' '));
  t.diagnostic([...codes].sort(([, one], [, other]) => other - one).map(([code, count]) => `${code} ${count}`).join(', '));
});
