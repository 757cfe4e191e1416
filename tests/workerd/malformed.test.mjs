// Wrong requests change nothing, are never the server's fault, and are told what is wrong with them. A few hundred here;
// all ten thousand, and those that a stranger makes of the document: cargo xtask bench --worker malformed

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, start } from './local.mjs';
import { attack } from './malformed.mjs';

const COUNT = 400;
const SEED = Number(process.env.SEED ?? 1);

test(`${COUNT} wrong requests`, async (t) => {
  const { codes, faults, odd, changed } = await attack(await start(t, folder(t)), COUNT, SEED);
  assert.deepEqual([faults, odd], [[], []]);
  assert.ok(!changed, 'something has changed');
  assert.ok(codes.size >= 10, [...codes.keys()].join(' '));
  t.diagnostic([...codes].sort(([, one], [, other]) => other - one).map(([code, count]) => `${code} ${count}`).join(', '));
});
