// What `wrangler deploy` would send: wrangler itself reads the configuration and makes the bundle, and sends nothing.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { folder } from './local.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('wrangler takes it as it is', (t) => {
  const dir = folder(t);
  const whole = readFileSync(join(root, 'worker/wrangler.toml'), 'utf8');
  // It is built already; and what it names is where it was.
  const configuration = whole
    .replace(/^\[build\]\n(?:#.*\n)*command = .*\n/m, '')
    .replace('main = "entry.js"', `main = ${JSON.stringify(join(root, 'worker/entry.js'))}`)
    .replace('"../dist/web"', JSON.stringify(join(root, 'dist/web')));
  assert.ok(!configuration.includes('cargo'));
  writeFileSync(join(dir, 'wrangler.toml'), configuration);
  const said = execFileSync(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', join(dir, 'out'), '-c', join(dir, 'wrangler.toml')], {
    encoding: 'utf8',
    cwd: dir,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(dir, 'logs'), NO_COLOR: '1' },
    timeout: 120_000,
  });
  for (const binding of ['env.SYSTEMS (System)', 'env.REGISTRY (Registry)', 'env.OBJECT_DEADLINE_MS']) assert.ok(said.includes(binding), said);
  assert.match(said, /--dry-run: exiting now/);
  assert.doesNotMatch(said, /\[ERROR\]|Unexpected fields/);
  const sent = readdirSync(join(dir, 'out'));
  assert.ok(sent.some((file) => file.endsWith('.wasm')) && sent.some((file) => file.endsWith('.js')), sent.join(' '));
});
