// What is deployed is light: a cold start reads all of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const ZIPPED_MAX = 1 << 20;
/** What nothing weighs that was optimised, before gzip. */
const DEVELOPMENT = 5_000_000;
const build = new URL('../../worker/build/', import.meta.url);

test('WebAssembly is below a megabyte', (t) => {
  const wasm = readFileSync(new URL('index_bg.wasm', build));
  if (wasm.length > DEVELOPMENT) return t.skip('this is a build for development');
  const zipped = gzipSync(wasm, { level: 9 }).length;
  t.diagnostic(`${zipped} bytes after gzip`);
  assert.ok(zipped < ZIPPED_MAX, `${zipped} bytes after gzip`);
});
