// Crashes at random moments while several writers write: what was acknowledged is there, nothing is there twice, and all
// verdicts are those of a run that nothing ever happened to.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { folder, frames, schema, start } from './local.mjs';
import { random } from './malformed.mjs';

const WIDTH = 6;
const WRITERS = 3;
/** The longest batch. */
const BATCH = 8;
const ALIVE_MS = 250;
/** Frames that are sent again after a crash although they were acknowledged. */
const AGAIN = 12;

/** Kills workerd so many times; answers what happened. */
export async function crashes(t, rounds, seed) {
  const next = random(seed);
  const dir = folder(t);
  const written = Array.from({ length: WRITERS }, (_, place) => ({ id: `w${place}`, acknowledged: 0, verdicts: [] }));
  let api = await start(t, dir);
  for (const { id } of written) await api.create(id, schema(WIDTH));
  let cut = 0;
  for (let round = 0; round < rounds; round++) {
    let isAlive = true;
    const writers = written.map(async (one) => {
      while (isAlive) {
        const count = 1 + Math.floor(next() * BATCH);
        const from = one.acknowledged;
        const verdicts = await api.send(one.id, frames(WIDTH, from, count)).catch(() => undefined);
        if (verdicts === undefined) {
          cut += 1;
          one.sent = from + count;
          return;
        }
        one.verdicts.push(...verdicts);
        one.acknowledged = from + count;
        one.sent = one.acknowledged;
      }
    });
    await sleep(next() * ALIVE_MS);
    await api.kill();
    isAlive = false;
    await Promise.all(writers);
    api = await start(t, dir);
    for (const one of written) {
      const { frames: kept } = await api.describe(one.id);
      assert.ok(kept === one.acknowledged || kept === one.sent, `round ${round}, ${one.id}: ${kept} kept, ${one.acknowledged} acknowledged, ${one.sent} sent`);
      const from = Math.max(0, one.acknowledged - AGAIN);
      const again = await api.send(one.id, frames(WIDTH, from, one.sent - from));
      assert.deepEqual(again.slice(0, one.acknowledged - from), one.verdicts.slice(from), `round ${round}, ${one.id}`);
      one.verdicts.push(...again.slice(one.acknowledged - from));
      one.acknowledged = one.sent;
      assert.equal((await api.describe(one.id)).frames, one.sent, 'counted twice');
    }
  }
  await api.stop();

  const calm = await start(t, folder(t));
  const most = Math.max(...written.map(({ sent }) => sent));
  await calm.create('calm', schema(WIDTH));
  const expected = [];
  for (let from = 0; from < most; from += 2000) expected.push(...(await calm.send('calm', frames(WIDTH, from, Math.min(2000, most - from)))));
  for (const { id, verdicts, sent } of written) assert.deepEqual(verdicts, expected.slice(0, sent), `${id}: other bits`);
  await calm.stop();
  return { frames: written.reduce((sum, { sent }) => sum + sent, 0), cut };
}
