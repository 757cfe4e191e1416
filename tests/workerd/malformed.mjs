// Requests that are wrong, without end and from a seed: made from the API's own description, and from a list of old sins.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';

import Ajv from 'ajv/dist/2020.js';

import { ADMIN, frames, schema } from './local.mjs';

/** Numbers in [0, 1) that are the same every time. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const JSON_TYPE = 'application/json';
const ODD = [null, true, false, 0, -1, 1.5, 1e308, -0.1, 2 ** 53, '', 'x', '7', '\u0000', '😀'.repeat(40), [], {}, [[]], [null], { a: 1 }];
const IDS = ['', '.', '..', '-a', '_', 'a%20b', 'a%2Fb', '%00', 'x'.repeat(65), '%F0%9F%98%80', "a'--", 'a;b', '%', '%ff'];
const TEXTS = ['', ' ', '{', '[', '"', '{"', '[[[[', 'null', 'true', '0', '"x"', 'NaN', '{"a":NaN}', '[1,]', '{"a":1,}', "{'a':1}", '{}}', '\uFEFF{}', '{"__proto__":{}}'];
const MEDIA = ['image/png', 'application/xml', 'multipart/form-data', 'text/html', 'application/json2', 'application/octet-stream'];

/** What a text says as JSON; nothing where it is none. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One wrong turn somewhere in a value; a copy. */
function twisted(value, next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  if (Array.isArray(value) && value.length > 0 && next() < 0.8) {
    const place = Math.floor(next() * value.length);
    return value.map((item, at) => (at === place ? twisted(item, next) : item));
  }
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0 && next() < 0.85) {
    const key = pick(Object.keys(value));
    const kind = next();
    if (kind < 0.15) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    if (kind < 0.3) return { ...value, [`${key}_`]: value[key] };
    return { ...value, [key]: twisted(value[key], next) };
  }
  return pick(ODD);
}

/**
 * Wrong requests, one after the other: `{ method, path, headers, body, about }`. `valid` says whether a JSON body keeps to
 * its shape: those are not wrong enough.
 */
export function* requests(document, seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const ajv = new Ajv({ strict: false, logger: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: document.components });
  const operations = Object.entries(document.paths).flatMap(([pattern, item]) =>
    Object.entries(item).map(([method, about]) => {
      const content = about.requestBody?.content ?? {};
      const shape = content[JSON_TYPE]?.schema;
      return {
        pattern,
        method: method.toUpperCase(),
        queries: (about.parameters ?? []).filter((one) => one.in === 'query'),
        examples: Object.values(content[JSON_TYPE]?.examples ?? {}).map((example) => example.value),
        isOptional: about.requestBody?.required === false,
        check: shape && ajv.compile(JSON.parse(JSON.stringify(shape).replaceAll('"#/components', '"api#/components'))),
      };
    }),
  );
  const path = (pattern, id = 'good') =>
    pattern.replace('{id}', id).replace('{anomaly}', '1').replace('{version}', '1').replace('{view}', 'recent').replace('{code}', 'key.unknown');
  const withBody = operations.filter((one) => one.check);
  const withExample = withBody.filter((one) => one.examples.length > 0);
  const kinds = [
    function* badId() {
      const one = pick(operations.filter(({ pattern }) => pattern.startsWith('/v1/systems/{id}')));
      const id = pick(IDS);
      const body = one.check ? JSON.stringify(one.examples[0] ?? {}) : undefined;
      yield { method: one.method, path: path(one.pattern, id), body };
    },
    function* badQuery() {
      const one = pick(operations.filter(({ method, pattern }) => method === 'GET' && pattern.startsWith('/v1')));
      const strict = one.queries.filter(({ schema }) => schema.enum || schema.type !== 'string');
      const name = strict.length > 0 && next() < 0.6 ? pick(strict).name : pick(['nonsense', 'id', '', '%00', '__proto__']);
      const value = pick(['x', '1e400', 'NaN', '%FF', '[]', '9'.repeat(40)]);
      yield { method: 'GET', path: `${path(one.pattern)}?${name}=${value}` };
    },
    function* badMethod() {
      const pattern = pick(Object.keys(document.paths));
      const free = ['PUT', 'POST', 'PATCH', 'DELETE'].filter((method) => !document.paths[pattern][method.toLowerCase()]);
      if (free.length > 0) yield { method: pick(free), path: path(pattern), body: '{}', status: 405 };
    },
    function* badPath() {
      yield { method: pick(['GET', 'POST', 'PUT']), path: pick(['/v1', '/v1/', '/v2/systems', '/v1/systems/good/', '/v1/systems/good/nothing', '/v1//systems', '/v1/keys/a/b', '/%2e%2e/x']), body: undefined };
    },
    function* twistedBody() {
      const one = pick(withExample);
      const body = twisted(pick(one.examples), next);
      if (!one.check(body)) yield { method: one.method, path: path(one.pattern), body: JSON.stringify(body) };
    },
    function* brokenText() {
      const one = pick(withBody.filter((one) => !one.isOptional));
      const text = one.examples.length > 0 && next() < 0.6 ? JSON.stringify(pick(one.examples)) : pick(TEXTS);
      const cut = text.length > 2 && next() < 0.7 ? text.slice(0, 1 + Math.floor(next() * (text.length - 1))) : text;
      const value = parsed(cut);
      if (value === undefined || !one.check(value)) yield { method: one.method, path: path(one.pattern), body: cut };
    },
    function* oldSins() {
      const one = pick(withExample.filter((one) => !one.isOptional));
      const text = JSON.stringify(pick(one.examples));
      const depth = Math.floor(10 ** (1 + next() * 4));
      const body = pick([
        '['.repeat(depth),
        '{"a":'.repeat(depth),
        `${'['.repeat(depth)}1${']'.repeat(depth)}`,
        text.replace('{', `{"twice":1,"twice":2,`),
        text + text,
        text.replace(/\d+/, 'NaN'),
        text.replace(/\d+/, '1e999'),
        text.replace(/\d+/, '0x10'),
        text.replace(/"/g, "'"),
        text.replace(':', ''),
        `${text}\u0000`,
        `/* why */ ${text}`,
      ]);
      const value = parsed(body);
      if (value === undefined || !one.check(value)) yield { method: one.method, path: path(one.pattern), body };
      yield { method: one.method, path: path(one.pattern), body: Buffer.from([0xc3, 0x28, 0xff, 0xfe, Math.floor(next() * 256)]) };
    },
    function* twice() {
      yield { method: 'POST', path: path('/v1/systems/{id}/frames'), body: pick([
        '{"frames":[],"frames":[]}',
        '{"frames":[{"t":1,"t":2,"values":{}}]}',
        '{"frames":[{"t":1,"values":{"s0":1,"s0":2}}]}',
        '{"frames":[{"t":1,"values":{},"values":{}}]}',
      ]) };
    },
    function* wrongWrapping() {
      const one = pick(withExample.filter((one) => !one.isOptional));
      const text = JSON.stringify(pick(one.examples));
      const packed = gzipSync(text);
      const place = Math.floor(next() * packed.length);
      const harmed = Buffer.from(packed);
      harmed[place] ^= 1 << Math.floor(next() * 8);
      yield pick([
        { body: text, headers: { 'content-encoding': 'gzip' } },
        { body: packed.subarray(0, place), headers: { 'content-encoding': 'gzip' } },
        { body: packed, headers: { 'content-encoding': pick(['br', 'zstd', 'gzip, gzip', 'x']) } },
        { body: packed },
        { body: gzipSync(Buffer.alloc(16 << 20, 0x20)), headers: { 'content-encoding': 'gzip' } },
      ].map((wrong) => ({ method: one.method, path: path(one.pattern), ...wrong })));
    },
    function* wrongMedia() {
      yield { method: 'POST', path: path('/v1/systems/{id}/frames'), body: '{"frames":[]}', headers: { 'content-type': pick(MEDIA) } };
    },
    function* wrongData() {
      const t = 1_700_000_000_000 + Math.floor(next() * 1e6);
      const media = pick(['text/csv', 'application/x-ndjson', 'application/vnd.fourfold.columns']);
      const body = pick(['t,no\n1,2\n', 's0,s1\n1,2\n', `t,s0\n${t}\n`, `t,s0\n${t},x\n`, `t,t\n${t},${t}\n`, `{"t":${t}}\n`, `{"t":"x","values":{}}\n`, '\u0000\u0001', '4fr1', '4fr1\u0000\u0000', '{"t":1,"values":{"no":1}}', '"']);
      yield { method: 'POST', path: path('/v1/systems/{id}/frames'), body, headers: { 'content-type': media } };
    },
    function* huge() {
      yield { method: pick(['POST', 'PUT']), path: pick(['/v1/keys', '/v1/systems/good']), body: `{"name":"${'x'.repeat(2 ** (18 + Math.floor(next() * 4)))}"}` };
    },
    function* wrongKey() {
      const authorization = pick(['Bearer', 'Bearer ', 'bearer x', 'Basic eDp5', `Bearer ${'x'.repeat(4000)}`, `Bearer fourfold_main_${'0'.repeat(12)}_${'0'.repeat(64)}`, 'Bearer fourfold_a/b_1_2']);
      const one = pick(operations.filter(({ pattern }) => pattern.startsWith('/v1')));
      yield { method: one.method, path: path(one.pattern), headers: { authorization }, body: one.method === 'GET' ? undefined : '{}', status: 401 };
    },
  ];
  for (;;) {
    const kind = pick(kinds);
    for (const wrong of kind()) {
      const body = wrong.method === 'GET' ? undefined : wrong.body;
      yield { headers: {}, ...wrong, body, about: kind.name };
    }
  }
}

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

/** What a problem must say of itself. */
function checkProblem({ status, text }) {
  const problem = JSON.parse(text);
  assert.equal(problem.status, status);
  assert.equal(problem.type, `/problems/${problem.code}`);
  assert.ok(problem.detail.length > 10);
  assert.doesNotMatch(text, /panicked|\.rs:|wasm|stack/i);
  return problem.code;
}

/**
 * Sends so many wrong requests; how often each problem came, and what was not as it must be: `faults` of the server, answers
 * that are `odd`, and whether anything `changed`.
 */
export async function attack(api, count, seed) {
  await api.create('good', schema(2));
  await api.send('good', frames(2, 0, 300));
  const paths = ['/v1/systems', '/v1/systems/good', '/v1/systems/good/anomalies', '/v1/keys', '/v1/audit'];
  const state = () => Promise.all(paths.map((path) => api.must('GET', path)));
  const before = JSON.stringify(await state());
  const document = await api.must('GET', '/openapi.json');
  const [codes, faults, odd] = [new Map(), [], []];
  let sent = 0;
  for (const wrong of requests(document, seed)) {
    if (sent === count) break;
    sent += 1;
    const answer = await send(api, wrong);
    const said = () => `${wrong.about}, request ${sent}: ${wrong.method} ${wrong.path} ${JSON.stringify(wrong.headers)} ${String(wrong.body).slice(0, 200)}\n  -> ${answer.status} ${answer.text.slice(0, 300)}`;
    if (answer.status >= 500) faults.push(said());
    const isExpected = wrong.status ? answer.status === wrong.status : answer.status >= 400;
    if (!isExpected || answer.media !== 'application/problem+json') {
      odd.push(said());
      continue;
    }
    try {
      const code = checkProblem(answer);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    } catch (fault) {
      odd.push(`${said()}\n  ${fault.message}`);
    }
  }
  return { codes, faults, odd, changed: JSON.stringify(await state()) !== before };
}
