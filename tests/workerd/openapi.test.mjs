// The document is served, its examples work, what comes back has the shapes that it promises, and every right that it
// names is asked for.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { folder, frames, schema, start } from './local.mjs';

/** Checks values against parts of the document. */
function judge(document) {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  formats(ajv);
  for (const name of ['uint', 'uint8', 'uint16', 'uint32', 'uint64']) ajv.addFormat(name, { type: 'number', validate: (n) => n >= 0 });
  for (const name of ['int64', 'double', 'binary']) ajv.addFormat(name, true);
  ajv.addSchema({ $id: 'api', components: document.components });
  const rooted = (rule) => JSON.parse(JSON.stringify(rule).replaceAll('"#/components', '"api#/components'));
  return (rule, value, about) => {
    const check = ajv.compile(rooted(rule));
    assert.ok(check(value), `${about}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value).slice(0, 600)}`);
  };
}

/** Every operation, with a path that can be asked. */
function operations(document) {
  return Object.entries(document.paths).flatMap(([pattern, item]) =>
    Object.entries(item).map(([method, about]) => {
      const named = (about.parameters ?? []).filter((one) => one.in === 'path');
      const path = named.reduce((path, one) => path.replace(`{${one.name}}`, one.example), pattern);
      return { pattern, path, method: method.toUpperCase(), about };
    }),
  );
}

const examples = (about) =>
  Object.entries(about.requestBody?.content ?? {}).flatMap(([media, content]) =>
    Object.values(content.examples ?? {}).map((example) => ({ media, schema: content.schema, value: example.value })),
  );

test('the examples of the document do what it says', async (t) => {
  const api = await start(t, folder(t));
  const document = await api.must('GET', '/openapi.json');
  const check = judge(document);
  assert.equal(document.openapi, '3.1.0');
  const version = readFileSync(new URL('../../Cargo.toml', import.meta.url), 'utf8').match(/^version = "(.*)"/m)[1];
  assert.equal(document.info.version, version);
  const all = operations(document);
  assert.equal(new Set(all.map(({ about }) => about.operationId)).size, all.length);
  // What makes comes first, what deletes last; in between there is an episode to talk about.
  const place = { PUT: 0, POST: 2, PATCH: 3, GET: 4, DELETE: 5 };
  all.sort((one, other) => place[one.method] - place[other.method]);
  const isTalk = ({ about }) => ['label', 'undoLabel', 'restoreModel'].includes(about.operationId);
  const order = [...all.filter((one) => !isTalk(one)), ...all.filter(isTalk)].filter(({ method }) => method !== 'DELETE');
  let executed = 0;
  const run = async ({ path, method, about }) => {
    if (['live', 'follow'].includes(about.operationId)) return;
    const sent = examples(about);
    for (const { media, schema, value } of sent.length > 0 ? sent : [{}]) {
      if (about.requestBody?.required && value === undefined) continue;
      const isJson = media === 'application/json';
      if (isJson) check(schema, value, `${about.operationId}: its example`);
      const answer = await api.call(method, path, value, { 'content-type': media });
      const promised = about.responses[answer.status];
      assert.ok(promised, `${about.operationId} answered ${answer.status}: ${answer.text}`);
      executed += 1;
      if (promised.content === undefined) continue;
      const shape = promised.content[answer.headers.get('content-type')];
      assert.ok(shape, `${about.operationId} answered ${answer.headers.get('content-type')}`);
      if (answer.json !== undefined) check(shape.schema, answer.json, about.operationId);
      for (const example of Object.values(shape.examples ?? {})) assert.deepEqual(answer.json, example.value);
    }
  };
  for (const one of order.filter(({ method }) => method === 'PUT')) await run(one);
  const id = all[0].path.split('/').at(-1);
  await api.must('POST', `/v1/systems/${id}/frames`, { frames: strange(1_690_000_000_000) });
  assert.ok((await api.anomalies(id)).length > 0);
  for (const one of order.filter(({ method }) => method !== 'PUT')) await run(one);
  const { keys } = await api.must('GET', '/v1/keys');
  await api.must('DELETE', `/v1/keys/${keys[0].id}`);
  assert.equal((await api.call('DELETE', `/v1/systems/${id}`)).status, 204);
  assert.ok(executed >= all.length - 5, `${executed} of ${all.length}`);
});

/** Frames of the document's system, with an episode in them. */
function strange(from) {
  return frames(2, 0, 700).map(({ values }, minute) => ({
    t: from + minute * 60_000,
    values: { flow: values.s0, temperature: values.s1 },
  }));
}

test('verdicts, episodes and problems have the promised shapes', async (t) => {
  const api = await start(t, folder(t));
  const document = await api.must('GET', '/openapi.json');
  const check = judge(document);
  const shape = (name) => ({ $ref: `#/components/schemas/${name}` });
  for (const preset of ['iot', 'lifelog', 'network', 'service', 'transactions']) {
    check(shape('SystemJson'), await api.create(preset, { preset }), preset);
  }
  await api.create('a', schema(3));
  const verdicts = await api.must('POST', '/v1/systems/a/frames', { frames: frames(3, 0, 700) });
  check(shape('Verdicts'), verdicts, 'verdicts');
  const anomalies = await api.must('GET', '/v1/systems/a/anomalies');
  assert.ok(anomalies.anomalies.length > 0);
  check(shape('AnomaliesJson'), anomalies, 'anomalies');
  const [{ id }] = anomalies.anomalies;
  check(shape('ExplanationJson'), await api.must('GET', `/v1/systems/a/anomalies/${id}/explanation`), 'why');
  const { results } = await api.must('POST', '/v1/systems/a/frames?partial=true', {
    frames: [{ t: 1_700_100_000_000, values: { s0: 1 } }, { t: 5, values: { no: 1 } }],
  });
  results.forEach((result) => check(shape('ResultJson'), result, 'a result'));
  const problem = await api.call('POST', '/v1/systems/a/frames', { frames: [{ t: 0, values: { no: 1 } }] });
  check(shape('Problem'), problem.json, 'a problem');
  assert.throws(() => check(shape('Problem'), { ...problem.json, code: 'other' }, 'a made-up word'));
  assert.throws(() => check(shape('Verdicts'), { verdicts: [{}] }, 'an empty verdict'));
});

test('every operation takes the right that the document names, and no other', async (t) => {
  const api = await start(t, folder(t));
  const document = await api.must('GET', '/openapi.json');
  const keys = {};
  for (const right of ['read', 'write', 'admin']) {
    const { key } = await api.must('POST', '/v1/keys', { name: right, scopes: [right], limit: { per_s: 10_000, burst: 10_000 } });
    keys[right] = { authorization: `Bearer ${key}` };
  }
  const doors = { 401: 0, 403: 0, open: 0 };
  for (const { path, method, about } of operations(document)) {
    const right = about.security[0]?.key[0];
    const ask = async (headers) => {
      const answer = await api.call(method, path, method === 'GET' ? undefined : '', headers);
      return [answer.status, answer.json?.code, answer];
    };
    const nobody = await ask({ authorization: undefined });
    if (about.security.length === 0) {
      assert.ok(nobody[0] < 400, `${method} ${path} is said to be open`);
      doors.open += 1;
      continue;
    }
    assert.ok(['read', 'write', 'admin'].includes(right), `${method} ${path} names no right`);
    assert.deepEqual(nobody.slice(0, 2), [401, 'access.no-key'], `${method} ${path}`);
    const forged = await ask({ authorization: `Bearer fourfold_main_${'0'.repeat(12)}_${'0'.repeat(64)}` });
    assert.deepEqual(forged.slice(0, 2), [401, 'access.bad-key'], `${method} ${path}`);
    doors[401] += 1;
    for (const [shown, headers] of Object.entries(keys)) {
      const [status, code, answer] = await ask(headers);
      if (shown === right || shown === 'admin') {
        assert.ok(status !== 401 && status !== 403, `${method} ${path} with ${shown}: ${answer.text}`);
      } else {
        assert.deepEqual([status, code], [403, 'access.not-allowed'], `${method} ${path} with ${shown}`);
        assert.ok(answer.json.detail.includes(`\`${right}\``));
        doors[403] += 1;
      }
    }
  }
  assert.ok(doors.open >= 5 && doors[401] >= 20 && doors[403] >= 30, JSON.stringify(doors));
});

test('pages for people', async (t) => {
  const api = await start(t, folder(t));
  const docs = await api.call('GET', '/docs');
  assert.equal(docs.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.doesNotMatch(docs.text, /(src|href)="https?:/, 'nothing comes from elsewhere');
  const document = await api.must('GET', '/openapi.json');
  for (const code of document.components.schemas.Problem.properties.code.enum) {
    const page = await api.call('GET', `/problems/${code}`);
    assert.equal(page.status, 200, code);
    assert.ok(page.text.includes(`<code>${code}</code>`));
  }
  assert.equal((await api.call('GET', '/problems/no.such')).status, 404);
  const refused = await api.call('GET', '/v1/systems/nobody');
  assert.equal((await api.call('GET', refused.json.type)).status, 200, 'a type is a page');
});
