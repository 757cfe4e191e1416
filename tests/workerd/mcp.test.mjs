// Agents ask over the Model Context Protocol, with the client that its makers ship.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { folder, frames, schema, start } from './local.mjs';

test('an agent finds out what is wrong and why, and can change nothing', async (t) => {
  const api = await start(t, folder(t));
  await api.create('boiler', schema(3));
  await api.send('boiler', frames(3, 0, 700));
  const { key } = await api.must('POST', '/v1/keys', { name: 'agent', scopes: ['read'] });
  const before = await api.describe('boiler');

  const transport = new StreamableHTTPClientTransport(new URL(`${api.origin}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  t.after(() => client.close());
  assert.equal(client.getServerVersion().name, 'fourfold');
  assert.match(client.getInstructions(), /list_systems/);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), ['list_systems', 'describe_system', 'recent_anomalies', 'explain_anomaly', 'system_health']);
  assert.ok(tools.every(({ annotations }) => annotations.readOnlyHint));

  const call = async (name, args = {}) => {
    const answer = await client.callTool({ name, arguments: args });
    assert.ok(!answer.isError, JSON.stringify(answer));
    assert.deepEqual(JSON.parse(answer.content[0].text), answer.structuredContent);
    return answer.structuredContent;
  };
  assert.deepEqual((await call('list_systems')).systems.map(({ id }) => id), ['boiler']);
  assert.equal((await call('describe_system', { system: 'boiler' })).frames, 700);
  const { anomalies } = await call('recent_anomalies', { system: 'boiler', limit: 1 });
  assert.equal(anomalies.length, 1);
  const why = await call('explain_anomaly', { system: 'boiler', anomaly: anomalies[0].id });
  assert.equal(why.episode, anomalies[0].id);
  assert.ok(why.headline.length > 10);
  assert.equal((await call('system_health', { system: 'boiler' })).streams.length, 3);

  // What can not be answered is said so that an agent can read it.
  const unknown = await client.callTool({ name: 'system_health', arguments: { system: 'nobody' } });
  assert.ok(unknown.isError && /system\.unknown/.test(unknown.content[0].text));
  const escape = await client.callTool({ name: 'system_health', arguments: { system: '../keys' } });
  assert.ok(escape.isError);
  await assert.rejects(client.callTool({ name: 'forget_system', arguments: { system: 'boiler' } }), /no such tool/);
  await assert.rejects(client.callTool({ name: 'system_health', arguments: {} }), /system/);
  assert.deepEqual(await api.describe('boiler'), before);
});

test('nobody asks without a key, and no page elsewhere', async (t) => {
  const api = await start(t, folder(t), { bindings: { CORS_ORIGINS: 'https://app.example' } });
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const ask = (headers) => api.call('POST', '/mcp', ping, headers);
  assert.equal((await ask({ authorization: undefined })).status, 401);
  assert.equal((await ask({ origin: 'https://evil.example' })).json.code, 'access.bad-origin');
  assert.deepEqual((await ask({ origin: 'https://app.example' })).json, { jsonrpc: '2.0', id: 1, result: {} });
  assert.equal((await ask({ origin: api.origin })).status, 200);
  const { key } = await api.must('POST', '/v1/keys', { name: 'writer', scopes: ['write'] });
  assert.equal((await ask({ authorization: `Bearer ${key}` })).status, 403);
  const note = await api.call('POST', '/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' });
  assert.deepEqual([note.status, note.text], [202, '']);
  assert.equal((await api.call('GET', '/mcp')).status, 405);
});
