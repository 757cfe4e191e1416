// What was answered is kept, and who comes back from it goes on with the very bits of an uninterrupted run.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, frames, operate, schema, start } from './local.mjs';

const WIDTH = 6;

/** What a system that nothing ever happened to says to frames `0..count`. */
async function uninterrupted(t, count) {
  const api = await start(t, folder(t));
  await api.create('calm', schema(WIDTH));
  const verdicts = await api.send('calm', frames(WIDTH, 0, count));
  const anomalies = await api.anomalies('calm');
  await api.stop();
  return { verdicts, anomalies };
}

test('killed between two batches', async (t) => {
  const expected = await uninterrupted(t, 1200);
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(WIDTH));
  const verdicts = [];
  for (let from = 0; from < 1200; from += 100) {
    verdicts.push(...(await api.send('a', frames(WIDTH, from, 100))));
    if (from % 300 === 0) {
      await api.kill();
      await assert.rejects(fetch(`${api.origin}/healthz`, { signal: AbortSignal.timeout(5000) }));
      api = await start(t, dir);
    }
  }
  assert.deepEqual(verdicts, expected.verdicts);
  assert.deepEqual(await api.anomalies('a'), expected.anomalies);
  assert.ok(expected.anomalies.length > 0);
});

test('killed with requests in flight', async (t) => {
  const expected = await uninterrupted(t, 800);
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(WIDTH));
  let acknowledged = 0;
  const writer = (async () => {
    for (let from = 0; from < 800; from += 2) {
      const verdicts = await api.send('a', frames(WIDTH, from, 2));
      assert.deepEqual(verdicts, expected.verdicts.slice(from, from + 2));
      acknowledged = from + 2;
    }
  })();
  const broken = assert.rejects(writer);
  while (acknowledged < 150) await new Promise((resolve) => setTimeout(resolve, 1));
  await api.kill();
  await broken;
  api = await start(t, dir);
  const { frames: kept } = await api.describe('a');
  assert.ok(kept === acknowledged || kept === acknowledged + 2, `${kept} kept, ${acknowledged} acknowledged`);
  // Sent again from well before the crash: known frames are not judged twice, lost ones are judged now.
  const from = acknowledged - 100;
  const verdicts = await api.send('a', frames(WIDTH, from, 800 - from));
  assert.deepEqual(verdicts, expected.verdicts.slice(from));
  assert.deepEqual(await api.anomalies('a'), expected.anomalies);
});

test('snapshots that are damaged or gone cost no bits', async (t) => {
  const expected = await uninterrupted(t, 1100);
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(WIDTH));
  for (let from = 0; from < 1000; from += 100) await api.send('a', frames(WIDTH, from, 100));
  await api.stop();
  assert.deepEqual(await operate(t, dir, 'a', 'SELECT count(DISTINCT id) AS kept FROM blobs WHERE kind = 0'), [{ kept: 2 }]);
  const middle = 'CAST(substr(bytes, 1, 200) || x\'5a5a5a\' || substr(bytes, 204) AS BLOB)';
  for (const [minute, harm] of [
    [1000, `UPDATE blobs SET bytes = ${middle} WHERE kind = 0 AND id = (SELECT max(id) FROM blobs WHERE kind = 0)`],
    [1020, `UPDATE blobs SET bytes = ${middle} WHERE kind = 0`],
    [1040, 'UPDATE blobs SET bytes = x\'00\' WHERE kind = 0'],
    [1060, 'DELETE FROM blobs'],
  ]) {
    await operate(t, dir, 'a', harm);
    api = await start(t, dir);
    assert.deepEqual(await api.send('a', frames(WIDTH, minute, 20)), expected.verdicts.slice(minute, minute + 20), harm);
    await api.stop();
  }
});

test('two writers leave one ordered log', async (t) => {
  const dir = folder(t);
  let api = await start(t, dir);
  await api.create('a', schema(WIDTH));
  // Both send the same frames, in steps of their own: who comes second is answered from the log or refused as late.
  const write = async (step) => {
    const heard = new Map();
    for (let from = 0; from < 300; from += step) {
      for (const verdict of await api.send('a', frames(WIDTH, from, step))) heard.set(verdict.t, verdict);
    }
    return heard;
  };
  const [ones, tens] = await Promise.all([write(1), write(10)]);
  assert.deepEqual([...ones], [...tens]);
  const expected = await uninterrupted(t, 300);
  assert.deepEqual([...ones.values()], expected.verdicts);
  // Writers of different frames: late ones are refused, and what was taken is a strictly ordered log.
  const race = await Promise.allSettled(
    Array.from({ length: 40 }, (_, place) => api.send('a', frames(WIDTH, 300 + ((place * 7) % 40), 1))),
  );
  const taken = race.filter((one) => one.status === 'fulfilled');
  const late = race.filter((one) => one.status === 'rejected');
  assert.ok(late.every((one) => one.reason.message.includes('frame.time-went-back')));
  assert.equal((await api.describe('a')).frames, 300 + taken.length);
  await api.kill();
  api = await start(t, dir);
  assert.equal((await api.describe('a')).frames, 300 + taken.length);
});

test('systems do not know of each other', async (t) => {
  const api = await start(t, folder(t));
  await Promise.all(['a', 'b'].map((id) => api.create(id, schema(WIDTH))));
  const [a, b] = await Promise.all(['a', 'b'].map((id) => api.send(id, frames(WIDTH, 0, 300))));
  assert.deepEqual(a, b);
});
