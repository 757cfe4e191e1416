// The document is served, its examples work, and what comes back has the shapes that it promises.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { folder, frames, schema, start } from './local.mjs';

/** Where `value` breaks `rule`, or nothing. Knows the words that our document uses, and refuses others. */
function faults(document, rule, value, at = '$') {
  const inner = (rule, value, at) => faults(document, rule, value, at);
  if (rule.$ref) {
    return inner(rule.$ref.slice(2).split('/').reduce((node, key) => node[key], document), value, at);
  }
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = { integer: () => Number.isInteger(value), number: () => type === 'number' };
  const checks = {
    description: () => true,
    type: (names) => [names].flat().some((name) => (types[name] ?? (() => type === name))()),
    const: (one) => value === one,
    enum: (all) => all.includes(value),
    oneOf: (rules) => rules.filter((rule) => inner(rule, value, at).length === 0).length === 1,
    required: (names) => type !== 'object' || names.every((name) => name in value),
    additionalProperties: (rest) =>
      type !== 'object' ||
      Object.keys(value).every((key) => key in (rule.properties ?? {}) || (rest && inner(rest, value[key], key).length === 0)),
    properties: () => true,
    items: () => true,
    minimum: (least) => type !== 'number' || value >= least,
    maximum: (most) => type !== 'number' || value <= most,
    exclusiveMinimum: (least) => type !== 'number' || value > least,
    exclusiveMaximum: (most) => type !== 'number' || value < most,
    minLength: (least) => type !== 'string' || value.length >= least,
    maxLength: (most) => type !== 'string' || value.length <= most,
    minItems: (least) => type !== 'array' || value.length >= least,
    maxItems: (most) => type !== 'array' || value.length <= most,
    pattern: (text) => type !== 'string' || new RegExp(text).test(value),
  };
  const found = Object.entries(rule)
    .filter(([word, about]) => !checks[word](about))
    .map(([word]) => `${at}: ${word}`);
  if (type === 'object') {
    for (const [key, rest] of Object.entries(rule.properties ?? {})) {
      if (key in value) found.push(...inner(rest, value[key], `${at}.${key}`));
    }
  }
  if (type === 'array' && rule.items) value.forEach((item, place) => found.push(...inner(rule.items, item, `${at}[${place}]`)));
  return found;
}

test('the examples of the document do what it says', async (t) => {
  const api = await start(t, folder(t));
  const document = await api.must('GET', '/openapi.json');
  assert.equal(document.openapi, '3.1.0');
  const version = readFileSync(new URL('../../Cargo.toml', import.meta.url), 'utf8').match(/^version = "(.*)"/m)[1];
  assert.equal(document.info.version, version);
  const id = document.components.parameters.Id.example;
  let executed = 0;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item).filter(([key]) => key !== 'parameters')) {
      const wanted = operation.requestBody?.content['application/json'];
      const examples = wanted ? Object.values(wanted.examples).map((example) => example.value) : [undefined];
      for (const body of examples) {
        if (wanted) assert.deepEqual(faults(document, wanted.schema, body), [], `${operation.operationId}: its example`);
        const answer = await api.call(method.toUpperCase(), path.replace('{id}', id), body);
        const promised = operation.responses[answer.status];
        assert.ok(promised, `${operation.operationId} answered ${answer.status}: ${answer.text}`);
        const media = promised.content[answer.headers.get('content-type')];
        assert.deepEqual(faults(document, media.schema, answer.json), [], operation.operationId);
        if (media.example) assert.deepEqual(answer.json, media.example, operation.operationId);
        executed += 1;
      }
    }
  }
  assert.equal(executed, 7);
});

test('verdicts, episodes and problems have the promised shapes', async (t) => {
  const api = await start(t, folder(t));
  const document = await api.must('GET', '/openapi.json');
  const shape = (name) => ({ $ref: `#/components/schemas/${name}` });
  for (const preset of document.components.schemas.Preset.properties.preset.enum) {
    assert.deepEqual(faults(document, shape('System'), await api.create(preset, { preset })), [], preset);
  }
  await api.create('a', schema(3));
  const verdicts = await api.must('POST', '/v1/systems/a/frames', { frames: frames(3, 0, 700) });
  assert.deepEqual(faults(document, shape('Verdicts'), verdicts), []);
  const anomalies = await api.must('GET', '/v1/systems/a/anomalies');
  assert.ok(anomalies.anomalies.length > 0);
  assert.deepEqual(faults(document, shape('Anomalies'), anomalies), []);
  const problem = await api.call('POST', '/v1/systems/a/frames', { frames: [{ t: 0, values: { no: 1 } }] });
  assert.deepEqual(faults(document, shape('Problem'), problem.json), []);
  assert.notDeepEqual(faults(document, shape('Problem'), { ...problem.json, code: 'other' }), []);
});
