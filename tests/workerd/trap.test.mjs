// Rust never panics here, by its lints. Should it trap all the same (memory, a bug of the platform), the caller hears of
// it in time, and the object goes on with the very bits.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, frames, schema, start } from './local.mjs';

test('an object that traps says so in time, and answers again with the right bits', async (t) => {
  const calm = await start(t, folder(t));
  await calm.create('calm', schema(3));
  const expected = await calm.send('calm', frames(3, 0, 400));
  await calm.stop();

  const api = await start(t, folder(t), { bindings: { OBJECT_DEADLINE_MS: '1500' }, trap: true });
  await api.create('a', schema(3));
  const verdicts = await api.send('a', frames(3, 0, 100));
  for (let from = 100; from < 400; from += 100) {
    const body = { frames: frames(3, from, 100) };
    const began = performance.now();
    const trapped = await api.call('POST', '/v1/systems/a/frames', body, { 'x-trap': 'object' });
    assert.deepEqual([trapped.status, trapped.json?.code], [503, 'system.no-answer'], trapped.text.slice(0, 300));
    assert.equal(trapped.headers.get('content-type'), 'application/problem+json');
    assert.ok(Number(trapped.headers.get('retry-after')) >= 1);
    assert.ok(performance.now() - began < 6000, 'in time');
    verdicts.push(...(await api.send('a', frames(3, from, 100))));
  }
  assert.deepEqual(verdicts, expected);
  assert.equal((await api.describe('a')).frames, 400);
});
