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

/** How often; a long run sets more. */
const KILLS = Number(process.env.FOURFOLD_KILLS ?? 4);

/** Batches of events in the order of time, each with its own key, so that a repeat is the same request. */
const eventBatches = (count) =>
  Array.from({ length: count }, (_, batch) => ({
    key: `batch-${batch}`,
    body: {
      events: frames(2, batch * 3, 3).flatMap(({ t, values }) =>
        Object.entries(values).map(([stream, value]) => ({ stream, t, value: value ?? 0 })),
      ),
    },
  }));

test('killed again and again, at any moment', async (t) => {
  const count = 60 + KILLS * 60;
  const batches = eventBatches(count);
  const postEvents = async (api, { key, body }) => {
    const { status, text } = await api.call('POST', '/v1/systems/events/events', body, { 'idempotency-key': key });
    if (status !== 200) throw new Error(text);
    return text;
  };
  const create = async (api) => {
    await Promise.all(['ones', 'fives'].map((id) => api.create(id, schema(WIDTH))));
    await api.create('events', { ...schema(2), frame_ms: 120_000, lateness_ms: 120_000 });
  };
  const calm = await start(t, folder(t));
  await create(calm);
  const expected = [];
  for (let from = 0; from < count * 5; from += 1500) {
    expected.push(...(await calm.send('ones', frames(WIDTH, from, Math.min(1500, count * 5 - from)))));
  }
  const texts = [];
  for (const batch of batches) texts.push(await postEvents(calm, batch));
  await calm.stop();

  const dir = folder(t);
  const acknowledged = { ones: 0, fives: 0, events: 0 };
  const write = async (api, id, step) => {
    while (acknowledged[id] < count * step) {
      const from = acknowledged[id];
      if (id === 'events') assert.equal(await postEvents(api, batches[from]), texts[from]);
      else assert.deepEqual(await api.send(id, frames(WIDTH, from, step)), expected.slice(from, from + step));
      acknowledged[id] = from + step;
    }
  };
  const seed = Number(process.env.FOURFOLD_SEED ?? Date.now() % 100_000);
  t.diagnostic(`FOURFOLD_SEED=${seed}`);
  for (let kill = 0; kill < KILLS; kill++) {
    const api = await start(t, dir);
    if (kill === 0) await create(api);
    const writers = [write(api, 'ones', 1), write(api, 'fives', 5), write(api, 'events', 1)].map((writer) =>
      writer.catch((error) => {
        // Whoever is cut off hears of the connection; what was answered was right.
        if (error.code === 'ERR_ASSERTION') throw error;
      }),
    );
    const noise = Math.sin((seed + kill) * 12.9898) * 43758.5453;
    await new Promise((resolve) => setTimeout(resolve, 20 + 400 * (noise - Math.floor(noise))));
    await api.kill();
    await Promise.all(writers);
  }
  const api = await start(t, dir);
  for (const [id, step] of [['ones', 1], ['fives', 5]]) {
    const { frames: kept } = await api.describe(id);
    assert.ok(kept === acknowledged[id] || kept === acknowledged[id] + step, `${id}: ${kept} kept, ${acknowledged[id]} acknowledged`);
    const from = Math.max(0, acknowledged[id] - 20);
    assert.deepEqual(await api.send(id, frames(WIDTH, from, 40)), expected.slice(from, from + 40), id);
  }
  for (let batch = Math.max(0, acknowledged.events - 3); batch < Math.min(count, acknowledged.events + 10); batch++) {
    assert.equal(await postEvents(api, batches[batch]), texts[batch]);
  }
  assert.ok(acknowledged.ones > 0 && acknowledged.fives > 0 && acknowledged.events > 0);
});
