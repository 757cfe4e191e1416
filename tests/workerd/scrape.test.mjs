// A real Prometheus scrapes the Worker, as its README says, and finds what happened.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { folder, frames, schema, start, until } from './local.mjs';

const isHere = spawnSync('prometheus', ['--version']).status === 0;

/** A port that nobody uses. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a real Prometheus scrapes it', { skip: !isHere && 'there is no prometheus here' }, async (t) => {
  const [api, dir, port] = [await start(t, folder(t)), folder(t), await freePort()];
  await api.create('a', schema(3));
  await api.send('a', frames(3, 0, 700));
  const { key } = await api.must('POST', '/v1/keys', { name: 'prometheus', scopes: ['read'] });
  const configuration = {
    global: { scrape_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'fourfold',
        authorization: { credentials: key },
        static_configs: [{ targets: [new URL(api.origin).host] }],
      },
    ],
  };
  // JSON is YAML.
  writeFileSync(join(dir, 'prometheus.yml'), JSON.stringify(configuration));
  const server = spawn('prometheus', [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ], { stdio: 'ignore' });
  t.after(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  });
  const query = async (text) => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`, { signal: AbortSignal.timeout(5000) });
      return (await answer.json()).data?.result ?? [];
    } catch {
      return [];
    }
  };
  const value = async (text, wanted) => {
    const found = await until(() => query(text), (result) => result[0]?.value[1] === String(wanted), 60_000);
    assert.equal(found.length, 1, text);
  };
  await value('up{job="fourfold"}', 1);
  await value('fourfold_frames_total', 700);
  await value('fourfold_requests_total{route="/v1/systems/{id}/frames",method="POST",status="200"}', 1);
  await value('histogram_quantile(1, fourfold_request_duration_seconds_bucket{route="/v1/systems/{id}/frames"}) > bool 0', 1);
  await api.send('a', frames(3, 700, 50));
  await value('fourfold_frames_total', 750);
  await value('sum(fourfold_streams)', 3);
});
