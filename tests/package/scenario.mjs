// What every host has to do, and to do in the same way to the last bit.

import { STREAMS, bits, frames } from "./frames.mjs";

/** Everything that a host found, as JSON can hold it. */
export async function scenario(api) {
  const { Engine, FourfoldError, History, createWorkerEngine, inferSchema, presets, readCsv } = api;
  const { times, rows } = frames(1000);
  const engine = await Engine.create({ streams: STREAMS });
  const first = engine.observeBatch(times.subarray(0, 500), rows.subarray(0, 1500));
  const history = await History.create(2);
  history.keep(engine.seal(), { at: 5, note: "half" });
  const { engine: again, version } = await history.openNewestSound();
  const rest = again.observeBatch(times.subarray(500), rows.subarray(1500));
  let refusal;
  try {
    again.observe({ t: 0, values: {} });
  } catch (error) {
    refusal = error;
  }

  const table = await readCsv(new File([csvOf(times, rows)], "table.csv"));
  const guessed = await inferSchema(table.sample);
  const reader = await Engine.create({ streams: table.streams });
  const read = [];
  for await (const batch of table) read.push(...reader.observeBatch(batch.times, batch.rows).score);

  return {
    bits: bits([...first.score, ...rest.score]),
    alarms: rest.alarm.reduce((sum, alarm) => sum + alarm, 0),
    version,
    refusal: [refusal instanceof FourfoldError, refusal.code, refusal.at],
    iot: (await Engine.create(presets.iot)).streams.length,
    table: [bits(read) === bits([...first.score, ...rest.score]), table.report.rows, guessed.streams.map(({ kind }) => kind)],
    worker: createWorkerEngine ? await inWorker(createWorkerEngine, times, rows) : null,
  };
}

async function inWorker(createWorkerEngine, times, rows) {
  const engine = await createWorkerEngine({ streams: STREAMS });
  try {
    const batch = await engine.observeBatch(times, rows);
    const code = await engine.observe({ t: 0, values: {} }).catch((error) => error.code);
    return { bits: bits(batch.score), last: batch.at(-1).t, code };
  } finally {
    engine.free();
  }
}

function csvOf(times, rows) {
  const line = (t, row) => [new Date(t).toISOString(), ...rows.subarray(3 * row, 3 * row + 3)].join(",").replaceAll("NaN", "");
  return [`time,${STREAMS}`, ...Array.from(times, line)].join("\n");
}
