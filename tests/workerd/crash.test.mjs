// Three crashes while several writers write; `cargo xtask bench --worker` makes two hundred.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { crashes } from './crash.mjs';

test('killed at random moments with several writers', async (t) => {
  const { frames, cut } = await crashes(t, 3, 7);
  t.diagnostic(`${frames} frames, ${cut} requests cut off`);
  assert.ok(frames > 30);
});
